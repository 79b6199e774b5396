"""The one runner of transactions: begin, work, commit, and another try where the database asks for one."""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextlib import AbstractContextManager
from functools import partial
from pathlib import Path
from typing import TypeVar

from engine.clock import Clock, SystemClock
from engine.logs import carried
from engine.otherwise import otherwise
from engine.store.databases.database import Database
from engine.store.databases.forks import ForkAware
from engine.store.databases.turnstile import Turnstile
from engine.store.transactions import failures
from engine.store.transactions.failures import Complaints, Failure, Spoilt, UnknownCommit
from engine.store.transactions.group import Group
from engine.store.transactions.line import Line
from engine.store.transactions.shared import Shared
from engine.store.transactions.shelf import Shelf
from engine.store.transactions.tx import Tx, carefully

__all__ = ["Runner", "Tx"]

T = TypeVar("T")
#: How long one waits for a connection or for one's turn to write, in seconds.
PATIENCE = 30


class _Thread(threading.local):
    """What the runner knows of a thread: whether a transaction is open in it."""

    busy = False


def _pause(seconds: float) -> None:
    threading.Event().wait(seconds)


class Runner(ForkAware):
    """Runs units of work in transactions, on connections that a thread has only as long as one is open in it.

    On SQLite, which has one writer at a time, the works of those who come meanwhile share a transaction (``Group``).
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
        super().__init__()
        self.database = database
        self._clock = clock or SystemClock()
        self._pause = pause
        self._attempts = attempts
        self._complaints = Complaints(self._clock)
        self._begin()

    def _begin(self) -> None:
        """Hold no connection, and let nobody write."""
        database = self.database
        self._thread = _Thread()
        opened = partial(Line, database, self._clock)
        self._shelf = Shelf(partial(opened, reads=True), database.connections)
        self._shared = Shared(self._shelf, PATIENCE)
        self._group: Group | None = None
        if database.dialect == "sqlite":
            turnstile = Turnstile(Path(database.url.database or ""))
            self._group = Group(opened, turnstile, patience=PATIENCE, outside=database.busy_timeout)

    def forked(self) -> None:
        """Begin anew: who writes or reads in the parent is not here, and its connections are not this process's."""
        self._parents.append((self._group, self._shelf, self._shared, self._thread))
        self._begin()

    def run(
        self, work: Callable[[Tx], T], *, write: bool = True, idempotent: bool = False, long: bool = False,
        alone: bool = False, waits: bool = True,
    ) -> T:  # fmt: skip
        """Run *work* in one transaction and answer what it returns; it may be run again, so it must keep nothing.

        It may run in another thread, and in one transaction with the works of others. ``alone``: with nobody else's, as
        what has failed before and should take nobody with it. ``long``: it may last longer than any other, as what
        whoever runs the system waits for, and so is alone.
        Without ``waits`` it is refused where a connection or the turn to write is not free at once.
        ``write=False`` reads one state of affairs and refuses to write. ``idempotent`` says that a second run finds
        the first by its key: only then is a commit with unknown outcome tried again. Raises Busy when the database
        is locked, full or away, Duplicate for a unique key, and whatever *work* raises; nothing is saved then.
        """
        thread = self._thread
        if thread.busy:
            raise RuntimeError("a transaction is open in this thread; one command is one transaction")
        if write:
            self._shared.leave()
        attempt = 1
        while True:
            thread.busy = True
            try:
                if write and self._group is not None:
                    return self._group.run(carried(work), long=long, alone=alone, waits=waits)
                if not write and self._shared.on:
                    return self._shared.read(work)
                return self._by_itself(work, write, PATIENCE if waits else 0.0, long=long)
            except UnknownCommit as error:
                if not idempotent or attempt >= self._attempts:
                    self._complaints.unclear(error)
                    raise failures.unknown_outcome() from error
            except Spoilt:
                work = carefully(work)
                continue
            except Exception as error:
                self._retry_or_raise(error, attempt, write)
            finally:
                thread.busy = False
            self._pause(0.005 * 2**attempt)
            attempt += 1

    def sharing(self) -> AbstractContextManager[None]:
        """Let whatever this thread reads inside share one transaction, as long as nothing is written between."""
        return self._shared.sharing()

    def _retry_or_raise(self, error: Exception, attempt: int, write: bool) -> None:
        """Return when another try is worth it, else raise."""
        if not write and failures.is_refused_write(error):
            raise RuntimeError("a reading transaction tried to write") from error
        kind = failures.classify(error)
        if kind is Failure.OTHER:
            raise error
        if kind is Failure.LOST:
            self._shelf.clear()  # what took one connection away took those beside it
        if kind in (Failure.RACE, Failure.LOST) and attempt < self._attempts:
            return
        self._complaints.about(kind, error)
        raise failures.busy(kind) from error

    def _by_itself(self, work: Callable[[Tx], T], write: bool, patience: float, *, long: bool) -> T:
        line = self._shelf.borrow(patience)
        try:
            line.begin(write=write, long=long)
            tx = line.tx(write=write)
            with otherwise(partial(self._shelf.give_up, line), line):
                result = line.carry_out(tx, work)
            line.commit(tx)
            return result
        except BaseException:
            line.rollback()
            raise
        finally:
            self._shelf.give_back(line)

    def release(self) -> None:
        """Close the connections that nobody works with."""
        self._shared.leave()
        self._shelf.clear()
        if self._group is not None:
            self._group.close()
