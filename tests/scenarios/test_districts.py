"""Every scenario of every district goes as it says, on a database of its own."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine.clock import SetClock
from engine.operations.content.adopt import adopt
from engine.operations.content.scenario_text import read_scenario
from engine.operations.context import Caller, System
from tests.scenarios.attentive import Attentive
from tests.scenarios.conftest import FOLDER, pack

FILES = sorted(FOLDER.glob("districts/*/scenarios/*.yaml"))


@pytest.mark.parametrize("file", FILES, ids=lambda file: f"{file.parts[-3]}-{file.stem}")
def test_the_scenario_goes_as_it_says(file: Path, system: System, clock: SetClock) -> None:
    scenario, problems = read_scenario(file.read_text("utf-8"), file.name)
    assert scenario and not problems
    ctx = adopt(system, pack(scenario.district), Caller("", door="scenario"))
    run = Attentive(ctx, clock)
    assert [problem.line_of_text() for problem in run.play(scenario)] == []
    assert run.unlike == [], "what a press says that it leads to"
    assert run.unchecked == []
