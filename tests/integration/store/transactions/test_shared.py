"""Readings that share a transaction: one beginning for all of them, and never a reading that is stale or spoilt."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from sqlalchemy import select, text

from engine.store.databases.database import Database
from engine.store.databases.sql import Statement, among
from engine.store.schema import tables
from engine.store.transactions.failures import Failure, classify
from engine.store.transactions.runner import Runner, Tx
from tests.integration.store.transactions.test_runner import Fault, Race, count, put

NAMED = Statement(
    select(tables.district.c.key).where(among(tables.district.c.key, "names")).order_by(tables.district.c.key),
    lists=["names"],
)


class Sent:
    """Which transactions were begun, and how many statements were sent."""

    def __init__(self) -> None:
        self.begun = self.all = 0

    def before(self, sql: str, parameters: Any) -> None:
        self.all += 1
        self.begun += sql.startswith("BEGIN")

    def after(self, sql: str, parameters: Any, rows: int) -> None: ...


@pytest.fixture
def sent(db: Database, runner: Runner) -> Iterator[Sent]:
    """What is sent from now on; both connections of the thread are there."""
    runner.run(put("first"))
    count(runner)
    db.hook = sent = Sent()
    yield sent
    db.hook = None


def elsewhere(runner: Runner, key: str) -> None:
    """Another thread writes a row."""

    def write() -> None:
        runner.run(put(key))
        runner.release()

    with ThreadPoolExecutor(1) as pool:
        pool.submit(write).result()


def broken(tx: Tx) -> None:
    tx.connection.execute(text("SELECT * FROM no_such_table"))


def test_several_readings_are_one_transaction(runner: Runner, sent: Sent) -> None:
    with runner.sharing():
        assert [count(runner) for _ in range(3)] == [1, 1, 1]
    assert (sent.begun, sent.all) == (1, 3), "the same question is asked once"
    count(runner), count(runner)
    assert (sent.begun, sent.all) == (3, 9), "outside each is its own"


def test_what_is_kept_goes_by_what_was_asked_and_nobody_can_change_it(runner: Runner, sent: Sent) -> None:
    def of(*names: str) -> list[str]:
        return [row.key for row in runner.run(lambda tx: tx.rows(NAMED, names=list(names)), write=False)]

    runner.run(put("b"))
    sent.all = 0
    with runner.sharing():
        assert of("first") == ["first"]
        assert of("first", "b") == ["b", "first"]
        runner.run(lambda tx: tx.rows(NAMED, names=["first"]), write=False).clear()
        assert of("first") == ["first"]
        assert of() == []
    assert sent.all == 5


def test_nothing_is_begun_for_who_reads_nothing(runner: Runner, sent: Sent) -> None:
    with runner.sharing():
        pass
    assert sent.all == 0


def test_they_read_one_state_of_affairs(runner: Runner) -> None:
    with runner.sharing():
        before = count(runner)
        elsewhere(runner, "b")
        assert count(runner) == before
    assert count(runner) == before + 1


def test_what_was_written_between_is_read_after(runner: Runner, sent: Sent) -> None:
    with runner.sharing():
        assert count(runner) == 1
        runner.run(put("b"))
        assert count(runner) == 2
        assert count(runner) == 2
    assert sent.begun == 3


def test_a_write_begins_with_no_reading_open(db: Database, runner: Runner) -> None:
    """Who waits for the right to write keeps nothing that somebody else could wait for."""
    runner.run(put("a"))
    with runner.sharing():
        count(runner)
        db.hook = watch = Fault("", Race(), times=0)
        runner.run(put("b"))
        db.hook = None
    assert [sql[:5] for sql in watch.seen[:2]] == ["ROLLB", "BEGIN"]


def test_a_reading_that_fails_spoils_none_after_it(runner: Runner, sent: Sent) -> None:
    with runner.sharing():
        count(runner)
        with pytest.raises(Exception, match="no_such_table"):
            runner.run(broken, write=False)
        assert count(runner) == 1
    assert sent.begun == 2


def test_a_reading_that_hides_its_fault_spoils_none_after_it(runner: Runner) -> None:
    def hides(tx: Tx) -> str:
        try:
            broken(tx)
        except Exception:
            return "hidden"
        return "never"

    with runner.sharing():
        assert runner.run(hides, write=False) == "hidden"
        assert count(runner) == 0


def test_a_reading_may_not_end_the_transaction(runner: Runner) -> None:
    def ends(tx: Tx) -> None:
        tx.connection.exec_driver_sql("COMMIT")

    with runner.sharing():
        with pytest.raises(RuntimeError, match="only the transaction runner"):
            runner.run(ends, write=False)
        assert count(runner) == 0
    assert runner.run(put("a")) == 1


def test_writing_is_refused_there_too(runner: Runner) -> None:
    with runner.sharing():
        count(runner)
        with pytest.raises(RuntimeError, match="tried to write"):
            runner.run(put("a"), write=False)
        assert count(runner) == 0


def test_a_transaction_holds_no_other_there_either(runner: Runner) -> None:
    with runner.sharing(), pytest.raises(RuntimeError, match="one command is one transaction"):
        runner.run(lambda tx: count(runner), write=False)
    assert count(runner) == 0


@pytest.mark.parametrize("word", ["SELECT", "BEGIN"])
def test_a_race_or_a_lost_server_is_tried_again(
    db: Database, runner: Runner, pauses: list[float], word: str
) -> None:
    error = Race()
    assert classify(error) is Failure.RACE
    with runner.sharing():
        db.hook = Fault(word, error)
        assert count(runner) == 0
        db.hook = None
    assert len(pauses) == 1


def test_an_end_without_an_answer_costs_nobody_anything(db: Database, runner: Runner) -> None:
    with runner.sharing():
        assert count(runner) == 0
        db.hook = Fault("ROLLBACK", OSError("the server is away"))
    db.hook = None
    assert count(runner) == 0


def test_one_within_another_goes_on_with_it(runner: Runner, sent: Sent) -> None:
    with runner.sharing():
        count(runner)
        with runner.sharing():
            count(runner)
        count(runner)
    assert sent.begun == 1


def test_each_thread_shares_for_itself(runner: Runner, sent: Sent) -> None:
    inside, done = threading.Event(), threading.Event()

    def other() -> None:
        with runner.sharing():
            count(runner)
            inside.set()
            assert done.wait(20)
        runner.release()

    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(other)
        assert inside.wait(20)
        count(runner), count(runner)
        done.set()
        waiting.result()
    assert sent.begun == 3
