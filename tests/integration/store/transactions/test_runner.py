"""The runner: one transaction a command, another try where the database asks, and one clear refusal otherwise."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from psycopg import OperationalError
from sqlalchemy import bindparam, delete, func, insert, select, text, update

from engine.clock import MINUTE, SECOND, SetClock
from engine.errors import Busy
from engine.store.databases.database import Database, open_database
from engine.store.databases.direct import DirectCursor
from engine.store.databases.drivers import sqlite_module
from engine.store.databases.sql import Statement, insert_into
from engine.store.schema import tables
from engine.store.transactions.failures import Duplicate, Spoilt
from engine.store.transactions.runner import Runner, Tx

PUT = insert_into(tables.district)
COUNT = Statement(select(func.count().label("n")).select_from(tables.district))
GET = Statement(select(tables.district.c.value).where(tables.district.c.key == bindparam("name")))


def put(key: str) -> Callable[[Tx], int]:
    """Work that inserts one row."""
    return lambda tx: tx.change(PUT, district_id="d", key=key, value="v")


def count(runner: Runner) -> int:
    """How many rows there are."""
    return runner.run(lambda tx: tx.one(COUNT).n, write=False)


class Fault:
    """Fails the statement that contains *word*, before or after it ran, *times* times."""

    def __init__(self, word: str, error: Exception, *, after: bool = False, times: int = 1) -> None:
        self.word, self.error, self.late, self.left = word, error, after, times
        self.seen: list[str] = []

    def before(self, sql: str, parameters: Any) -> None:
        self.seen.append(sql)
        if not self.late:
            self._fail(sql)

    def after(self, sql: str, parameters: Any, rows: int) -> None:
        if self.late:
            self._fail(sql)

    def _fail(self, sql: str) -> None:
        if self.word in sql and self.left:
            self.left -= 1
            raise self.error


class Race(Exception):
    """What PostgreSQL raises for a deadlock."""

    sqlstate = "40P01"


def test_work_is_saved_whole(runner: Runner) -> None:
    assert runner.run(put("a")) == 1
    assert count(runner) == 1


def test_work_that_raises_leaves_nothing(runner: Runner) -> None:
    def work(tx: Tx) -> None:
        put("a")(tx)
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        runner.run(work)
    assert count(runner) == 0
    assert runner.run(put("a")) == 1


def test_work_that_swallows_a_failed_statement_of_a_plugin_s_leaves_nothing(runner: Runner) -> None:
    def work(tx: Tx) -> None:
        put("a")(tx)
        tx.spoiled = ZeroDivisionError()

    with pytest.raises(ZeroDivisionError):
        runner.run(work)
    assert count(runner) == 0
    assert runner.run(put("a")) == 1


def test_a_savepoint_that_was_rolled_back_leaves_the_rest_sound(runner: Runner) -> None:
    def work(tx: Tx) -> None:
        put("a")(tx)
        with pytest.raises(ZeroDivisionError), tx.savepoint():
            put("b")(tx)
            tx.spoiled = ZeroDivisionError()

    runner.run(work)
    assert count(runner) == 1


@pytest.mark.parametrize("write", [True, False])
def test_what_something_asked_has_spoilt_is_run_once_more_with_a_savepoint_round_it(
    runner: Runner, db: Database, write: bool
) -> None:
    tries: list[bool] = []

    def work(tx: Tx) -> str:
        tries.append(tx.careful)
        if write:
            put("kept")(tx)
        try:
            with tx.guarded():
                tx.connection.execute(text("SELECT no_such_function(1)"))
        except Exception as fault:
            if not tx.careful:
                raise Spoilt from fault
        return f"goes on with {tx.one(COUNT).n}"

    db.hook = watch = Fault("nothing", RuntimeError())
    assert runner.run(work, write=write) == f"goes on with {int(write)}"
    assert tries == [False, True]
    assert sum("SAVEPOINT" in sql for sql in watch.seen) == 3
    assert runner.run(lambda tx: tx.careful, write=write) is False


def test_a_plugin_writes_on_the_same_transaction(runner: Runner) -> None:
    def work(tx: Tx) -> None:
        put("a")(tx)
        row = {"district_id": "d", "key": "b", "value": "v"}
        tx.connection.execute(insert(tables.district).values(**row))
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        runner.run(work)
    assert count(runner) == 0


def test_only_the_runner_commits(runner: Runner) -> None:
    def work(tx: Tx) -> None:
        tx.connection.execute(select(tables.district))
        tx.connection.commit()

    with pytest.raises(RuntimeError, match="only the transaction runner commits"):
        runner.run(work)


def test_a_transaction_holds_no_other(runner: Runner) -> None:
    with pytest.raises(RuntimeError, match="one command is one transaction"):
        runner.run(lambda tx: runner.run(put("a")))


def test_reading_refuses_to_write(runner: Runner) -> None:
    with pytest.raises(RuntimeError, match="tried to write"):
        runner.run(put("a"), write=False)
    assert runner.run(put("a")) == 1


def test_a_taken_key_is_a_duplicate(runner: Runner, pauses: list[float]) -> None:
    runner.run(put("a"))
    with pytest.raises(Duplicate):
        runner.run(put("a"))
    assert pauses == []


def test_a_race_is_run_again_at_growing_intervals(runner: Runner, db: Database, pauses: list[float]) -> None:
    db.hook = Fault("INSERT", Race(), times=3)
    assert runner.run(put("a")) == 1
    assert pauses == sorted(pauses)
    assert len(pauses) == 3


def test_a_race_without_end_is_refused(runner: Runner, db: Database, pauses: list[float]) -> None:
    db.hook = Fault("INSERT", Race(), times=99)
    with pytest.raises(Busy) as caught:
        runner.run(put("a"))
    db.hook = None
    assert "没有保存" in caught.value.text.zh
    assert (len(pauses), count(runner)) == (4, 0)


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (sqlite3.OperationalError("database is locked"), "被占用"),
        (sqlite3.OperationalError("database or disk is full"), "磁盘空间已满"),
        (sqlite3.OperationalError("disk I/O error"), "不能读写"),
    ],
)
def test_what_ails_the_database_is_said_in_one_sentence(
    runner: Runner, db: Database, error: Exception, said: str
) -> None:
    db.hook = Fault("INSERT", error)
    with pytest.raises(Busy) as caught:
        runner.run(put("a"))
    db.hook = None
    assert said in caught.value.text.zh
    assert count(runner) == 0


def test_a_lost_reply_is_not_tried_again_blindly(runner: Runner, db: Database) -> None:
    db.hook = Fault("COMMIT", ConnectionResetError(), after=True)
    with pytest.raises(Busy) as caught:
        runner.run(put("a"))
    assert caught.value.code == "outcome_unknown"
    assert count(runner) == 1


def test_a_lost_reply_is_tried_again_when_a_key_finds_the_first(runner: Runner, db: Database) -> None:
    db.hook = Fault("COMMIT", ConnectionResetError(), after=True)
    with pytest.raises(Duplicate):  # the second run meets the first one's row
        runner.run(put("a"), idempotent=True)
    assert count(runner) == 1


def test_a_commit_that_never_left_is_known_not_to_have_happened(runner: Runner, db: Database) -> None:
    db.hook = Fault("COMMIT", ConnectionResetError())
    with pytest.raises(ConnectionResetError):
        runner.run(put("a"))
    db.hook = None
    assert count(runner) == 0


class NoRoom:
    """A SQLite that finds no room when it commits: it rolls back by itself, and then says so."""

    raw: Any = None

    def put(self, tx: Tx) -> int:
        """Work that inserts one row."""
        self.raw = tx.connection.connection.dbapi_connection
        return put("a")(tx)

    def before(self, sql: str, parameters: Any) -> None:
        if sql == "COMMIT" and self.raw is not None:
            self.raw.rollback()
            raise sqlite_module().OperationalError("database or disk is full")

    def after(self, sql: str, parameters: Any, rows: int) -> None:
        """It has been said."""


@pytest.mark.parametrize("idempotent", [False, True])
def test_a_disk_that_is_full_at_the_commit_is_called_so_and_nothing_was_saved(
    sqlite_url: str, idempotent: bool, pauses: list[float], clock: SetClock, caplog: pytest.LogCaptureFixture
) -> None:
    database = open_database(sqlite_url)
    runner = Runner(database, clock=clock, pause=pauses.append)
    assert count(runner) == 0
    database.hook = room = NoRoom()
    for _ in range(3):
        with pytest.raises(Busy) as caught:
            runner.run(room.put, idempotent=idempotent)
        assert (caught.value.code, caught.value.details) == ("busy", {"failure": "full"})
    database.hook = None
    assert (pauses, count(runner)) == ([], 0)
    assert [line.getMessage().partition(";")[0] for line in caplog.records] == ["The disk is full"], "not once a try"
    clock.advance(MINUTE)
    database.hook = room
    with pytest.raises(Busy):
        runner.run(room.put)
    assert len(caplog.records) == 2
    database.hook = None
    runner.release()
    database.close()


#: A server that finds no room for the row, or only when the transaction is to be kept.
NO_ROOM = (
    "CREATE FUNCTION no_room() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
    "RAISE EXCEPTION 'could not extend file: No space left on device' USING ERRCODE = '53100'; END $$",
    "CREATE CONSTRAINT TRIGGER no_room AFTER INSERT ON district {when} FOR EACH ROW EXECUTE FUNCTION no_room()",
)


@pytest.mark.parametrize("when", ["NOT DEFERRABLE", "DEFERRABLE INITIALLY DEFERRED"])
def test_a_server_whose_disk_is_full_is_called_so_whenever_it_finds_out(
    postgresql_url: str, when: str, pauses: list[float], caplog: pytest.LogCaptureFixture
) -> None:
    database = open_database(postgresql_url)
    with database.connect() as connection:
        for statement in NO_ROOM:
            connection.execute(text(statement.format(when=when)))
    runner = Runner(database, pause=pauses.append)
    try:
        with pytest.raises(Busy) as caught:
            runner.run(put("a"), idempotent=True)
        assert (caught.value.code, caught.value.details) == ("busy", {"failure": "full"})
        assert (pauses, count(runner)) == ([], 0)
        assert "The disk is full" in caplog.text and "No space left on device" in caplog.text
    finally:
        runner.release()
        with database.connect() as connection:
            connection.execute(text("DROP FUNCTION no_room CASCADE"))
        database.close()


def test_why_the_outcome_of_a_commit_is_unknown_stands_in_the_log(
    runner: Runner, db: Database, caplog: pytest.LogCaptureFixture
) -> None:
    db.hook = Fault("COMMIT", ConnectionResetError("the cable"), after=True)
    with pytest.raises(Busy):
        runner.run(put("a"))
    assert "may have been saved or not: the cable" in caplog.text


def test_every_statement_passes_the_hook(runner: Runner, db: Database) -> None:
    def work(tx: Tx) -> None:
        put("a")(tx)
        tx.connection.execute(select(tables.district))
        with tx.savepoint():
            tx.insert_all(PUT, [{"district_id": "d", "key": k, "value": "v"} for k in "bc"])

    runner.run(lambda tx: None)  # so that setting up the connection is behind us
    db.hook = fault = Fault("nothing", ValueError())
    runner.run(work)
    words = [sql.split()[0].rstrip(";") for sql in fault.seen]
    assert words == ["BEGIN", "INSERT", "SELECT", "SAVEPOINT", "INSERT", "RELEASE", "COMMIT"]


def test_fault_points_are_reached_in_order(runner: Runner, db: Database) -> None:
    reached: list[str] = []
    db.points = reached.append
    runner.run(put("a"))
    assert reached == ["commit", "committed"]


def test_what_fails_after_the_commit_leaves_the_outcome_unknown(runner: Runner, db: Database) -> None:
    def die(point: str) -> None:
        if point == "committed":
            raise ConnectionResetError

    db.points = die
    with pytest.raises(Busy) as caught:
        runner.run(put("a"))
    db.points = None
    assert caught.value.code == "outcome_unknown"
    assert count(runner) == 1


def test_a_connection_that_cannot_be_tidied_is_replaced(runner: Runner, monkeypatch: pytest.MonkeyPatch) -> None:
    held: list[object] = []

    def dies(_begun: object) -> None:
        monkeypatch.undo()
        raise ConnectionResetError

    def work(tx: Tx) -> None:
        held.append(tx.connection)
        if len(held) == 1:
            monkeypatch.setattr(type(tx.connection.begin()), "close", dies)

    runner.run(work)
    runner.run(work)
    assert held[0] is not held[1]
    assert runner.run(put("a")) == 1


def test_what_reads_is_handed_to_nobody_who_writes(runner: Runner, db: Database) -> None:
    with pytest.raises(RuntimeError, match="tried to write"):
        runner.run(put("a"), write=False)
    assert runner.run(put("a")) == 1
    runner.release()
    with db.connect() as connection:
        assert connection.execute(delete(tables.district)).rowcount == 1


def test_statements_are_prepared_once_for_all_transactions_that_read(db: Database) -> None:
    runner, seen = Runner(db), Fault("nothing", ValueError())
    count(runner)
    db.hook = seen
    count(runner), count(runner)
    assert [sql for sql in seen.seen if sql.startswith("PRAGMA")] == [], "a pragma has all prepared anew"


def test_what_a_savepoint_held_vanishes_with_it(runner: Runner) -> None:
    def work(tx: Tx) -> None:
        put("kept")(tx)
        for key in ("gone", "also"):
            with pytest.raises(ZeroDivisionError), tx.savepoint():
                put(key)(tx)
                raise ZeroDivisionError

    runner.run(work)
    assert runner.run(lambda tx: [tx.one(GET, name=k) is not None for k in ("kept", "gone", "also")]) == [
        True, False, False,
    ]  # fmt: skip


@pytest.mark.parametrize("error", [KeyboardInterrupt, SystemExit])
def test_who_is_interrupted_inside_a_savepoint_stays_interrupted_though_the_connection_is_gone(
    runner: Runner, db: Database, error: type[BaseException]
) -> None:
    """SQLAlchemy closes a connection whose statement was interrupted, so there is nothing to go back to."""

    def work(tx: Tx) -> None:
        with tx.savepoint():
            db.hook = Fault("district", error())  # type: ignore[arg-type]
            tx.connection.execute(select(tables.district))

    with pytest.raises(error):
        runner.run(work)
    db.hook = None
    assert runner.run(put("a")) == 1


def test_a_savepoint_that_cannot_be_undone_is_no_answer(runner: Runner, db: Database) -> None:
    def work(tx: Tx) -> None:
        with pytest.raises(ConnectionResetError), tx.savepoint():
            put("a")(tx)
            raise ZeroDivisionError
        raise ZeroDivisionError

    db.hook = Fault("ROLLBACK TO", ConnectionResetError())
    with pytest.raises(ZeroDivisionError):
        runner.run(work)
    db.hook = None
    assert count(runner) == 0


def test_a_savepoint_outlives_a_refused_statement(runner: Runner) -> None:
    def work(tx: Tx) -> None:
        put("a")(tx)
        with pytest.raises(Duplicate), tx.savepoint():
            put("a")(tx)
        put("b")(tx)

    runner.run(work)
    assert count(runner) == 2


def test_what_may_last_long_lasts_as_long_as_whoever_waits_for_it_and_the_server_is_told(
    runner: Runner, db: Database, clock: SetClock
) -> None:
    def slow(seconds: int) -> Callable[[Tx], str]:
        def work(tx: Tx) -> str:
            put(f"{seconds}")(tx)
            clock.advance(seconds * SECOND)
            if db.dialect == "sqlite":
                return ""
            return str(tx.connection.execute(text("SHOW statement_timeout")).scalar_one())
        return work

    said = {runner.run(slow(1799), long=True), runner.run(slow(1), long=True)}
    assert said == ({""} if db.dialect == "sqlite" else {"30min"})
    with pytest.raises(Busy):
        runner.run(slow(1801), long=True)
    for alone in (False, True):
        with pytest.raises(Busy):
            runner.run(slow(31), alone=alone)
    assert runner.run(slow(29)) == ("" if db.dialect == "sqlite" else "30s"), "only for one transaction"
    assert count(runner) == 3


def test_work_that_took_too_long_is_rolled_back(runner: Runner, clock: SetClock) -> None:
    def work(tx: Tx) -> None:
        put("a")(tx)
        clock.advance(31 * SECOND)

    with pytest.raises(Busy):
        runner.run(work)
    assert count(runner) == 0


def test_threads_add_up_one_row_without_losing_any(db: Database) -> None:
    runner = Runner(db)
    runner.run(lambda tx: tx.change(PUT, district_id="d", key="sum", value="0"))
    read = Statement(select(tables.district.c.value).where(tables.district.c.key == "sum").with_for_update())
    write = Statement(update(tables.district).where(tables.district.c.key == "sum").values(value=bindparam("to")))

    def add(tx: Tx) -> None:
        tx.change(write, to=str(int(tx.one(read).value) + 1))

    def work(_: int) -> None:
        for _ in range(10):
            runner.run(add)
        runner.release()

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(work, range(8)))
    assert runner.run(lambda tx: tx.one(read).value) == "80"
    runner.release()


def test_two_processes_share_one_file(sqlite_url: str) -> None:
    """Another process is another Database: nothing is shared but the file and the turnstile."""
    databases = [open_database(sqlite_url) for _ in range(2)]

    def work(database: Database, name: str) -> None:
        runner = Runner(database)
        for i in range(20):
            runner.run(put(f"{name}{i}"))
        runner.release()

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(work, databases, "ab"))
    runner = Runner(databases[0])
    assert count(runner) == 40
    runner.release()
    for database in databases:
        database.close()


def test_a_file_that_stays_locked_is_reported(sqlite_url: str) -> None:
    database = open_database(sqlite_url, busy_timeout=0.01)
    other = open_database(sqlite_url)
    locked, done = threading.Event(), threading.Event()

    def hold(tx: Tx) -> None:
        locked.set()
        done.wait(10)

    def work() -> None:
        holder = Runner(other)
        holder.run(hold)
        holder.release()

    with ThreadPoolExecutor(1) as pool:
        held = pool.submit(work)
        locked.wait(10)
        runner = Runner(database)
        with pytest.raises(Busy) as caught:
            runner.run(put("a"))
        done.set()
        held.result()
    runner.release()
    assert caught.value.details["failure"] == "locked"
    database.close()
    other.close()


def test_a_dead_connection_is_replaced(postgresql_url: str) -> None:
    database = open_database(postgresql_url)
    runner = Runner(database, pause=lambda _: None)
    pid = runner.run(lambda tx: tx.connection.connection.dbapi_connection.info.backend_pid)  # type: ignore[union-attr]
    other = open_database(postgresql_url)
    with other.connect() as connection:
        connection.execute(select(func.pg_terminate_backend(pid)))
    other.close()
    assert runner.run(lambda tx: tx.connection.execute(select(1)).scalar_one()) == 1
    runner.release()
    database.close()


def later(key: str) -> Callable[[Tx], None]:
    """Work that inserts one row by the end of the transaction."""
    return lambda tx: tx.later(PUT, district_id="d", key=key, value="v")


def test_what_was_put_off_is_there_for_whoever_reads(runner: Runner) -> None:
    def work(tx: Tx) -> list[int]:
        later("a")(tx)
        found = [tx.one(COUNT).n]
        later("b")(tx)
        found.append(tx.connection.execute(select(func.count()).select_from(tables.district)).scalar_one())
        tx.insert_later(PUT, [{"district_id": "d", "key": key, "value": "v"} for key in "cd"])
        with tx.savepoint():
            later("e")(tx)
        return [*found, tx.one(COUNT).n]

    assert runner.run(work) == [1, 2, 5]
    assert count(runner) == 5


def test_what_was_put_off_vanishes_with_what_raises(runner: Runner) -> None:
    def work(tx: Tx) -> None:
        later("a")(tx)
        with pytest.raises(ZeroDivisionError), tx.savepoint():
            later("b")(tx)
            raise ZeroDivisionError
        later("c")(tx)

    runner.run(work)
    assert count(runner) == 2
    with pytest.raises(ZeroDivisionError):
        runner.run(lambda tx: (later("d")(tx), 1 / 0))
    assert count(runner) == 2


def test_a_taken_key_is_a_duplicate_also_when_it_was_put_off(runner: Runner, pauses: list[float]) -> None:
    runner.run(put("a"))
    for alone in (True, False):
        with pytest.raises(Duplicate):
            runner.run(lambda tx, alone=alone: (None if alone else later("b")(tx), later("a")(tx)))
    assert (pauses, count(runner)) == ([], 1)


def test_a_write_that_must_touch_a_row_and_does_not_saves_nothing(runner: Runner) -> None:
    change = Statement(update(tables.district).where(tables.district.c.key == bindparam("of")).values(value="w"))

    def work(tx: Tx) -> None:
        later("a")(tx)
        tx.later(change, lambda: ZeroDivisionError("no such row"), of="nowhere")
        later("b")(tx)

    with pytest.raises(ZeroDivisionError, match="no such row"):
        runner.run(work)
    assert count(runner) == 0


def test_a_flight_that_the_server_cut_off_may_have_been_saved(
    postgresql_url: str, monkeypatch: pytest.MonkeyPatch, pauses: list[float]
) -> None:
    database = open_database(postgresql_url)
    runner = Runner(database, pause=pauses.append)
    meant = DirectCursor.flight

    def cut_off(self: DirectCursor, statements: Any) -> Any:
        meant(self, statements)
        self.connection.close()
        raise OperationalError("the server hung up")

    with monkeypatch.context() as patch:
        patch.setattr(DirectCursor, "flight", cut_off)
        with pytest.raises(Busy) as caught:
            runner.run(lambda tx: (later("a")(tx), later("b")(tx)))
    assert (caught.value.code, pauses) == ("outcome_unknown", [])
    assert runner.run(lambda tx: tx.connection.execute(text("DELETE FROM district WHERE district_id = 'd'")).rowcount) == 2
    runner.release()
    database.close()
