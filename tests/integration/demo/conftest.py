"""Fixtures: the plan of a short demo, and the demo; tests that change it take a copy."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from engine.cli import options
from engine.demo.plan import Plan
from engine.operations.context import System
from tests.integration.demo.living import lived, short


@pytest.fixture(scope="session")
def plan() -> Plan:
    return short(options.plan(None))


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory, plan: Plan) -> Iterator[System]:
    system = lived(tmp_path_factory.mktemp("demo"), plan)
    yield system
    system.runner.release()
    system.database.close()
