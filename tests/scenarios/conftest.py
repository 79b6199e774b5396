"""A system on an empty database, and the shipped packs to adopt there."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

import pytest

from engine.clock import SetClock
from engine.content import shipped_workflows
from engine.definition.values.moments import read_datetime, to_micros
from engine.extend.registry import Registry
from engine.ids import SeededIds
from engine.operations.content.adopt import Pack
from engine.operations.content.library import Library
from engine.operations.context import System
from engine.store.databases.database import Database
from engine.store.transactions.runner import Runner

FOLDER = shipped_workflows()


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
