"""A parser that demands more than it does: every process has a fault that the checks find, and one for the reader."""

from __future__ import annotations

from typing import Any

import pytest

from engine.definition import load
from engine.definition.checks.findings import Findings
from engine.definition.parse import process as parsing


@pytest.fixture
def stricter(monkeypatch: pytest.MonkeyPatch) -> None:
    """From now on no process can be published any more."""

    def check(process: Any, reader: Any) -> Any:
        found = Findings(reader.places)
        found.add("unreachable", "", name="all of it")
        return (*sound(process, reader), *found.problems)

    def read_start(reader: Any, node: Any, path: str) -> Any:
        reader.objection("bad-name", node, path, name="start")
        return read(reader, node, path)

    sound, read = load.check, parsing.read_start
    monkeypatch.setattr(load, "check", check)
    monkeypatch.setattr(parsing, "read_start", read_start)
