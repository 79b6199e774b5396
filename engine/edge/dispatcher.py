"""The threads that answer, of which one may be lost for a while to a plugin that hangs."""

from __future__ import annotations

import logging
from threading import Lock
from typing import Final

from waitress.task import ThreadedTaskDispatcher

#: For so many at once that hang for good another one comes; where more do, only a new start helps.
LOST: Final = 64
_LOG: Final = logging.getLogger("rongtong.serve")


class Dispatcher(ThreadedTaskDispatcher):  # type: ignore[misc]
    """The threads that answer; in the place of one that hangs for good comes another, until it is back."""

    threads: set[int]
    logger = queue_logger = _LOG

    def __init__(self) -> None:
        super().__init__()
        self.lost = self.replaced = 0
        self._counts = Lock()

    def replace(self) -> None:
        """A thread is lost: have one more. Raises RuntimeError where there is none to be had.

        Whoever watches tells that once it holds nothing: the thread that is lost may have stopped in the log.
        """
        with self._counts:
            self.lost += 1
            if self.lost > LOST:
                raise RuntimeError(f"{self.lost} requests hang in plugins for good; only a new start helps")
            before = self.threads.copy()
            try:
                self.set_thread_count(len(before) - self.stop_count + 1)
            except RuntimeError:
                self.threads = before
                raise
            self.replaced += 1

    def back(self) -> None:
        """A thread that was lost is back: have one less, if one more came for those that are lost."""
        with self._counts:
            self.lost -= 1
            if self.replaced > min(self.lost, LOST):
                self.set_thread_count(len(self.threads) - self.stop_count - 1)
                self.replaced -= 1

    def shutdown(self, cancel_pending: bool = True, timeout: float = 5) -> bool:
        """Let every thread finish what it answers, for *timeout* seconds; nobody waits for those that are lost."""
        self.set_thread_count(0)
        with self.lock:
            self.thread_exit_cv.wait_for(lambda: len(self.threads) <= self.lost, timeout)
            if self.threads:
                _LOG.warning("threads that end with the process: %d, lost in plugins: %d", len(self.threads), self.lost)
            while cancel_pending and self.queue:
                self.queue.popleft().cancel()
        return cancel_pending
