"""Works that come to a SQLite runner while somebody writes, in a known order, so that they are one group."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

import pytest

from engine.clock import SECOND
from engine.store.transactions import group
from engine.store.transactions.runner import Runner, Tx
from tests.bounded import until

Work = Callable[[Tx], Any]


def standing(runner: Runner) -> int:
    """How many stand in line to write to a SQLite file."""
    assert runner._group is not None
    return len(runner._group._waiting)


@contextmanager
def led(
    runner: Runner, lead: Work, *works: Work, ready: Callable[[list[Future[Any]]], None] | None = None, **options: Any
) -> Iterator[list[Future[Any]]]:
    """What becomes of *lead*, who waits inside its transaction until *works* stand in line, and of each of them.

    *ready* is called with them before anything more happens.
    """
    with pytest.MonkeyPatch.context() as patch, ThreadPoolExecutor(len(works) + 1) as pool:
        patch.setattr(group, "BUDGET", 3600 * SECOND)
        inside, go = threading.Event(), threading.Event()

        def leads(tx: Tx) -> Any:
            inside.set()
            assert go.wait(60)
            return lead(tx)

        futures = [pool.submit(runner.run, leads)]
        assert inside.wait(60)
        for place, work in enumerate(works, 1):
            futures.append(pool.submit(runner.run, work, **options))
            until(lambda place=place: standing(runner) >= place)
        if ready is not None:
            ready(futures)
        go.set()
        yield futures


def together(runner: Runner, lead: Work, *works: Work, **options: Any) -> list[Any]:
    """The answers, or what was raised instead, of *lead* and of *works*."""
    with led(runner, lead, *works, **options) as futures:
        return [future.exception(60) or future.result(60) for future in futures]


def kinds(answers: Sequence[Any]) -> list[str]:
    """The names of what was raised, and ``saved`` for the others."""
    return [type(one).__name__ if isinstance(one, BaseException) else "saved" for one in answers]
