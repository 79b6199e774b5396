"""A full disk and a locked database at a terminal: one sentence in both languages, exit code 2, nothing changed."""

from __future__ import annotations

import logging
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from engine import app, logs
from engine.cli import root
from engine.extend.calls.faults import HungError, plugin_fault
from engine.hanging import GivenUp
from engine.store.databases.database import Database, open_database
from tests import trouble
from tests.integration.cli.conftest import Terminal

START = ("start", "dispatch_order", "--as", "staff@茶亭路社区", "--for", "崔立秋", "--fill", "class=健康义诊",
         "--fill", "what=" + "量血压" * 600, "--fill", "place=" + "老年活动室" * 30, "--fill", "channel=小程序")  # fmt: skip


def _locked(url: str) -> Iterator[None]:
    database = open_database(url)
    with trouble.locked(database):
        yield
    database.close()


@pytest.fixture(params=["full", "locked"])
def in_trouble(request: pytest.FixtureRequest, terminal: Terminal, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """The database of the terminal is in trouble; what it is called."""
    entered: list[AbstractContextManager[None]] = []

    def opened(url: str, **more: Any) -> Database:
        database = open_database(url, **more)
        if request.param == "full":
            entered.append(trouble.full(database))
            entered[-1].__enter__()
        return database

    monkeypatch.setattr(app, "open_database", partial(opened, busy_timeout=0.05))
    if request.param == "full":
        yield request.param
        return
    yield from (request.param for _ in _locked(terminal.url))


SAID = {
    "full": ("磁盘空间已满，本次没有保存。请联系管理员清理磁盘后再试。", "The disk is full; nothing was saved."),
    "locked": ("数据库正被占用，本次没有保存。请稍后再试。", "The database is in use; nothing was saved."),
}
WRITES: dict[str, Callable[[], tuple[str, ...]]] = {
    "start": lambda: START,
    "publish": lambda: ("publish", "guiding"),
    "account": lambda: ("account", "add", "new", "--name", "韦" * 3000, "--person", "haicheng=韦燕妮", "--no-password"),
}


@pytest.mark.parametrize("verb", WRITES)
def test_a_command_that_cannot_be_saved_says_so_and_changes_nothing(
    verb: str, in_trouble: str, terminal: Terminal
) -> None:
    path = Path(terminal.url.removeprefix("sqlite:///"))
    before = path.read_bytes()
    said = terminal.on(*WRITES[verb]())
    assert said.code == 2
    assert all(words in said.err for words in SAID[in_trouble])
    assert said.out == ""
    asked = terminal.on(*WRITES[verb](), "--json")
    assert asked.code == 2
    assert asked.json["error"]["code"] == "busy"
    assert path.read_bytes() == before


def test_what_only_reads_goes_on(in_trouble: str, terminal: Terminal) -> None:
    assert terminal.on("inbox", "--as", "staff@茶亭路社区").code == 0
    assert terminal.on("verify").code == 0


@pytest.mark.parametrize(("level", "told"), [(logging.INFO, True), (logging.WARNING, False)])
def test_only_a_server_keeps_where_a_fault_came_from(level: int, told: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("RONGTONG_DEBUG", raising=False)
    log = logging.getLogger("rongtong")
    monkeypatch.setattr(log, "level", level)
    try:
        raise ZeroDivisionError
    except ZeroDivisionError:
        fault = log.makeRecord("rongtong.web", logging.ERROR, __file__, 1, "fault %s", ("R-1",), sys.exc_info())
    said = logs._Plain().format(fault)
    assert "R-1" in said
    assert ("ZeroDivisionError" in said) == told


@pytest.mark.parametrize("as_json", [False, True])
def test_a_command_whose_thread_was_given_up_says_who_hung_in_one_sentence(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], as_json: bool
) -> None:
    fault = plugin_fault(HungError, "odd", "没有办完", "did not come back", "odd/hooks.py:3")

    def lost(*_given: object, **_named: object) -> None:
        raise GivenUp(fault)

    monkeypatch.setattr(root.rongtong, "main", lost)
    assert root.run(["verify", *["--json"] * as_json]) == 2
    told = capsys.readouterr()
    said = told.out if as_json else told.err
    assert "odd/hooks.py:3" in said
    assert "did not come back" in said
    assert "Traceback" not in told.err
