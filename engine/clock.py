"""The only source of time: business time, which a demo may move, and wall time, which nobody may."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

#: A moment is an integer: microseconds since 1970-01-01T00:00Z.
Micros = int
SECOND: Micros = 1_000_000
MINUTE: Micros = 60 * SECOND
HOUR: Micros = 60 * MINUTE
DAY: Micros = 24 * HOUR


class Clock(Protocol):
    """What the engine asks for time."""

    def now(self) -> Micros:
        """Business time: deadlines, history, what people see."""
        ...

    def wall(self) -> Micros:
        """Real time: sessions, leases and back-off, never moved by a demo."""
        ...


@dataclass
class SystemClock:
    """The machine's clock; business time runs *offset* microseconds apart from it."""

    offset: Micros = 0

    def now(self) -> Micros:
        return self.wall() + self.offset

    def wall(self) -> Micros:
        return time.time_ns() // 1000

    def steady(self) -> Micros:
        """Time since some moment, which nobody can set: how far two moments of one process are apart."""
        return time.monotonic_ns() // 1000


@dataclass
class SetClock:
    """A clock that stands where it was put: for scenarios, tests and the history of a demo."""

    at: Micros

    def now(self) -> Micros:
        return self.at

    def wall(self) -> Micros:
        return self.at

    def advance(self, by: Micros) -> None:
        """Move forward by *by* microseconds."""
        self.at += by


class Attended:
    """The time that passes before somebody who looks again and again: between two looks *most* counts at most.

    What somebody held the interpreter for, or a machine stood still, is nobody's. Nobody can set *steady*.
    """

    def __init__(self, steady: Callable[[], Micros], most: Micros) -> None:
        self._steady, self._most = steady, most
        self._looked, self._time = steady(), 0

    def __call__(self) -> Micros:
        """Look: how much has passed so far."""
        steady = self._steady()
        self._time += min(steady - self._looked, self._most)
        self._looked = steady
        return self._time
