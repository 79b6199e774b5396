"""The trial district of the points tests: a station, a shop, two members and points to begin with."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from engine.extend import Problem
from engine.testing import Database, Registry, Trial, load_plugin
from plugins.points_exchange.operations.invariants import INVARIANTS

TrialWith = Callable[..., Trial]


@pytest.fixture
def trial_with(db: Database) -> Iterator[TrialWith]:
    """Makes the trial district with the settings given; its day begins on Wednesday 10 June 2026 at 9."""
    made: list[Trial] = []

    def make(**settings: object) -> Trial:
        registry = Registry([load_plugin("plugins.points_exchange.hooks")])
        made.append(Trial(db, registry, "points_exchange", "2026-06-10T09:00", settings))
        _fill(made[-1])
        return made[-1]

    yield make
    for trial in made:
        assert broken(trial) == []
        trial.close()


@pytest.fixture
def trial(trial_with: TrialWith) -> Trial:
    """The trial district with the plugin's own settings."""
    return trial_with()


def _fill(trial: Trial) -> None:
    trial.unit("hh", "黄海路社区")
    trial.unit("ct", "茶亭路社区")
    trial.person("qin", "覃婉清", "hh")
    trial.person("mo", "莫绍勤", "hh")
    for number in range(1, 13):
        trial.case(f"c{number}", "hh")


def broken(trial: Trial) -> list[Problem]:
    """What breaks an invariant of the ledger; asked after every test."""
    return [problem for each in INVARIANTS for problem in trial.read(each.check)]


def give(trial: Trial, points: str, member: str = "qin", case: str = "c12", **more: Any) -> None:
    """Credit *points* to a member for one hour."""
    inputs = {"member": member, "hours": "1", "coefficient": points, **more}
    outcome = trial.act("points_exchange.earn", inputs, unit="hh", case=case)
    assert outcome.outputs["points"] == points
