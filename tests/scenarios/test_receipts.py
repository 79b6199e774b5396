"""What the sheet on paper says of points and money is what was taken and paid, however the case went."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine.clock import SetClock
from engine.operations.content.adopt import adopt
from engine.operations.content.scenario_text import read_scenario
from engine.operations.context import Caller, System
from engine.operations.reading import pages
from engine.scenarios import ScenarioRun
from tests.scenarios.conftest import FOLDER, pack

FILES = sorted(file for file in FOLDER.glob("districts/*/scenarios/*.yaml") if "redemption" in file.read_text("utf-8"))
PARTLY = ["原价60.00元", "退货−40.00元", "优惠−20.00元", "实扣20分", "应付0.00元"]


@pytest.mark.parametrize("file", FILES, ids=lambda file: f"{file.parts[-3]}-{file.stem}")
def test_a_receipt_says_the_points_that_were_taken(file: Path, system: System, clock: SetClock) -> None:
    scenario, _ = read_scenario(file.read_text("utf-8"), file.name)
    assert scenario
    run = ScenarioRun(adopt(system, pack(scenario.district), Caller("", door="scenario")), clock)
    assert run.play(scenario) == ()
    for number in run.cases.values():
        view, sums = pages.sheet(run.ctx, Caller(""), number)
        taken = next((fact.words.zh for fact in view.facts if fact.name == "taken"), None)
        said = [amount.words.zh for line in sums for amount in line.sum if amount.label.zh in ("用分", "实扣")]
        assert said == ([f"{taken}分"] if taken is not None else []), (number, view.end)


def test_after_a_return_at_the_counter_the_receipt_is_the_one_that_was_settled(system: System, clock: SetClock) -> None:
    scenario, _ = read_scenario((FOLDER / "districts/haicheng/scenarios/part_returned.yaml").read_text("utf-8"), "")
    assert scenario
    run = ScenarioRun(adopt(system, pack("haicheng"), Caller("", door="scenario")), clock)
    assert run.play(scenario) == ()
    _, sums = pages.sheet(run.ctx, Caller(""), run.cases["c1"])
    assert [f"{amount.label.zh}{amount.words.zh}" for line in sums for amount in line.sum] == PARTLY
