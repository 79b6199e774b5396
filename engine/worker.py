"""The worker: a loop that lets clocks ring, runs jobs and seals the journal, in as many processes as one likes."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable

from engine.clock import MINUTE, Micros
from engine.errors import Busy
from engine.operations.commands.rechecking import recheck
from engine.operations.commands.recounting import recount_once
from engine.operations.context import Context, System
from engine.operations.districts import all_contexts
from engine.operations.returning import resume
from engine.operations.work import seal, work_once

_LOG = logging.getLogger("rongtong.worker")
#: How long an idle worker rests, in seconds; polling is the truth, nothing else wakes it.
REST = 1.0
_SEAL_EVERY: Micros = MINUTE
#: Rights end on their day, units have successors, calendars are mended: nothing tells of it, so it is looked for.
_RECHECK_EVERY: Micros = 10 * MINUTE


class Worker:
    """Works for every district of a system until it is told to stop."""

    def __init__(self, system: System, rest: float = REST) -> None:
        self._system = system
        self._rest = rest
        self._stop = threading.Event()
        self._done: dict[Callable[[Context], object], Micros] = {}

    def run(self) -> None:
        """Work until ``stop``; a fault is logged and the loop goes on."""
        while not self._stop.is_set():
            if self.once() == 0:
                self._stop.wait(self._rest)
        self._system.runner.release()

    def once(self) -> int:
        """One round over all districts; how many things were done."""
        done = 0
        try:
            self._now_and_then(resume, _SEAL_EVERY)
            for ctx in all_contexts(self._system):
                done += work_once(ctx)
            self._now_and_then(seal, _SEAL_EVERY)
            self._now_and_then(recheck, _RECHECK_EVERY)
            self._now_and_then(recount_once, _RECHECK_EVERY)
        except Busy as refusal:
            _LOG.warning("this round is tried again: %s", refusal.text.en)
        except Exception:
            _LOG.exception("a round of work failed")
        return done

    def _now_and_then(self, work: Callable[[Context], object], every: Micros) -> None:
        """Do *work* for every district, unless that was done less than *every* ago; ahead of now is not ago."""
        wall = self._system.clock.wall()
        if 0 <= wall - self._done.get(work, 0) < every:
            return
        for ctx in all_contexts(self._system):
            work(ctx)
        self._done[work] = wall

    def start(self) -> threading.Thread:
        """Run in a thread of its own."""
        thread = threading.Thread(target=self.run, name="rongtong-worker", daemon=True)
        thread.start()
        return thread

    def stop(self) -> None:
        """Let the loop end after its current round."""
        self._stop.set()


