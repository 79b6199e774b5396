"""Calls into plugins that are each in time, in one transaction: together they keep nobody out for longer than it waits."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from engine.clock import SECOND, Micros, SetClock
from engine.extend.calls.entering import entered
from engine.store.databases.database import Database
from engine.store.transactions.runner import Runner, Tx
from tests.bounded import until
from tests.hanging import ByHand
from tests.integration.store.test_hanging import keys, told
from tests.integration.store.transactions.test_runner import put


class Calls:
    """Work that calls a plugin several times, which stays until it is told to come back."""

    many = 4

    def __init__(self, dog: ByHand, *, writes: bool) -> None:
        self._dog, self._writes = dog, writes
        self._begun, self._ended = 0, 0
        self._plugin = entered("odd", Path(__file__).parent, self._stays)

    def __call__(self, tx: Tx) -> int:
        """The work."""
        if self._writes:
            put("hung")(tx)
        for _ in range(self.many):
            self._plugin()
        return self._ended

    def _stays(self) -> None:
        self._begun += 1
        while self._ended < self._begun:
            pass

    def takes(self, time: Micros) -> None:
        """The call that is under way, or the next one, has taken so long."""
        until(lambda: self._begun > self._ended)
        self._dog.look()
        self._dog.now += time
        self._dog.reach()

    def comes_back(self) -> None:
        """It ends."""
        self._ended += 1


@pytest.fixture
def pool() -> Iterator[ThreadPoolExecutor]:
    """Threads of their own."""
    with ThreadPoolExecutor(2) as made:
        yield made


@pytest.fixture
def runner(db: Database, clock: SetClock, pauses: list[float], pool: ThreadPoolExecutor) -> Iterator[Runner]:
    """A runner on either database that never sleeps."""
    made = Runner(db, clock=clock, pause=pauses.append)
    yield made
    made.release()


def test_the_one_is_ended_in_which_it_becomes_too_much_and_who_waits_is_served(
    runner: Runner, dog: ByHand, pool: ThreadPoolExecutor
) -> None:
    calls = Calls(dog, writes=True)
    future: Future[Any] = pool.submit(runner.run, calls)
    for _ in range(2):
        calls.takes(9 * SECOND)
        calls.comes_back()
    waits = pool.submit(runner.run, put("next"))
    calls.takes(2 * SECOND)
    assert told(future) == "HungError"
    fault = future.exception()
    calls.comes_back()
    assert "test_hanging_together.py:" in str(fault)
    assert str(fault).endswith(
        "was still at work 20 s after its transaction had begun; it was stopped, and nothing of it is saved"
    )
    assert waits.result(60) == 1
    assert keys(runner) == ["next"]


@pytest.mark.parametrize("options", [{"write": False}, {"long": True}], ids=["a reading", "what may last"])
def test_where_nobody_is_kept_out_they_may_add_up(
    runner: Runner, dog: ByHand, pool: ThreadPoolExecutor, options: dict[str, Any]
) -> None:
    calls = Calls(dog, writes=options.get("write", True))
    future = pool.submit(runner.run, calls, **options)
    for _ in range(calls.many):
        calls.takes(9 * SECOND)
        calls.comes_back()
    assert future.result(60) == calls.many
