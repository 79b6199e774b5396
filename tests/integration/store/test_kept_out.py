"""Who finds another process writing: each waits as long as it was told to, all together, and a note waits not at all."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from engine.clock import SECOND
from engine.errors import Busy
from engine.store.databases import turnstile
from engine.store.databases.database import Database, open_database
from engine.store.databases.drivers import sqlite_module
from engine.store.databases.turnstile import Turnstile
from engine.store.transactions import group
from engine.store.transactions.runner import Runner, Tx
from tests.bounded import until
from tests.integration.store.together import standing
from tests.integration.store.transactions.test_runner import count, put

PATIENCE = 5.0


class Steady:
    """Time that goes by only while somebody waits for another process."""

    def __init__(self) -> None:
        self.at = SECOND
        self.then: Callable[[], None] = lambda: None

    def steady(self) -> int:
        """Now."""
        return self.at

    def pass_by(self, seconds: float) -> None:
        """Let so much go by, after what happens now."""
        self.then()
        self.at += int(seconds * SECOND)


@pytest.fixture
def time(monkeypatch: pytest.MonkeyPatch) -> Steady:
    """The time of the group and of the turnstile; who waits at the turnstile looks again each tenth of a second."""
    made = Steady()

    class Tenth(threading.Event):
        def wait(self, timeout: float | None = None) -> bool:
            made.pass_by(0.1)
            return True

    monkeypatch.setattr(group, "_CLOCK", made)
    monkeypatch.setattr(turnstile, "_CLOCK", made)
    monkeypatch.setattr(turnstile, "Event", Tenth)
    return made


@pytest.fixture
def file(sqlite_url: str) -> Iterator[Database]:
    """An open SQLite file."""
    database = open_database(sqlite_url, busy_timeout=PATIENCE)
    yield database
    database.close()


@pytest.fixture
def writer(file: Database) -> Iterator[Runner]:
    """A runner on it, which has written."""
    made = Runner(file)
    made.run(put("before"))
    yield made
    made.release()


@pytest.fixture
def outside(file: Database) -> Iterator[Turnstile]:
    """Another process, which writes for as long as it likes."""
    made = Turnstile(Path(file.url.database or ""))
    if not made._opened():
        pytest.skip("this system locks no files so")
    yield made
    made.close()


class Tried:
    """When each of some writers was refused, in seconds since the beginning; "saved" who was not."""

    def __init__(self, writer: Runner, time: Steady) -> None:
        self.writer, self.time, self.began = writer, time, time.at
        self.ends: dict[str, Any] = {}
        self._ended = threading.Semaphore(0)

    def write(self, name: str) -> None:
        """Write one row; what became of it."""
        try:
            self.writer.run(put(name))
            self.ends[name] = "saved"
        except Busy:
            self.ends[name] = round((self.time.at - self.began) / SECOND, 1)
        self._ended.release()

    def ended(self, many: int) -> dict[str, Any]:
        """What became of each, once so *many* have an answer."""
        for _ in range(many):
            assert self._ended.acquire(timeout=60)
        return self.ends


def test_those_who_stand_in_line_are_refused_together(writer: Runner, outside: Turnstile, time: Steady) -> None:
    """Each after its own patience, whoever stood before it: the waits do not add up."""
    tried = Tried(writer, time)
    assert outside.enter(0)
    with ThreadPoolExecutor(8) as pool:

        def gathered() -> None:
            until(lambda: standing(writer) >= 6)
            time.then = late

        def late() -> None:
            if time.at - tried.began >= 2 * SECOND:
                time.then = lambda: None
                pool.submit(tried.write, "late")
                until(lambda: standing(writer) >= 7)

        time.then = gathered
        for name in "abcdefg":
            pool.submit(tried.write, name)
        ends = tried.ended(8)
    assert ends.pop("late") == PATIENCE + 2
    assert ends == dict.fromkeys("abcdefg", PATIENCE)


def test_the_turn_that_comes_at_last_is_taken_by_whoever_still_waits(
    writer: Runner, outside: Turnstile, time: Steady
) -> None:
    tried = Tried(writer, time)
    assert outside.enter(0)
    with ThreadPoolExecutor(2) as pool:

        def late() -> None:
            if time.at - tried.began >= 2 * SECOND:
                time.then = over
                pool.submit(tried.write, "b")
                until(lambda: standing(writer))

        def over() -> None:
            if time.at - tried.began >= 6 * SECOND:
                outside.leave()

        time.then = late
        pool.submit(tried.write, "a")
        assert tried.ended(2) == {"a": PATIENCE, "b": "saved"}
    tried.write("c")
    assert tried.ends["c"] == "saved"


def test_where_files_cannot_be_locked_the_waits_of_sqlite_itself_do_not_add_up(
    file: Database, monkeypatch: pytest.MonkeyPatch, time: Steady
) -> None:
    monkeypatch.setattr(turnstile, "_flock", lambda: None)
    writer = Runner(file)
    writer.run(put("before"))
    tried, told = Tried(writer, time), [PATIENCE]

    class Locked:
        """SQLite, which waits as long as it was told to and then says that the file is locked."""

        def before(self, sql: str, parameters: Any) -> None:
            if sql.startswith("PRAGMA busy_timeout = "):
                told.append(int(sql.rpartition(" ")[2]) / 1000)
            if sql.startswith("BEGIN"):
                until(lambda: standing(writer) >= 4 - len(tried.ends))
                time.pass_by(told[-1])
                raise sqlite_module().OperationalError("database is locked")

        def after(self, sql: str, parameters: Any, rows: int) -> None:
            pass

    file.hook = Locked()
    with ThreadPoolExecutor(5) as pool:
        list(pool.map(tried.write, "abcde"))
    assert set(tried.ends.values()) == {PATIENCE}
    file.hook = None
    assert writer.run(put("after")) == 1, "with all its patience"
    assert count(writer) == 2
    writer.release()


def test_what_does_not_wait_is_refused_while_another_process_writes(
    writer: Runner, outside: Turnstile, time: Steady
) -> None:
    began = time.at
    assert outside.enter(0)
    with pytest.raises(Busy):
        writer.run(put("note"), waits=False)
    assert time.at == began
    outside.leave()
    assert writer.run(put("note"), waits=False) == 1


def test_what_does_not_wait_is_refused_while_a_colleague_writes(writer: Runner) -> None:
    inside, go = threading.Event(), threading.Event()

    def hold(tx: Tx) -> int:
        inside.set()
        assert go.wait(60)
        return put("held")(tx)

    with ThreadPoolExecutor(1) as pool:
        held = pool.submit(writer.run, hold)
        assert inside.wait(60)
        with pytest.raises(Busy):
            writer.run(put("note"), waits=False)
        assert standing(writer) == 0
        go.set()
        assert held.result(60) == 1


def test_what_does_not_wait_has_sqlite_not_wait_either_and_the_next_does(
    writer: Runner, file: Database, sqlite_url: str
) -> None:
    """Somebody who knows no turnstile, as a tool that copies the file, holds it."""
    other = open_database(sqlite_url)
    seen: list[str] = []

    class Seen:
        def before(self, sql: str, parameters: Any) -> None:
            seen.append(sql)

        def after(self, sql: str, parameters: Any, rows: int) -> None:
            pass

    file.hook = Seen()
    with other.connect() as connection:
        connection.exec_driver_sql("BEGIN IMMEDIATE")
        with pytest.raises(Busy):
            writer.run(put("note"), waits=False)
        connection.exec_driver_sql("ROLLBACK")
    restored = f"PRAGMA busy_timeout = {int(PATIENCE * 1000)}"
    assert seen[:3] == ["PRAGMA busy_timeout = 0", "BEGIN IMMEDIATE", restored]
    seen.clear()
    assert writer.run(put("after")) == 1
    assert seen[0] == "BEGIN IMMEDIATE", "nothing more is sent on the usual way"
    other.close()


def test_what_does_not_wait_finds_no_connection_and_is_refused(db_url: str) -> None:
    narrow = open_database(db_url, connections=1)
    runner = Runner(narrow)
    runner.run(put("before"))

    def work(tx: Tx) -> None:
        with ThreadPoolExecutor(1) as pool, pytest.raises(Busy):
            pool.submit(runner.run, put("note"), waits=False).result(60)

    runner.run(work)
    assert count(runner) == 1
    runner.release()
    narrow.close()
