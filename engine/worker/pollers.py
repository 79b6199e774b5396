"""What a worker polls for: clocks and what is looked for now and then, inner jobs, messages that leave the machine."""

from __future__ import annotations

from collections.abc import Callable

from engine.clock import MINUTE, Micros
from engine.operations.background.inner import run_jobs
from engine.operations.background.letters import Carrier
from engine.operations.background.outbound import send_jobs
from engine.operations.background.returning import resume
from engine.operations.clockwork import ring, seal
from engine.operations.commands.rechecking import recheck
from engine.operations.commands.recounting import recount_once
from engine.operations.context import Context, System
from engine.operations.districts import all_contexts

_SEAL_EVERY: Micros = MINUTE
#: Rights end on their day, units have successors, calendars are mended: nothing tells of it, so it is looked for.
_RECHECK_EVERY: Micros = 10 * MINUTE


class Clocks:
    """Lets clocks ring, seals the journal, and looks for what nothing tells of; no job can hold it up."""

    def __init__(self, system: System) -> None:
        self._system = system
        self._done: dict[Callable[[Context], object], Micros] = {}

    def once(self) -> int:
        """One round over all districts, beginning with what no plugin can hold up; how many clocks rang."""
        self._now_and_then(seal, _SEAL_EVERY)
        self._now_and_then(resume, _SEAL_EVERY)
        rang = sum(ring(ctx) for ctx in all_contexts(self._system))
        self._now_and_then(recheck, _RECHECK_EVERY)
        self._now_and_then(recount_once, _RECHECK_EVERY)
        return rang

    def _now_and_then(self, work: Callable[[Context], object], every: Micros) -> None:
        """Do *work* for every district, unless that was done less than *every* ago; ahead of now is not ago."""
        wall = self._system.clock.wall()
        if 0 <= wall - self._done.get(work, 0) < every:
            return
        for ctx in all_contexts(self._system):
            work(ctx)
        self._done[work] = wall

    def close(self) -> None:
        """Give the thread's connections back."""
        self._system.runner.release()


class Inner:
    """Runs the jobs that stay inside the database."""

    def __init__(self, system: System) -> None:
        self._system = system

    def once(self) -> int:
        """One round over all districts; how many jobs were run."""
        return sum(run_jobs(ctx) for ctx in all_contexts(self._system))

    def close(self) -> None:
        """Give the thread's connections back."""
        self._system.runner.release()


class Outbound:
    """Has messages carried out of the machine."""

    def __init__(self, system: System, carrier: Carrier) -> None:
        self._system, self._carrier = system, carrier

    def once(self) -> int:
        """One message of each district, so that a worker stops after the one on its way; how many there were."""
        done = sum(send_jobs(ctx, self._carrier, limit=1) for ctx in all_contexts(self._system))
        if done == 0:
            self._carrier.rest()
        return done

    def close(self) -> None:
        """Let the carrier go and give the thread's connections back."""
        self._carrier.close()
        self._system.runner.release()
