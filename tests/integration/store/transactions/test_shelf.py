"""A connection is borrowed for one transaction: nobody waits with one in hand, nobody keeps one afterwards."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import func, select

from engine.errors import Busy
from engine.store.databases.database import Database, open_database
from engine.store.transactions.runner import Runner, Tx
from tests.integration.store.transactions.test_runner import count, put

THREADS = 40


@pytest.fixture
def narrow(db_url: str) -> Database:
    """A database that lends four connections at a time."""
    return open_database(db_url, connections=4)


def test_forty_threads_share_four_connections(narrow: Database) -> None:
    """Like the threads of a server: nobody leaves before the last is served."""
    runner, everybody = Runner(narrow), threading.Barrier(THREADS)

    def work(number: int) -> int:
        everybody.wait(60)
        for turn in range(2):
            runner.run(put(f"{number}-{turn}"))
            assert count(runner) > 0
        everybody.wait(60)
        return 1

    with ThreadPoolExecutor(THREADS) as pool:
        assert sum(pool.map(work, range(THREADS))) == THREADS
    assert count(runner) == 2 * THREADS
    runner.release()
    narrow.close()


def test_threads_that_come_and_go_leave_no_connection_behind(narrow: Database) -> None:
    runner = Runner(narrow)
    for number in range(THREADS):
        thread = threading.Thread(target=lambda number=number: (runner.run(put(str(number))), count(runner)))
        thread.start()
        thread.join()
    assert count(runner) == THREADS
    assert narrow.engine.pool.checkedout() <= 2, "one to write and one to read with"  # type: ignore[attr-defined]
    runner.release()
    assert narrow.engine.pool.checkedout() == 0  # type: ignore[attr-defined]
    narrow.close()


def test_who_finds_no_connection_in_time_is_refused_and_takes_none_away(
    narrow: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("engine.store.transactions.runner.PATIENCE", 0.01)
    runner, busy, go = Runner(narrow), threading.Barrier(5), threading.Event()

    def hold(_tx: Tx) -> bool:
        busy.wait(60)
        return go.wait(60)

    with ThreadPoolExecutor(4) as pool:
        held = [pool.submit(runner.run, hold, write=False) for _ in range(4)]
        busy.wait(60)
        with pytest.raises(Busy) as caught:
            count(runner)
        go.set()
        assert all(one.result(60) for one in held)
    assert caught.value.details["failure"] == "locked"
    assert count(runner) == 0
    runner.release()
    narrow.close()


def test_a_reading_action_that_loses_its_connection_is_not_told_that_it_may_have_saved(
    runner: Runner, pauses: list[float]
) -> None:
    lost: list[int] = []

    def work(tx: Tx) -> str:
        if not lost:
            lost.append(1)
            tx.connection.invalidate()
        return "read"

    assert runner.run(work, write=False) == "read"
    assert len(pauses) == 1


@pytest.mark.parametrize("write", [True, False])
def test_work_that_loses_its_connection_for_ever_is_told_that_nothing_was_saved(runner: Runner, write: bool) -> None:
    with pytest.raises(Busy) as caught:
        runner.run(lambda tx: tx.connection.invalidate(), write=write)
    assert caught.value.details["failure"] == "lost"


def test_a_server_that_was_started_anew_costs_nobody_a_refusal(postgresql_url: str) -> None:
    """Twelve connections lie idle and are dead, more than anybody would try."""
    database, other = open_database(postgresql_url), open_database(postgresql_url)
    runner, everybody = Runner(database, pause=lambda _: None), threading.Barrier(12)
    own = select(func.pg_backend_pid())

    def work(tx: Tx) -> int:
        everybody.wait(60)
        return int(tx.connection.execute(own).scalar_one())

    with ThreadPoolExecutor(12) as pool:
        pids = [one.result(60) for one in [pool.submit(runner.run, work, write=False) for _ in range(12)]]
    assert len({*pids}) == 12
    with other.connect() as connection:
        for pid in pids:
            connection.execute(select(func.pg_terminate_backend(pid)))
    assert runner.run(lambda tx: tx.connection.execute(own).scalar_one()) not in pids
    runner.release()
    database.close()
    other.close()


def test_a_failed_statement_that_an_action_keeps_to_itself_is_not_committed_in_silence(postgresql_url: str) -> None:
    """A server answers such a COMMIT with a rollback, and no error."""
    database = open_database(postgresql_url)
    runner = Runner(database)

    def work(tx: Tx) -> None:
        put("silent")(tx)
        with pytest.raises(Exception, match="division"):
            tx.connection.execute(select(1 / func.length("")))

    with pytest.raises(Exception, match="has ended"):
        runner.run(work)
    runner.release()
    database.close()
