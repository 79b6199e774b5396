"""What a page costs the database: one transaction for all that it reads, and so many statements, BEGIN and its end too."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from engine.clock import MINUTE
from engine.store.databases.database_clock import _ASK
from engine.store.schema.hub import session
from tests.integration.web.test_pages import FORM, OpenWindow, begin, open_task
from tests.town import Town

_ENDS = re.compile(r"BEGIN|COMMIT|ROLLBACK|SAVEPOINT|RELEASE|PRAGMA")


class Sent(list[str]):
    """Every statement that is sent, but the rare look at the server's clock."""

    def before(self, sql: str, parameters: Any) -> None:
        if sql != _ASK:
            self.append(sql)

    def after(self, sql: str, parameters: Any, rows: int) -> None: ...

    @property
    def around(self) -> list[str]:
        """Those that begin and end."""
        return [sql.split()[0] for sql in self if _ENDS.match(sql)]


@contextmanager
def sending(town: Town) -> Iterator[Sent]:
    town.system.database.hook = sent = Sent()
    try:
        yield sent
    finally:
        town.system.database.hook = None


INBOX, TASK, BEGUN = 8, 22, 19
ONCE = ["BEGIN", "ROLLBACK"]


def test_an_inbox_is_one_transaction_of_few_statements(town: Town, at_window: OpenWindow) -> None:
    begin(at_window("ann"))
    sun = at_window("sun")
    sun.get("/town/inbox")
    with sending(town) as sent:
        sun.get("/town/inbox")
    assert sent.around == ONCE
    assert len(sent) == INBOX, "\n".join(sent)


def test_a_task_is_one_transaction_of_few_statements(town: Town, at_window: OpenWindow) -> None:
    begin(at_window("ann"))
    sun = at_window("sun")
    path = open_task(sun)
    with sending(town) as sent:
        sun.get(path)
    assert sent.around == ONCE
    assert len(sent) == TASK, "\n".join(sent)


#: By what is pressed on a task: what goes with it, the answer, and its statements: what reads a page sends twice as many.
PRESSES = {
    "/claim": ({}, 303, 13),
    "/comment": ({"text.comment": "请尽快"}, 303, 16),
    "/comment with an opinion begun": ({"text.comment": "请尽快", "opinion.agree": "看过"}, 200, 38),
    "": ({"outcome": "agree", "opinion.agree": "好"}, 303, 31),
    " refused": ({"outcome": "agree", "opinion.agree": "长" * 2001}, 422, 34),
}


@pytest.mark.parametrize("press", PRESSES)
def test_a_press_reads_what_it_needs_and_no_page_that_nobody_is_shown(
    town: Town, at_window: OpenWindow, press: str
) -> None:
    begin(at_window("ann"))
    begin(at_window("ann"))
    sun = at_window("sun")
    path = open_task(sun)
    typed, status, most = PRESSES[press]
    form = {name: sun.input(name) for name in ("key", "seen", "beside")}
    with sending(town) as sent:
        answer = sun.post(path + press.split(" ")[0], **form, **typed)
    assert answer.status_code == status
    assert len(sent) == most, "\n".join(sent)


def test_a_start_reads_what_its_form_asks_and_nothing_that_it_offers(town: Town, at_window: OpenWindow) -> None:
    ann = at_window("ann")
    begin(ann)
    ann.get("/town/start/w1")
    with sending(town) as sent:
        answer = ann.post("/town/start/w1", **{**FORM, "key": ann.input("key")})
    assert answer.status_code == 303
    assert len(sent) == BEGUN, "\n".join(sent)


def test_a_file_asks_nothing_and_the_probe_one_thing(town: Town, at_window: OpenWindow) -> None:
    sun = at_window("sun")
    with sending(town) as sent, sun.client.get("/healthz") as answer:
        assert answer.status_code == 200
    assert len([one for one in sent if one.startswith("SELECT")]) == 1
    with sending(town) as sent, sun.client.get("/static/base.css") as answer:
        assert answer.status_code == 200
    assert sent == []


def test_a_session_that_is_seen_again_is_written_and_the_page_read_after_it(
    town: Town, at_window: OpenWindow
) -> None:
    sun = at_window("sun")
    town.clock.advance(10 * MINUTE)
    with sending(town) as sent:
        sun.get("/town/inbox")
    at_once = ["PRAGMA"] if town.system.database.dialect == "sqlite" else []  # the note waits for nobody
    assert sent.around == [*ONCE, *at_once, "BEGIN", *at_once, "COMMIT", *ONCE]
    seen = town.ctx.runner.run(lambda tx: tx.connection.execute(session.select()).all(), write=False)
    assert town.clock.wall() in {row.seen_at for row in seen}
