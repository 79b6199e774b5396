"""The one runner of transactions: begin, work, commit, and another try where the database asks for one."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, TypeVar

from sqlalchemy import Connection

from engine.clock import SECOND, Clock, SystemClock
from engine.store import failures, moments
from engine.store.database import Database, DialectName
from engine.store.failures import Complaints, Duplicate, Failure
from engine.store.gate import Gate
from engine.store.sql import Insert, Statement

T = TypeVar("T")
#: A command that runs longer than this many seconds is rolled back: checkpoints rely on it.
LONGEST = 30
_PATIENCE = 30.0
_BEGIN = {
    ("sqlite", True): "BEGIN IMMEDIATE",
    ("sqlite", False): "BEGIN",
    # Rows are found by key: with the cost of a random read as on today's disks, also while a table is small.
    ("postgresql", True): "BEGIN; SET LOCAL random_page_cost = 1.1; SET LOCAL lock_timeout = '10s'; "
    f"SET LOCAL statement_timeout = '{LONGEST}s'",
    ("postgresql", False): "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY",
}


class Tx:
    """An open transaction: what the store's functions and, through ``connection``, the plugins work on.

    ``connection`` is a Core connection on the same transaction; it must not be committed.
    """

    __slots__ = ("_cursor", "_names", "connection", "dialect", "write")

    def __init__(self, connection: Connection, cursor: Any, dialect: DialectName, write: bool) -> None:
        self.connection = connection
        self.dialect = dialect
        self.write = write
        self._cursor = cursor
        self._names = 0

    def rows(self, statement: Statement, /, **params: Any) -> list[Any]:
        """All rows that a select or a ``RETURNING`` answers, as named tuples."""
        compiled = statement.on(self.dialect)
        cursor = self._cursor
        try:
            cursor.execute(compiled.text, compiled.bind(params))
        except Exception as error:
            _tell(error)
            raise
        make = compiled.make
        if make is None:
            raise TypeError("this statement answers no rows")
        return [make(row) for row in cursor.fetchall()]

    def one(self, statement: Statement, /, **params: Any) -> Any:
        """The first row, or None."""
        found = self.rows(statement, **params)
        return found[0] if found else None

    def change(self, statement: Statement, /, **params: Any) -> int:
        """Run a write and tell how many rows it touched. Raises Duplicate when a unique key refuses."""
        compiled = statement.on(self.dialect)
        cursor = self._cursor
        try:
            cursor.execute(compiled.text, compiled.bind(params))
        except Exception as error:
            _tell(error)
            raise
        return int(cursor.rowcount)

    def insert_all(self, statement: Insert, rows: Sequence[dict[str, Any]]) -> int:
        """Insert *rows* in one statement however many; how many there were."""
        if len(rows) == 1:
            return self.change(statement, **rows[0])
        if not rows:
            return 0
        text, values = statement.many(self.dialect, rows)
        cursor = self._cursor
        try:
            cursor.execute(text, values)
        except Exception as error:
            _tell(error)
            raise
        return int(cursor.rowcount)

    @contextmanager
    def savepoint(self) -> Iterator[None]:
        """What is written inside vanishes when the block raises."""
        self._names += 1
        name = f"s{self._names}"
        self._cursor.execute(f"SAVEPOINT {name}")
        try:
            yield
        except BaseException:
            self._cursor.execute(f"ROLLBACK TO SAVEPOINT {name}")
            self._cursor.execute(f"RELEASE SAVEPOINT {name}")
            raise
        self._cursor.execute(f"RELEASE SAVEPOINT {name}")


def _tell(error: Exception) -> None:
    """Raise Duplicate in place of a driver's word for it."""
    if failures.is_duplicate(error):
        raise Duplicate(str(error)) from error


class UnknownCommit(Exception):
    """COMMIT was sent and no clear answer came back."""


@dataclass
class _Line:
    """A connection that is kept, so that a transaction costs no checkout."""

    connection: Connection | None = None
    cursor: Any = None

    def drop(self) -> None:
        """Forget the connection and close it; an open transaction on it is rolled back."""
        if self.connection is not None:
            self.connection.invalidate()
            self.connection.close()
        self.connection = self.cursor = None


class _Kept(threading.local):
    """The connections of a thread. On SQLite one that only reads is its own.

    To forbid writing from transaction to transaction would have SQLite prepare every statement anew.
    """

    def __init__(self) -> None:
        self.busy = False
        self.writing, self.reading = _Line(), _Line()


def _pause(seconds: float) -> None:
    threading.Event().wait(seconds)


class Runner:
    """Runs units of work, each in a transaction of its own, on the connection that the calling thread keeps.

    *pause* is the seam that back-off goes through; it gets seconds. *attempts* bounds the tries.
    """

    def __init__(
        self,
        database: Database,
        *,
        clock: Clock | None = None,
        pause: Callable[[float], None] = _pause,
        attempts: int = 5,
    ) -> None:
        self.database = database
        self._clock = clock or SystemClock()
        self._pause = pause
        self._attempts = attempts
        self._gate = Gate() if database.dialect == "sqlite" else None
        self._kept = _Kept()
        self._complaints = Complaints(self._clock)
        self._sqlite = database.dialect == "sqlite"

    def run(self, work: Callable[[Tx], T], *, write: bool = True, idempotent: bool = False) -> T:
        """Run *work* in one transaction and answer what it returns; it may be run again, so it must keep nothing.

        ``write=False`` reads one state of affairs and refuses to write. ``idempotent`` says that a second run finds
        the first by its key: only then is a commit with unknown outcome tried again. Raises Busy when the database
        is locked, full or away, Duplicate for a unique key, and whatever *work* raises; nothing is saved then.
        """
        if self._kept.busy:
            raise RuntimeError("a transaction is open in this thread; one command is one transaction")
        attempt = 1
        while True:
            try:
                return self._in_turn(work, write)
            except UnknownCommit as error:
                if not idempotent or attempt >= self._attempts:
                    self._complaints.unclear(error)
                    raise failures.unknown_outcome() from error
            except Exception as error:
                self._judge(error, attempt, write)
            self._pause(0.005 * 2**attempt)
            attempt += 1

    def _judge(self, error: Exception, attempt: int, write: bool) -> None:
        """Return when another try is worth it, else raise."""
        if not write and failures.is_refused_write(error):
            raise RuntimeError("a reading transaction tried to write") from error
        kind = failures.classify(error)
        if kind is Failure.OTHER:
            raise error
        if kind in (Failure.RACE, Failure.LOST) and attempt < self._attempts:
            return
        self._complaints.about(kind, error)
        raise failures.busy(kind) from error

    def _in_turn(self, work: Callable[[Tx], T], write: bool) -> T:
        gate = self._gate
        if gate is None or not write:
            return self._once(work, write)
        if not gate.enter(_PATIENCE):
            raise failures.busy(Failure.LOCKED)
        try:
            return self._once(work, write)
        finally:
            gate.leave()

    def _once(self, work: Callable[[Tx], T], write: bool) -> T:
        kept, database = self._kept, self.database
        line = kept.reading if self._sqlite and not write else kept.writing
        connection = line.connection or self._connect(line, write)
        cursor = line.cursor
        kept.busy = True
        try:
            self._begin(cursor, write)
            started = self._clock.wall()  # beginning may have set the clock right
            result = work(Tx(connection, cursor, database.dialect, write))
            database.reach("commit")
            if write and self._clock.wall() - started > LONGEST * SECOND:
                raise failures.busy(Failure.LOCKED)
            self._commit(cursor)
            return result
        except UnknownCommit:
            line.drop()
            raise
        except BaseException:
            self._rollback(line)
            raise
        finally:
            kept.busy = False
            _tidy(line)

    def _begin(self, cursor: Any, write: bool) -> None:
        if not self._sqlite:
            moments.set_right(self.database, cursor)
        cursor.execute(_BEGIN[self.database.dialect, write])

    def _commit(self, cursor: Any) -> None:
        try:
            cursor.execute("COMMIT")
            self.database.reach("committed")
        except Exception as error:
            if self._surely_not_committed(cursor, error):
                raise
            raise UnknownCommit from error

    def _surely_not_committed(self, cursor: Any, error: Exception) -> bool:
        raw = cursor.connection
        if self._sqlite:  # for want of room it rolls back by itself before it raises
            return bool(raw.in_transaction) or failures.classify(error) is Failure.FULL
        if raw.info.transaction_status.name in ("INTRANS", "INERROR"):
            return True
        state = getattr(error, "sqlstate", None)
        return state is not None and failures.classify(error) is not Failure.LOST

    def _rollback(self, line: _Line) -> None:
        try:
            if not self._sqlite or line.cursor.connection.in_transaction:
                line.cursor.execute("ROLLBACK")
        except Exception:  # a dead connection holds nothing; the cause of the rollback is what counts
            line.drop()

    def _connect(self, line: _Line, write: bool) -> Connection:
        connection = self.database.connect().execution_options(in_runner=True)
        line.connection, line.cursor = connection, self.database.cursor(connection)
        if self._sqlite and not write:
            line.cursor.execute("PRAGMA query_only=ON")
        return connection

    def release(self) -> None:
        """Give the calling thread's connections back, before the thread ends."""
        kept = self._kept
        kept.reading.drop()  # nobody else may be handed one that refuses to write
        if kept.writing.connection is not None:
            kept.writing.connection.close()
        kept.writing = _Line()


def _tidy(line: _Line) -> None:
    """Leave the kept connection as a fresh one would be, or drop it."""
    if line.connection is None:
        return
    try:
        begun = line.connection.get_transaction()
        if begun is not None:
            begun.close()
    except Exception:  # what the work answered stands; the next one gets a new connection
        line.drop()
