"""The threads that answer, of which one may be lost for a while to a plugin that hangs."""

from __future__ import annotations

import logging
from threading import Lock
from typing import Final

from waitress.task import ThreadedTaskDispatcher

_LOG: Final = logging.getLogger("rongtong.plugins")
#: For so many at once that hang for good another one comes; where more do, only a new start helps.
LOST: Final = 64


class Dispatcher(ThreadedTaskDispatcher):  # type: ignore[misc]
    """The threads that answer; in the place of one that hangs for good comes another, until it is back."""

    threads: set[int]

    def __init__(self) -> None:
        super().__init__()
        self.lost = self.replaced = 0
        self._counts = Lock()

    def replace(self) -> bool:
        """A thread is lost: have one more, if there is one to be had; whether it came."""
        with self._counts:
            self.lost += 1
            if self.lost > LOST:
                _LOG.error("%d requests hang in plugins for good; only a new start helps", self.lost)
                return False
            before = self.threads.copy()
            try:
                self.set_thread_count(len(before) - self.stop_count + 1)
            except RuntimeError:
                self.threads = before
                _LOG.error("no other thread can be had for one that hangs in a plugin")
                return False
            self.replaced += 1
            return True

    def back(self) -> None:
        """A thread that was lost is back: have one less, if one more came for those that are lost."""
        with self._counts:
            self.lost -= 1
            if self.replaced > min(self.lost, LOST):
                self.set_thread_count(len(self.threads) - self.stop_count - 1)
                self.replaced -= 1
