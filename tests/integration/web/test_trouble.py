"""A full disk, a lock and a server that is away, at the doors: one sentence, 503 and when to come again."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from typing import Any

import pytest
from flask import Flask

from engine.app import Options, create_app
from engine.clock import HOUR
from engine.operations.accounts import accounts
from engine.store.databases.database import open_database
from engine.store.databases.drivers import sqlite_module
from tests import trouble
from tests.integration.operations.looking import everything
from tests.integration.web.conftest import Window
from tests.town import Town, build


@pytest.fixture
def town(sqlite_url: str) -> Iterator[Town]:
    """The town on a file that gives up quickly."""
    database = open_database(sqlite_url, busy_timeout=0.05)
    made = build(database)
    yield made
    database.hook = None
    made.system.runner.release()
    database.close()


@pytest.fixture
def app(town: Town) -> Flask:
    return create_app(town.system, Options(secret_key="only for tests"))


class _Away:
    """No statement gets through."""

    def before(self, sql: str, parameters: Any) -> None:
        raise sqlite_module().OperationalError("unable to open database file")

    def after(self, sql: str, parameters: Any, rows: int) -> None:
        """Nothing comes so far."""


TROUBLES: dict[str, tuple[Callable[[Any], AbstractContextManager[None]], str]] = {
    "full": (trouble.full, "磁盘空间已满，本次没有保存。请联系管理员清理磁盘后再试。"),
    "locked": (trouble.locked, "数据库正被占用，本次没有保存。请稍后再试。"),
}


@pytest.mark.parametrize("kind", TROUBLES)
def test_a_form_that_cannot_be_saved_says_why_and_when_to_try_again(
    kind: str, town: Town, at_window: Callable[[str], Window], caplog: pytest.LogCaptureFixture
) -> None:
    enter, sentence = TROUBLES[kind]
    window = at_window("ann")
    window.get("/town/start/w1")
    before = everything(town)
    town.system.runner.release()
    with enter(town.system.database):
        form = {"f-seat": "长" * 9000, "f-people": "3", "f-why": "聚会", "key": window.input("key")}
        answer = window.post("/town/start/w1", **form)
        assert answer.status_code == 503, window.words
        assert sentence in window.words
        assert answer.headers["Retry-After"] == "5"
        assert ("The disk is full" in caplog.text) == (kind == "full"), "whoever serves it reads it in the log"
        assert window.get("/town/inbox").status_code == 200, "reading goes on"
    town.system.runner.release()
    assert everything(town) == before


@pytest.mark.parametrize("kind", TROUBLES)
def test_who_has_not_been_seen_for_a_while_still_reads(
    kind: str, town: Town, at_window: Callable[[str], Window]
) -> None:
    window = at_window("ann")
    town.clock.at += HOUR
    town.system.runner.release()
    with TROUBLES[kind][0](town.system.database):
        assert window.get("/town/inbox").status_code == 200


def test_a_page_whose_database_is_away_says_so(town: Town, at_window: Callable[[str], Window]) -> None:
    window = at_window("ann")
    town.system.database.hook = _Away()
    answer = window.get("/town/start/w1")
    town.system.database.hook = None
    assert answer.status_code == 503
    assert "数据库文件暂时不能读写" in window.words
    assert window.get("/town/start/w1").status_code == 200


@pytest.mark.parametrize("kind", TROUBLES)
def test_a_program_is_told_the_same(kind: str, town: Town, app: Flask) -> None:
    account = accounts.create_account(town.system, "prog", "prog", None, {"town": "ann"})
    token = accounts.create_token(town.system, account, "town", "test")
    before = everything(town)
    town.system.runner.release()
    enter, sentence = TROUBLES[kind]
    with enter(town.system.database):
        answer = app.test_client().post(
            "/api/v1/town/cases",
            json={"process": "w1", "unit": "a", "fill": {"seat": "长" * 9000, "people": 3, "why": "聚会"}},
            headers={"Authorization": f"Bearer {token}", "Idempotency-Key": "k", "Accept-Language": "zh"},
        )
    town.system.runner.release()
    assert answer.status_code == 503, answer.text
    assert answer.headers["Retry-After"] == "5"
    assert answer.json is not None
    assert answer.json["title"] == sentence
    assert everything(town) == before


def test_the_probe_says_whether_the_database_answers_and_nothing_else(town: Town, app: Flask) -> None:
    probe = app.test_client()
    with trouble.locked(town.system.database):
        assert (probe.get("/healthz").status_code, probe.get("/healthz").json) == (200, {"status": "ok"})
    town.system.database.hook = _Away()
    assert (probe.get("/healthz").status_code, probe.get("/healthz").json) == (503, {"status": "no database"})
    assert (probe.head("/healthz").status_code, probe.head("/healthz").data) == (503, b"")
    town.system.database.hook = None
    assert probe.get("/healthz").status_code == 200
