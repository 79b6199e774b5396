"""The turnstile before a SQLite file: the processes that write to it take turns, as they came."""

from __future__ import annotations

import importlib
import os
from pathlib import Path
from threading import Event
from typing import Any

from engine.clock import SECOND, SystemClock
from engine.store.databases.forks import ForkAware

#: How long a process that waits rests before it looks again, in seconds.
_REST = 0.0005
_CLOCK = SystemClock()
#: What ``flock`` is asked for, by its numbers on every system that has it: alone and at once, or no more.
_MINE, _FREE = 2 | 4, 8


class Turnstile(ForkAware):
    """Two locked files beside the database: who has the first is next, who has the second writes.

    SQLite's own waiting has no order and sleeps up to a tenth of a second, so that of two busy processes one starves.
    Where files cannot be locked so, SQLite's waiting is all there is. One object is for one thread at a time.
    """

    def __init__(self, database: Path) -> None:
        super().__init__()
        self._database = database
        self._flock = _flock()
        self._files: tuple[int, ...] = ()
        self._inside = False

    def enter(self, patience: float) -> bool:
        """Wait for the turn, at most *patience* seconds; False when it did not come. Who is inside stays inside."""
        if self._inside:
            return True
        files = self._opened()
        if not files:
            return True
        until = _CLOCK.steady() + int(patience * SECOND)
        try:
            self._inside = self._lock(files[0], until) and self._lock(files[1], until)
        except OSError:  # a file system that knows no such locks
            self._flock = None
            self.close()
            return True
        except BaseException:
            self._inside = False
            self._flock(files[1], _FREE)
            raise
        finally:
            if self._files:
                self._flock(files[0], _FREE)
        return self._inside

    def leave(self) -> None:
        """Let the next process in."""
        if self._inside:
            self._inside = False
            self._flock(self._files[1], _FREE)

    def close(self) -> None:
        """Close the files; what was locked is free."""
        self._inside = False
        files, self._files = self._files, ()
        for file in files:
            os.close(file)

    def forked(self) -> None:
        """Close the child's ends of the files: a lock lasts as long as anybody has one, and the parent may die."""
        self.close()

    def __del__(self) -> None:
        self.close()

    def _opened(self) -> tuple[int, ...]:
        """The two files, opened when they are first wanted; none where it cannot."""
        if not self._files and self._flock is not None:
            try:
                mode = self._database.stat().st_mode & 0o666
                for name in ("next", "turn"):
                    self._files += (os.open(f"{self._database}-{name}", os.O_RDWR | os.O_CREAT, mode),)
            except OSError:  # whoever may not write here learns it from SQLite, in its words
                self.close()
        return self._files

    def _lock(self, file: int, until: int) -> bool:
        while True:
            try:
                self._flock(file, _MINE)
            except BlockingIOError:
                if _CLOCK.steady() >= until:
                    return False
                Event().wait(_REST)
            else:
                return True


def _flock() -> Any:
    """The system's call that locks a file, where it has one."""
    try:
        return importlib.import_module("fcntl").flock
    except ImportError:
        return None
