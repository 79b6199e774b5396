"""The trial district of the venue tests: two stations and a hall of 80 that is open from 8 to 21."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from engine.testing import Database, Registry, Trial, load_plugin

VENUES = [
    {
        "name": "多功能厅",
        "station": "黄海路社区",
        "capacity": "80",
        "open": "08:00-21:00",
        "facilities": ["投影", "音响"],
    },
    {"name": "小会议室", "station": "黄海路社区", "capacity": "12", "open": "08:30-17:30", "rest": ["周六", "周日"]},
    {"name": "多功能厅", "station": "南珠东社区", "capacity": "60", "open": "08:00-21:00", "facilities": ["投影"]},
]


TrialWith = Callable[..., Trial]


@pytest.fixture
def trial_with(db: Database) -> Iterator[TrialWith]:
    """Makes the trial district with the settings given; its day begins on Wednesday 10 June 2026 at 9."""
    made: list[Trial] = []

    def make(**settings: object) -> Trial:
        registry = Registry([load_plugin("plugins.venue_sharing.hooks")])
        made.append(Trial(db, registry, "venue_sharing", "2026-06-10T09:00", settings))
        _fill(made[-1])
        return made[-1]

    yield make
    for trial in made:
        trial.close()


@pytest.fixture
def trial(trial_with: TrialWith) -> Trial:
    """The trial district with the plugin's own settings."""
    return trial_with()


def _fill(trial: Trial) -> None:
    trial.unit("hh", "黄海路社区")
    trial.unit("nz", "南珠东社区")
    trial.unit("gc", "广场西里社区")
    for case in ("c1", "c2", "c3"):
        trial.case(case, "nz")
    assert not trial.seed("venues.yaml", VENUES)
