"""A connection of the runner's, and the transaction that is open on it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from sqlalchemy import Connection

from engine.clock import SECOND, Clock, Micros
from engine.store.databases import database_clock, drivers
from engine.store.databases.database import Database
from engine.store.transactions import failures
from engine.store.transactions.failures import ConnectionGone, Failure, TookTooLong, TransactionEnded, UnknownCommit
from engine.store.transactions.tx import Snapshot, Tx

T = TypeVar("T")
#: A transaction that lasts longer than this many seconds is rolled back; what may last long, which is what whoever
#: runs the system waits for at a terminal, may last longer. A checkpoint that comes meanwhile takes its rows next day.
LONGEST, LONGEST_OF_ALL = 30, 1800
#: So many seconds before that nobody's call goes on in it: who waits for its turn then gets it in time.
SPARE = 10
#: What a PostgreSQL is told for writing. Rows are found by key: with the cost of a random read as on today's disks,
#: also while a table is small.
_SETTINGS = ("random_page_cost = 1.1", "lock_timeout = '10s'", f"statement_timeout = '{LONGEST}s'")
_READ = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"
#: After so long a server ends what nothing comes from any more: a machine that went away. It is more than any
#: transaction may take: what hangs here is ended from here, and several plugins may each take their time.
_IDLE = f"idle_in_transaction_session_timeout = '{2 * LONGEST}s'"
#: The bounds of what takes long.
_LONG = (
    f"SET LOCAL idle_in_transaction_session_timeout = '{2 * LONGEST_OF_ALL}s'",
    f"SET LOCAL statement_timeout = '{LONGEST_OF_ALL}s'",
)
#: By the kind of connection, to read with and to write with. Where nothing stands between, a server keeps what it is
#: told for as long as the connection lasts; a pooler hands each transaction to another process.
_BEGIN = {
    "sqlite": ("BEGIN", "BEGIN IMMEDIATE"),
    "direct": ("; ".join((_READ, *(f"SET LOCAL {one.split()[0]} TO DEFAULT" for one in _SETTINGS))), "BEGIN"),
    "pooled": (
        f"{_READ}; SET LOCAL {_IDLE}", "; ".join(("BEGIN", *(f"SET LOCAL {one}" for one in (*_SETTINGS, _IDLE)))),
    ),
}


class Line:
    """One transaction after another on one connection.

    On SQLite a line writes or reads for as long as it lives: to forbid writing from transaction to transaction would
    have every statement prepared anew.
    """

    __slots__ = (
        "_began", "_beginnings", "_clock", "_database", "_longest", "_sqlite", "alive", "connection", "cursor",
        "given_up", "open", "raw", "sent", "writes",
    )  # fmt: skip

    def __init__(self, database: Database, clock: Clock, *, reads: bool = False) -> None:
        """Open a connection to *database*; one that only *reads* refuses to write where the dialect needs telling."""
        self._database, self._clock = database, clock
        self._sqlite = database.dialect == "sqlite"
        self._began: Micros = 0
        self._longest = LONGEST
        self.open = self.sent = self.given_up = self.writes = False
        self.connection: Connection = database.connect().execution_options(in_runner=True)
        self.alive = True
        try:
            self.cursor: Any = database.cursor(self.connection)
            self.raw: Any = self.cursor.connection
            self._set_up(reads)
        except BaseException:
            self.drop()
            raise

    def _set_up(self, reads: bool) -> None:
        kind = "sqlite"
        if not self._sqlite:
            kind = "pooled" if self.raw.prepare_threshold is None else "direct"
        elif reads:
            self.cursor.execute("PRAGMA query_only=ON")
        if kind == "direct":
            self.cursor.execute("; ".join(f"SET {one}" for one in (*_SETTINGS, _IDLE)))
        self._beginnings = _BEGIN[kind]

    def begin(self, *, write: bool, patience: float | None = None, long: bool = False) -> None:
        """Begin a transaction; for a SQLite file that is locked, wait no longer than *patience*, in seconds.

        What is to take *long* may last longer, and a server waits longer for what comes next of it.
        """
        if not self._sqlite:
            database_clock.set_right(self._database, self.cursor)
        self.sent = False
        beginning = self._beginnings[write]
        if long and not self._sqlite:
            beginning = "; ".join((beginning, *_LONG))
        if patience is None or patience >= self._database.busy_timeout:
            self.cursor.execute(beginning)
        else:
            self._begin_within(patience, beginning)
        self.open, self.writes, self._longest = True, write, LONGEST_OF_ALL if long else LONGEST
        if self._sqlite:
            self.raw.hold()
        self._began = self._clock.wall()  # beginning may have set the clock right

    def _begin_within(self, patience: float, beginning: str) -> None:
        self._wait_for_others(patience)
        try:
            self.cursor.execute(beginning)
        finally:
            self._wait_for_others(self._database.busy_timeout)

    def _wait_for_others(self, patience: float) -> None:
        self.cursor.execute(f"PRAGMA busy_timeout = {round(patience * 1000)}")

    def tx(self, *, write: bool) -> Tx:
        """The open transaction, as the next work in it is handed it."""
        return Tx(self.connection, self.cursor, self._database.dialect, write)

    def snapshot(self) -> Snapshot:
        """The open transaction, for several readings that share it."""
        return Snapshot(self.connection, self.cursor, self._database.dialect)

    def carry_out(self, tx: Tx, work: Callable[[Tx], T]) -> T:
        """What *work* answers on *tx*. Raises TookTooLong where the connection went while it took longer than any may.

        Often a server does not get round to saying why it hung up.
        """
        began = self._clock.wall()
        try:
            return tx.carry_out(work)
        except Exception as error:
            if failures.classify(error) is Failure.LOST and self._is_late(began):
                raise TookTooLong(self._longest) from error
            raise

    def _is_late(self, began: Micros) -> bool:
        return self._clock.wall() - began > self._longest * SECOND

    @property
    def ours(self) -> bool:
        """Whether the transaction that was begun is still there to be committed."""
        try:
            if self._sqlite:
                return bool(self.raw.in_transaction)
            return bool(self.raw.info.transaction_status.name == "INTRANS")
        except Exception:  # the connection is closed
            return False

    def prove(self) -> None:
        """Raise where the transaction is not there any more: ConnectionGone, or TransactionEnded for its reason."""
        if self.ours:
            return
        if self.connection.invalidated:
            raise ConnectionGone
        raise TransactionEnded from (self.raw.reason if self._sqlite else None)

    def commit(self, tx: Tx) -> None:
        """Send what was put off, and commit.

        Raises UnknownCommit when something may have been saved, anything else when surely nothing was.
        """
        self._database.reach("commit")
        if tx.write and self._is_late(self._began):
            raise TookTooLong(self._longest)
        self.prove()
        if tx.puts_off and tx.counts:
            tx.send()
        try:
            self._let_go()
            self.sent = True
            if tx.puts_off:
                tx.send(commit=True)
            else:
                self.cursor.execute("COMMIT")
            self._database.reach("committed")
        except Exception as error:
            if not tx.write or self._surely_not_committed(error):
                self.sent = False
                raise
            self.drop()
            raise UnknownCommit from error

    def _surely_not_committed(self, error: Exception) -> bool:
        if self._sqlite:  # for want of room it rolls back by itself before it raises
            return self.ours or failures.classify(error) is Failure.FULL
        if self.raw.info.transaction_status.name in ("INTRANS", "INERROR"):
            return True
        state = getattr(error, "sqlstate", None)
        return state is not None and failures.classify(error) is not Failure.LOST

    def rollback(self) -> None:
        """Undo what the open transaction wrote, if one is open. A connection that cannot is dropped."""
        if not self.alive:
            return
        try:
            self._let_go()
            if not self._sqlite or self.raw.in_transaction:
                self.cursor.execute("ROLLBACK")
        except Exception:  # a dead connection holds nothing; the cause of the rollback is what counts
            self.drop()
        except BaseException:
            self.drop()
            raise

    def _let_go(self) -> None:
        self.open = False
        if self._sqlite:
            self.raw.let_go()

    def savepoint(self) -> None:
        """Whatever comes can be undone apart from what was before."""
        self.cursor.execute("SAVEPOINT member")

    def release(self) -> None:
        """What came since the savepoint stays; fails where the transaction is not ours any more."""
        self.cursor.execute("RELEASE SAVEPOINT member")

    def undo(self) -> None:
        """What came since the savepoint goes; fails where the transaction is not ours any more."""
        self.cursor.execute("ROLLBACK TO SAVEPOINT member")
        self.cursor.execute("RELEASE SAVEPOINT member")

    @property
    def patience(self) -> Micros | None:
        """How long others wait for what is being written, whatever calls it holds; nobody waits for a reading."""
        return (self._longest - SPARE) * SECOND if self.writes else None

    def stop(self) -> None:
        """End the statement that its thread is in; called by another one. A server ends it with the connection."""
        if self._sqlite:
            self.raw.stop()

    def shut(self) -> bool:
        """Let nothing more of its thread through; whether ``give_up`` may be called."""
        return not self._sqlite or bool(self.raw.shut())

    def give_up(self) -> None:
        """End the transaction while its thread hangs; called by another one. The line goes to nobody any more."""
        self.given_up = True
        if self.connection.closed or self.connection.invalidated:  # by whoever was called back in a statement
            return
        self.connection.detach()  # the pool may open another in its place
        if self._sqlite:
            self.raw.end()
        else:
            drivers.hang_up(self.raw)

    def tidy(self) -> None:
        """Leave the connection as a fresh one would be, or drop it."""
        if not self.alive:
            return
        try:
            begun = self.connection.get_transaction()
            if begun is not None:
                begun.close()
        except Exception:  # what the work answered stands; the next one gets a new connection
            self.drop()
        else:
            if self.connection.invalidated:
                self.drop()

    def drop(self) -> None:
        """Close the connection; an open transaction on it is rolled back."""
        if not self.alive:
            return
        self.alive = self.open = False
        if self.given_up:
            self.raw.close()
        self.connection.invalidate()
        self.connection.close()
