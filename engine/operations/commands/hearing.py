"""What came of each command, told to those who count them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar

from engine.errors import Busy, RongtongError

T = TypeVar("T")


def heard(hearers: Sequence[Callable[[str, str], None]], verb: str, work: Callable[[], T]) -> T:
    """What *work* answers; *hearers* are told the *verb*, and whether it was done, refused, busy, or failed."""
    if not hearers:
        return work()
    result = "failed"
    try:
        done = work()
        result = "done"
        return done
    except Busy:
        result = "busy"
        raise
    except RongtongError:
        result = "refused"
        raise
    finally:
        for hear in hearers:
            hear(verb, result)
