"""Every scenario of every district goes as it says, on a database of its own."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from engine.clock import SetClock
from engine.content import shipped_workflows
from engine.definition.moments import read_datetime, to_micros
from engine.extend.registry import Registry
from engine.ids import SeededIds
from engine.operations.adopt import adopt
from engine.operations.context import Caller, System
from engine.operations.library import Library
from engine.operations.pack import Pack
from engine.operations.scenario import Run, read_scenario
from engine.store.database import Database
from engine.store.transaction import Runner

FOLDER = shipped_workflows()
FILES = sorted(FOLDER.glob("districts/*/scenarios/*.yaml"))


@cache
def registry() -> Registry:
    return Registry.discovered()


@cache
def pack(district: str) -> Pack:
    found, problems = Library(FOLDER, registry()).pack(district)
    assert found, "\n".join(problem.line_of_text() for problem in problems)
    return found


@pytest.fixture
def clock() -> SetClock:
    return SetClock(to_micros(read_datetime("2025-11-03T09:00")))


@pytest.fixture
def system(db: Database, clock: SetClock) -> Iterator[System]:
    for line in registry().migrations():
        line.metadata.create_all(db.engine)
    runner = Runner(db, clock=clock)
    yield System(db, runner, registry(), clock, SeededIds())
    runner.release()


@pytest.mark.parametrize("file", FILES, ids=lambda file: f"{file.parts[-3]}-{file.stem}")
def test_the_scenario_goes_as_it_says(file: Path, system: System, clock: SetClock) -> None:
    scenario, problems = read_scenario(file.read_text("utf-8"), file.name)
    assert scenario and not problems
    ctx = adopt(system, pack(scenario.district), Caller("", door="scenario"))
    assert [problem.line_of_text() for problem in Run(ctx, clock).play(scenario)] == []
