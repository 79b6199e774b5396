"""The shelf of the runner's connections: borrowed for one transaction, put back after it."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from threading import Semaphore

from engine.store.transactions import failures
from engine.store.transactions.failures import Failure
from engine.store.transactions.line import Line


class Shelf:
    """Lends at most *most* lines at a time, made by *make*; what lies here keeps its prepared statements."""

    def __init__(self, make: Callable[[], Line], most: int) -> None:
        self._make = make
        self._free = Semaphore(most)
        self._idle: deque[Line] = deque()

    def borrow(self, patience: float) -> Line:
        """The line that was put back last, or a new one. Raises Busy when none came free for *patience* seconds."""
        if not self._free.acquire(timeout=patience):
            raise failures.busy(Failure.LOCKED)
        try:
            return self._idle_one() or self._make()
        except BaseException:
            self._free.release()
            raise

    def _idle_one(self) -> Line | None:
        try:
            return self._idle.pop()
        except IndexError:
            return None

    def give_back(self, line: Line) -> None:
        """Put *line* back, as a fresh one would be; but for one whose place is taken already."""
        if line.given_up:
            line.drop()
            return
        try:
            line.tidy()
            if line.alive:
                self._idle.append(line)
        finally:
            self._free.release()

    def give_up(self, line: Line, fault: Exception) -> Exception:
        """End *line*, whose thread hangs, and let another be lent in its place; to whoever had it *fault* is told."""
        try:
            line.give_up()
        finally:
            self._free.release()
        return fault

    def clear(self) -> None:
        """Close every line that nobody has borrowed."""
        while (line := self._idle_one()) is not None:
            line.drop()
