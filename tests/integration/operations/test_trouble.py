"""A full disk and a locked database: every write is refused in one sentence and changes nothing; reading goes on."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager

import pytest

from engine.clock import DAY, HOUR, MINUTE
from engine.errors import Busy
from engine.i18n import both
from engine.operations import cases, notices
from engine.operations.accounts import accounts
from engine.operations.background.inner import run_jobs
from engine.operations.clockwork import pass_time, ring, seal
from engine.operations.context import Caller
from engine.operations.erasing import erase
from engine.operations.reading import pages
from engine.operations.reading.views import Receipt
from engine.store.databases.database import open_database
from engine.store.facts import LiveFacts
from engine.worker.worker import Worker
from tests import trouble
from tests.integration.operations.looking import broken, everything
from tests.town import W1, Town, build

#: Their rows are so small that they may find room on a page that is there: what is full refuses nothing then.
FITTING = {"clocks", "jobs", "seal", "mark read", "erase"}
Troubles = Callable[[], AbstractContextManager[None]]


@pytest.fixture
def town(db_url: str) -> Iterator[Town]:
    """The town with a case that is open, one that ended, a clock that is due and a notice to send."""
    database = open_database(db_url, busy_timeout=0.05)
    made = build(database)
    ended = made.start("hold", seat="9")
    made.act(ended, "ok", "refuse", "sun", opinion="没有")
    pass_time(made.ctx, made.clock, made.clock.at + HOUR)
    made.started = [made.start(), ended]
    seal(made.ctx)
    made.clock.at += 7 * DAY
    made.act(made.start("hold", seat="8"), "ok", "refuse", "sun", opinion="没有")
    made.clock.at += 2 * MINUTE
    yield made
    made.system.runner.release()
    database.close()


@pytest.fixture(params=["first", "second"])
def in_trouble(request: pytest.FixtureRequest, town: Town) -> tuple[Troubles, str]:
    """Two kinds of trouble for each database, and what it is called."""
    database, first = town.system.database, request.param == "first"
    town.system.runner.release()
    if database.dialect == "sqlite":
        return (lambda: (trouble.full if first else trouble.locked)(database)), "full" if first else "locked"
    limit = "lock_timeout" if first else "statement_timeout"
    return (lambda: trouble.held(database, limit)), "locked" if first else "long"


#: What whoever runs the system waits for: it may last long, so on a server it waits for the lock in vain before that.
LONG = {"publish", "erase"}


def _open(town: Town) -> tuple[Receipt, int]:
    case = town.started[0]
    return case, cases.open_serial(town.ctx, case.number, "ok")


WRITES: dict[str, Callable[[Town, Receipt, int], object]] = {
    "start": lambda town, _case, _n: town.start(key="k", why="长" * 5000),
    "act": lambda town, case, n: cases.act(
        town.ctx, Caller("sun"), case.number, n, "agree", key="k", opinion="长" * 2000
    ),
    "comment": lambda town, case, _n: cases.comment(town.ctx, Caller("ann"), case.number, "长" * 2000, key="k"),
    "publish": lambda town, _case, _n: town.publish(W1.replace("title: 审批", "title: " + "审批" * 4000)),
    "mark read": lambda town, _case, _n: notices.mark_read(town.ctx, Caller("ann"), key="k" * 200),
    "erase": lambda town, _case, _n: erase(
        town.ctx, Caller("cai"), town.started[1].number, "长" * 200, key="k" * 200
    ),
    "account": lambda town, _case, _n: accounts.create_account(town.system, "new", "新" * 3000, None, {"town": "bo"}),
    "clocks": lambda town, _case, _n: ring(town.ctx),
    "jobs": lambda town, _case, _n: run_jobs(town.ctx),
    "seal": lambda town, _case, _n: seal(town.ctx),
}  # fmt: skip


@pytest.mark.parametrize("verb", WRITES)
def test_a_write_is_refused_in_one_sentence_and_changes_nothing(
    town: Town, in_trouble: tuple[Troubles, str], verb: str
) -> None:
    enter, kind = in_trouble
    case, n = _open(town)
    town.system.runner.release()
    with enter():
        if kind == "full":
            _until_full(town, case)
        before = everything(town)
        try:
            WRITES[verb](town, case, n)
        except Busy as refusal:
            assert refusal.details["failure"] == ("locked" if kind == "long" and verb in LONG else kind)
            assert "没有保存" in refusal.text.zh
            assert "试" in refusal.text.zh, "it says what to do"
            assert everything(town) == before
        else:
            assert kind == "full", "it was done in spite of the lock"
            assert verb in FITTING
    town.system.runner.release()
    assert broken(town) == []
    WRITES[verb](town, case, n)
    assert broken(town) == []


def _until_full(town: Town, case: Receipt) -> None:
    """Fill what room the last pages still have."""
    for size in (1900, 300, 30, 1):
        for _ in range(60):
            try:
                cases.comment(town.ctx, Caller("ann"), case.number, "长" * size)
            except Busy:
                break


def test_reading_goes_on(town: Town, in_trouble: tuple[Troubles, str]) -> None:
    enter, _ = in_trouble
    with enter():
        assert pages.inbox(town.ctx, Caller("sun"), "mine").rows
        assert pages.case(town.ctx, Caller("ann"), town.started[0].number).number == town.started[0].number


def test_a_worker_waits_and_goes_on(
    town: Town, in_trouble: tuple[Troubles, str], caplog: pytest.LogCaptureFixture
) -> None:
    enter, kind = in_trouble
    caplog.set_level(logging.WARNING, "rongtong")
    worker = Worker(town.system)
    if kind == "full":  # so many clocks to ring as no page has room for
        for _ in range(40):
            town.start()
        town.clock.at += 7 * DAY
        town.system.runner.release()
    with enter():
        if kind == "full":
            _until_full(town, town.started[0])
        done = worker.once()
        assert done == 0 or kind == "full", "a full disk has room for what makes the file no longer"
    assert caplog.records[-1].levelname == "WARNING" and "tried again" in caplog.records[-1].getMessage()
    assert ("The disk is full" in caplog.records[-1].getMessage()) == (kind == "full")
    town.system.runner.release()
    assert worker.once() > 0
    assert broken(town) == []


def test_a_database_that_is_busy_does_not_say_that_nobody_may(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    case = town.start()
    n = cases.open_serial(town.ctx, case.number, "ok")

    def busy(facts: LiveFacts, person: str, key: str) -> bool:
        raise Busy(both("忙"))

    monkeypatch.setattr(LiveFacts, "may", busy)
    with pytest.raises(Busy):
        pages.can_act(town.ctx, Caller("sun"), case.number, n)
