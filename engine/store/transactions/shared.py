"""One reading transaction for all that a request reads, in place of one for each thing that it asks."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import TypeVar

from engine.otherwise import otherwise
from engine.store.transactions.line import Line
from engine.store.transactions.shelf import Shelf
from engine.store.transactions.tx import Tx

T = TypeVar("T")


class Shared(threading.local):
    """What the readings of a thread share while it shares: one transaction, begun with the first of them.

    A reading that raises, or leaves the transaction in no state to go on, ends it: so no fault of a plugin spoils what
    is read next, and nothing has to be marked beforehand. A write ends it too, and is seen by what is read after.
    The connection is of *shelf*, waited for as long as *patience* (seconds), and goes back with the transaction.
    """

    def __init__(self, shelf: Shelf, patience: float) -> None:
        self._shelf, self._patience = shelf, patience
        self._open: tuple[Line, Tx] | None = None
        self.on = False

    @contextmanager
    def sharing(self) -> Iterator[None]:
        """Share what is read inside; within another it changes nothing."""
        if self.on:
            yield
            return
        self.on = True
        try:
            yield
        finally:
            self.on = False
            self.leave()

    def read(self, work: Callable[[Tx], T]) -> T:
        """What *work* answers, from the transaction that is open or a new one."""
        line, tx = self._open = self._open or self._begin()
        try:
            with otherwise(partial(self._shelf.give_up, line), line):
                result = line.carry_out(tx, work)
        except BaseException:
            self.leave()
            raise
        if not line.ours:
            self.leave()
        return result

    def _begin(self) -> tuple[Line, Tx]:
        line = self._shelf.borrow(self._patience)
        try:
            line.begin(write=False)
            return line, line.snapshot()
        except BaseException:
            self._give_back(line)
            raise

    def leave(self) -> None:
        """End what is open, if anything is; what was only read needs no answer to that."""
        if self._open is not None:
            (line, _), self._open = self._open, None
            self._give_back(line)

    def _give_back(self, line: Line) -> None:
        try:
            line.rollback()
        finally:
            self._shelf.give_back(line)
