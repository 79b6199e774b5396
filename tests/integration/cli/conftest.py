"""A district published from the command line, and what a command said."""

from __future__ import annotations

import json
import logging
import shutil
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from engine.cli.root import run
from engine.clock import SystemClock
from engine.definition.values.moments import to_datetime

#: A day that can be booked: commands run on the machine's clock, and a venue is lent so many days ahead.
DAY = (to_datetime(SystemClock().now()) + timedelta(days=9)).date()


@dataclass(frozen=True)
class Said:
    """A command's exit code and what it wrote."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


class Terminal:
    """Runs commands on one database."""

    def __init__(self, url: str, capture: pytest.CaptureFixture[str]) -> None:
        self.url, self.capture = url, capture

    def __call__(self, *args: str) -> Said:
        """Run without a database option."""
        self.capture.readouterr()
        code = run(list(args))
        said = self.capture.readouterr()
        assert "Traceback" not in said.out + said.err
        return Said(code, said.out, said.err)

    def on(self, *args: str) -> Said:
        """Run on the database."""
        return self(*args, "--db", self.url)


@pytest.fixture(autouse=True)
def no_log(own_log: None) -> None:
    """A command finds the engine's log as a new process does: nobody has set it up."""
    logging.getLogger("rongtong").handlers.clear()


@pytest.fixture(scope="session")
def published(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database in which Haicheng was published, to copy for each test."""
    path = tmp_path_factory.mktemp("published") / "rongtong.db"
    assert run(["publish", "haicheng", "--db", f"sqlite:///{path}"]) == 0
    return path


@pytest.fixture
def terminal(published: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Terminal:
    shutil.copy(published, tmp_path / "rongtong.db")
    return Terminal(f"sqlite:///{tmp_path / 'rongtong.db'}", capsys)
