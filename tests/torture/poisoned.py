"""A worker's machine: workers that die of a job, one after the other, until one of them finds nothing to do.

Run as ``python -m tests.torture.poisoned URL NOW``; it answers how many workers died and what time it then is.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Mapping
from typing import Any

from engine.clock import SetClock
from engine.extend import JobContext, Reaction
from engine.extend.loading.discovery import Plugin
from engine.extend.registry import Registry
from engine.ids import SeededIds
from engine.operations.background.claiming import LEASE
from engine.operations.background.inner import run_jobs
from engine.operations.context import System
from engine.operations.districts import context
from engine.store.databases.database import open_database
from engine.store.transactions.runner import Runner
from tests import desk
from tests.bounded import until_nothing
from tests.unit.extend.plugins_for_tests import giving, plugin

#: More workers than these never die of one job.
_MOST = 50
_DIED = 9


def _swallow(ctx: JobContext, body: Mapping[str, Any]) -> None:
    """What a segmentation fault or the kernel's killer does to a worker."""
    os._exit(_DIED)


def poison() -> Plugin:
    """A plugin with a job that nobody survives."""
    return plugin("poison", register_reactions=giving(Reaction("poison.cup", "", _swallow)))


def system(url: str, clock: SetClock) -> System:
    """The town's engine with the poison, on the database at *url*."""
    database = open_database(url)
    return System(
        database, Runner(database, clock=clock), Registry([desk.plugin(), poison()]), clock, SeededIds(clock.at)
    )


def _worker(url: str, now: int) -> None:
    """Run what is due at *now*, to the end or to its own."""
    town = context(system(url, SetClock(now)), "town")
    until_nothing(lambda: run_jobs(town), "running jobs")
    os._exit(0)


def main(url: str, now: int) -> None:
    """Start workers as a machine does, each once the job that the last one held may be taken again."""
    deaths = 0
    for _ in range(_MOST):
        child = os.fork()
        if child == 0:
            _worker(url, now)
        _, status = os.waitpid(child, 0)
        code = os.waitstatus_to_exitcode(status)
        assert code in (0, _DIED), code
        deaths += code == _DIED
        if code == 0 and _idle(url, now):
            break
        now += 0 if code else LEASE
    print(json.dumps({"deaths": deaths, "now": now}))


def _idle(url: str, now: int) -> bool:
    """Whether there would be nothing to do even when every lease has ended; asked in a process of its own."""
    child = os.fork()
    if child == 0:
        from engine.store import jobs

        made = system(url, SetClock(now))
        os._exit(made.runner.run(lambda tx: jobs.next_run(tx, "town"), write=False) is None)
    _, status = os.waitpid(child, 0)
    return os.waitstatus_to_exitcode(status) == 1


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
