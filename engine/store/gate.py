"""A first-come first-served gate: the writers of one process take turns before they reach the database."""

from __future__ import annotations

from collections import deque
from threading import Lock


class Gate:
    """Lets one thread through at a time, in the order of arrival."""

    def __init__(self) -> None:
        self._mutex = Lock()
        self._waiting: deque[Lock] = deque()
        self._taken = False

    @property
    def waiting(self) -> int:
        """How many threads stand in line."""
        return len(self._waiting)

    def enter(self, patience: float) -> bool:
        """Wait for the turn, at most *patience* seconds; False when it did not come."""
        with self._mutex:
            if not self._taken:
                self._taken = True
                return True
            turn = Lock()
            turn.acquire()
            self._waiting.append(turn)
        if turn.acquire(timeout=patience):
            return True
        with self._mutex:
            if turn in self._waiting:
                self._waiting.remove(turn)
                return False
        return True  # the turn came in the very moment of giving up

    def leave(self) -> None:
        """Hand the gate to the next in line."""
        with self._mutex:
            if self._waiting:
                self._waiting.popleft().release()
            else:
                self._taken = False
