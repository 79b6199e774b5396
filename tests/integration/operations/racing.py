"""Eight threads that press at the same moment, round after round."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

from engine.errors import RongtongError
from engine.operations.reading.views import Receipt
from tests.town import Town

THREADS = 8
ROUNDS = 50
#: What one thread of a round does; it gets the number of its thread.
Press = Callable[[int], Receipt | None]


class Field:
    """A pool of threads that start together."""

    def __init__(self, town: Town, pool: ThreadPoolExecutor) -> None:
        self._town, self._pool = town, pool

    def race(self, press: Press) -> list[Any]:
        """What each thread got: a receipt, None, or the refusal."""
        together = threading.Barrier(THREADS)

        def one(number: int) -> Any:
            together.wait(timeout=60)
            try:
                return press(number)
            except RongtongError as refusal:
                return refusal

        return [done.result(timeout=120) for done in [self._pool.submit(one, i) for i in range(THREADS)]]

    def leave(self) -> None:
        """Every thread gives its connection back."""
        together = threading.Barrier(THREADS)

        def one(_: int) -> None:
            together.wait(timeout=60)
            self._town.system.runner.release()

        for done in [self._pool.submit(one, i) for i in range(THREADS)]:
            done.result(timeout=60)


@contextmanager
def field(town: Town) -> Iterator[Field]:
    """The threads, for the length of a test."""
    with ThreadPoolExecutor(THREADS) as pool:
        made = Field(town, pool)
        try:
            yield made
        finally:
            made.leave()


def receipts(answers: list[Any]) -> list[Receipt]:
    """Who got through."""
    return [answer for answer in answers if isinstance(answer, Receipt)]


def refusals(answers: list[Any]) -> list[RongtongError]:
    """Who was refused."""
    return [answer for answer in answers if isinstance(answer, RongtongError)]
