"""Doing something again until there is no more to do, with a bound: what never ends fails and says what it was."""

from __future__ import annotations

from collections.abc import Callable


def until_nothing(work: Callable[[], object], what: str, most: int = 10_000) -> None:
    """Do *work* until its answer is nothing; *what* says what was done."""
    for _ in range(most):
        if not work():
            return
    raise AssertionError(f"{what} goes on after {most} times")
