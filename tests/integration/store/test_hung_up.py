"""A PostgreSQL transaction in which a thread hangs is ended from here; what its server ends by itself took too long."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from engine.clock import SECOND, SetClock
from engine.errors import Busy
from engine.extend.calls.entering import entered
from engine.hanging import LIMIT
from engine.store.databases import direct
from engine.store.databases.database import Database
from engine.store.transactions.line import LONGEST, LONGEST_OF_ALL
from engine.store.transactions.runner import Runner, Tx
from tests.bounded import until
from tests.hanging import ByHand, Hanging
from tests.integration.store.hangs import keys, told
from tests.integration.store.transactions.test_runner import COUNT, PUT, put

HOLD = text("UPDATE district SET value = 'x' WHERE district_id = 'd' AND key = 'row'")
OF = text("SELECT wait_event FROM pg_stat_activity WHERE pid = :pid")
MINE = text("SELECT pg_backend_pid()")


@pytest.fixture
def server(db: Database) -> Database:
    """A PostgreSQL."""
    if db.dialect == "sqlite":
        pytest.skip("it has no server")
    return db


@pytest.fixture
def runner(server: Database, clock: SetClock, pauses: list[float]) -> Iterator[Runner]:
    """A runner on it that never sleeps."""
    made = Runner(server, clock=clock, pause=pauses.append)
    yield made
    made.release()


@pytest.fixture
def pool() -> Iterator[ThreadPoolExecutor]:
    """Threads of their own."""
    with ThreadPoolExecutor(2) as made:
        yield made


def there(server: Database, pid: int) -> bool:
    """Whether the server still has the process *pid*."""
    with server.connect() as connection:
        return connection.execute(OF, {"pid": pid}).first() is not None


def sleeps(server: Database, pid: int) -> bool:
    """Whether the process *pid* of the server is in a statement that does nothing."""
    with server.connect() as connection:
        return connection.execute(OF, {"pid": pid}).scalar() == "PgSleep"


@pytest.mark.parametrize("write", [True, False])
@pytest.mark.parametrize(("long", "may_last"), [(False, LONGEST), (True, LONGEST_OF_ALL)])
def test_a_server_ends_what_idles_later_than_any_transaction_may_end(
    runner: Runner, write: bool, long: bool, may_last: int
) -> None:
    asked = text("SELECT setting FROM pg_settings WHERE name = 'idle_in_transaction_session_timeout'")
    found = runner.run(lambda tx: tx.connection.execute(asked).scalar(), write=write, long=long)
    assert int(str(found)) == 2 * may_last * 1000 > LIMIT // 1000


def asks(tx: Tx) -> object:
    """A statement of a plugin's."""
    return tx.connection.execute(text("SELECT 1"))


def counts(tx: Tx) -> object:
    """A reading of the engine's."""
    return tx.one(COUNT)


def puts_off(tx: Tx) -> None:
    """A write by the end of the transaction."""
    tx.later(PUT, district_id="d", key="b", value="v")


@pytest.mark.parametrize(
    ("goes_on", "write"), [(asks, True), (put("a"), True), (puts_off, True), (asks, False), (counts, False)]
)
def test_what_a_server_ended_for_idling_took_too_long_and_is_not_tried_again(
    server: Database, runner: Runner, clock: SetClock, pauses: list[float], goes_on: Any, write: bool
) -> None:
    """Calls that are each in time add up between two statements. Its own watch is the one that really runs here."""
    runs = []

    def work(tx: Tx) -> None:
        runs.append(tx)
        pid = tx.connection.execute(MINE).scalar()
        tx.connection.execute(text("SET LOCAL idle_in_transaction_session_timeout = '20ms'"))
        until(lambda: not there(server, pid))
        clock.advance(2 * LONGEST * SECOND)
        goes_on(tx)

    with pytest.raises(Busy, match="took too long and was stopped; nothing was saved") as refused:
        runner.run(work, write=write)
    assert refused.value.details["failure"] == "long"
    assert (len(runs), pauses) == (1, [])
    assert keys(runner) == []


def test_a_connection_that_is_lost_in_time_is_tried_again(
    server: Database, runner: Runner, pauses: list[float]
) -> None:
    lost = []

    def work(tx: Tx) -> int:
        if not lost:
            lost.append(tx.connection.execute(MINE).scalar())
            with server.connect() as connection:
                connection.execute(text("SELECT pg_terminate_backend(:pid)"), {"pid": lost[0]})
            until(lambda: not there(server, lost[0]))
        return put("a")(tx)

    assert runner.run(work) == 1
    assert len(pauses) == 1


@pytest.mark.parametrize("long", [False, True])
@pytest.mark.parametrize("hangs_in", ["a wait", "a statement", "a statement of the engine's"])
def test_a_row_that_is_held_where_a_plugin_hangs_is_free_when_it_is_given_up(
    server: Database, runner: Runner, dog: ByHand, code: Hanging, pool: ThreadPoolExecutor, hangs_in: str, long: bool
) -> None:
    runner.run(put("row"))

    def plugin(tx: Tx) -> None:
        if hangs_in == "a wait":
            code.wait()
        code.inside.set()
        if hangs_in == "a statement":
            tx.connection.execute(text("SELECT pg_sleep(3600)"))
        tx._cursor.execute("SELECT pg_sleep(3600)")

    hang, pids = entered("odd", Path(__file__).parent, plugin), []

    def work(tx: Tx) -> None:
        pids.append(tx.connection.execute(MINE).scalar())
        tx.connection.execute(HOLD)
        hang(tx)

    future = pool.submit(runner.run, work, long=long)
    assert code.inside.wait(60)
    if hangs_in != "a wait":
        until(lambda: sleeps(server, pids[0]))
    dog.call_back()
    dog.give_up()
    until(lambda: not there(server, pids[0]))
    assert runner.run(lambda tx: tx.connection.execute(HOLD).rowcount) == 1
    code.free.set()
    assert told(future) == "GivenUp"
    assert keys(runner) == ["row"]


def test_what_is_interrupted_in_the_middle_of_a_flight_is_not_saved_and_the_next_goes_on(
    runner: Runner, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(*_how: object) -> None:
        monkeypatch.undo()
        raise KeyboardInterrupt

    def work(tx: Tx) -> object:
        for key in "ab":
            tx.later(PUT, district_id="d", key=key, value="v")
        monkeypatch.setattr(direct, "wait", interrupted)
        return tx.one(COUNT)

    with pytest.raises(KeyboardInterrupt):
        runner.run(work)
    assert runner.run(put("next")) == 1
    assert keys(runner) == ["next"]
