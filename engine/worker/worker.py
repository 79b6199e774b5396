"""A worker: its loops side by side, in as many processes as one likes."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Final

from engine.operations.background.letters import Carrier
from engine.operations.context import System
from engine.worker.child import Child
from engine.worker.loop import Loop, Poller, attempt
from engine.worker.pollers import Clocks, Inner, Outbound

#: How long an idle loop rests, in seconds; polling is the truth, nothing else wakes it.
REST: Final = 1.0
#: So many messages leave at the same time.
CHILDREN: Final = 2


class Worker:
    """Works for every district of a system until it is told to stop.

    Clocks, inner jobs and messages are loops of their own, so that none of them waits for another. *carrier* makes
    what takes messages out; each outbound loop has one.
    """

    def __init__(self, system: System, rest: float = REST, carrier: Callable[[], Carrier] = Child) -> None:
        self._stop = threading.Event()
        out = {f"out-{place}": Outbound(system, carrier()) for place in range(1, CHILDREN + 1)}
        self._pollers: dict[str, Poller] = {"clocks": Clocks(system), "jobs": Inner(system), **out}
        self._loops = [Loop(name, poller, self._stop, rest) for name, poller in self._pollers.items()]

    def once(self) -> int:
        """One round of each, in this thread; how many things were done."""
        return sum(attempt(poller) for poller in self._pollers.values())

    def close(self) -> None:
        """Give back what rounds in this thread held."""
        for poller in self._pollers.values():
            poller.close()

    def start(self) -> None:
        """Let every loop run in a thread of its own."""
        for loop in self._loops:
            loop.start()

    def run(self) -> None:
        """Let the loops run until ``stop``, and wait for their end."""
        self.start()
        self._stop.wait()
        self.join()

    def stop(self) -> None:
        """Let the loops end after their current round."""
        self._stop.set()

    def join(self, seconds: float | None = None) -> None:
        """Wait for each loop's end, *seconds* at most."""
        for loop in self._loops:
            loop.join(seconds)
