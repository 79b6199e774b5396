"""Whatever a test waits for or does again, with a bound: what never ends fails."""

from __future__ import annotations

import threading
from collections.abc import Callable


def until_nothing(work: Callable[[], object], what: str, most: int = 10_000) -> None:
    """Do *work* until its answer is nothing; *what* says what was done."""
    for _ in range(most):
        if not work():
            return
    raise AssertionError(f"{what} goes on after {most} times")


def until(so: Callable[[], object], most: int = 60_000) -> None:
    """Let the other threads go on until it is *so*; fail where they never get there."""
    rests = threading.Event()
    for _ in range(most):
        if so():
            return
        rests.wait(0.001)
    raise AssertionError("it never came to that")
