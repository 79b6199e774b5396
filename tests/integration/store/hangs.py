"""Work in a transaction that hangs in a plugin until it is freed, and what became of it."""

from __future__ import annotations

import threading
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any

from sqlalchemy import text

from engine.extend.calls.entering import entered
from engine.store.transactions.runner import Runner, Tx
from tests.integration.store.transactions.test_runner import put

KEYS = text("SELECT key FROM district WHERE district_id = 'd' ORDER BY key")


def keys(runner: Runner) -> list[str]:
    """What is saved."""
    return runner.run(lambda tx: list(tx.connection.execute(KEYS).scalars()), write=False)


class Hangs:
    """Work that writes and then hangs in a plugin, until it is ``free``; what the plugin tries after that is in ``then``."""

    def __init__(self, how: str) -> None:
        self.inside, self.free = threading.Event(), threading.Event()
        self.then: BaseException | None = None
        self._plugin = entered("odd", Path(__file__).parent, getattr(self, how))

    def __call__(self, tx: Tx) -> int:
        """The work."""
        put("hung")(tx)
        answer: int = self._plugin(tx)
        return answer

    def spins(self, _tx: Tx) -> int:
        """A loop in Python."""
        self.inside.set()
        while not self.free.is_set():
            pass
        return 1

    def swallows(self, tx: Tx) -> int:
        """A loop that nothing ends."""
        self.inside.set()
        while not self.free.is_set():
            try:
                self.spins(tx)
            except BaseException as fault:
                self.then = fault
        return self._writes(tx)

    def waits(self, tx: Tx) -> int:
        """A wait outside of Python, after which it goes on as if nothing had been."""
        self.inside.set()
        try:
            assert self.free.wait(60)
        except BaseException as fault:
            self.then = fault
        return self._writes(tx)

    def _writes(self, tx: Tx) -> int:
        try:
            return put("late")(tx)
        except BaseException as fault:
            self.then = fault
            raise


def started(pool: ThreadPoolExecutor, runner: Runner, hangs: Hangs, **more: Any) -> Future[Any]:
    """*hangs* at work in a thread."""
    future = pool.submit(runner.run, hangs, **more)
    assert hangs.inside.wait(60)
    return future


def told(future: Future[Any]) -> str:
    """The name of what became of it."""
    return type(future.exception(60) or future.result(60)).__name__
