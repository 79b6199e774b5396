"""The trial district of the register's tests: two street offices, three stations, some partners."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from engine.testing import Database, Registry, Trial, load_plugin

TrialWith = Callable[..., Trial]
PARTNERS = [
    {"id": "aq", "name": "阿强理发", "kind": "个体", "unit": "黄海路社区", "contact": "覃婉清", "skills": ["家政"]},
    {
        "id": "wy",
        "name": "晚霞文艺队",
        "kind": "社群",
        "unit": "茶亭路社区",
        "contact": "莫绍勤",
        "skills": ["文艺", "教学"],
    },
    {
        "id": "kj",
        "name": "康健门诊",
        "kind": "商企",
        "unit": "平安街社区",
        "contact": "汪蓉",
        "skills": ["医疗"],
        "code": "91350100M000100Y43",
        "valid_until": "2027-12-31",
    },
]


@pytest.fixture
def trial_with(db: Database) -> Iterator[TrialWith]:
    """Makes the trial district with the settings given; its day begins on Wednesday 10 June 2026 at 9."""
    made: list[Trial] = []

    def make(**settings: object) -> Trial:
        registry = Registry([load_plugin("plugins.partner_registry.hooks")])
        made.append(Trial(db, registry, "partner_registry", "2026-06-10T09:00", settings))
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
    trial.unit("hc", "海城区")
    trial.unit("dj", "东街街道", "hc")
    trial.unit("xj", "西街街道", "hc")
    trial.unit("hh", "黄海路社区", "dj")
    trial.unit("ct", "茶亭路社区", "dj")
    trial.unit("pa", "平安街社区", "xj")
    for key, name in (("qin", "覃婉清"), ("mo", "莫绍勤"), ("wang", "汪蓉")):
        trial.person(key, name, "hh")
    for number in range(1, 10):
        trial.case(f"c{number}", "hh")
    assert not trial.seed("partners.yaml", PARTNERS)
