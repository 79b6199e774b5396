"""A run: a crowd at work, somebody who kills what serves it, and the reckoning in the end."""

from __future__ import annotations

import random
import threading
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import date
from functools import partial
from pathlib import Path

from tests.torture.kills.crowd import Client
from tests.torture.kills.installation import Installation, faults, install
from tests.torture.kills.oracle import Answered, Oracle

#: So many answers pass between two kills, at least and at most. As many again as there are people are under way then.
_BETWEEN = (2, 12)
#: Seconds between two tries of a client that was not answered.
_REST = 0.02


@dataclass
class Count:
    """What came of a run."""

    kills: dict[str, int] = field(default_factory=dict)
    asked: int = 0
    done: int = 0
    refused: int = 0
    broken: int = 0
    replayed: int = 0
    wrong: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        killed = ", ".join(f"{name} {times}" for name, times in self.kills.items())
        return (
            f"{sum(self.kills.values())} kills ({killed}); {self.asked} commands: {self.done} done, {self.refused} refused,"
            f" {self.broken} tries broken off; {self.replayed} answers sent again byte for byte;"
            f" {len(self.wrong)} faults"
        )


class Meter:
    """Counts answers and lets the crowd have so many more; all waiting is for a count, none for a clock."""

    def __init__(self) -> None:
        self.ended = False
        self._count = self._most = 0
        self._changed = threading.Condition()

    def step(self) -> None:
        """One more answer; go on once there may be another."""
        with self._changed:
            self._count += 1
            self._changed.notify_all()
            self._changed.wait_for(lambda: self._count <= self._most or self.ended)

    def after(self, more: int, beyond: int) -> None:
        """Let the crowd work until it has *more* answers; it may go on to *beyond* as many."""
        with self._changed:
            goal = self._count + more
            self._most = goal + beyond
            self._changed.notify_all()
            self._changed.wait_for(lambda: self._count >= goal or self.ended)

    def end(self) -> None:
        """Nobody waits any longer."""
        with self._changed:
            self.ended = True
            self._changed.notify_all()


def kill(url: str, folder: Path, first_day: date, *, kills: int, seed: int) -> Count:
    """Let a crowd work on the empty database at *url* while *kills* processes are killed; what came of it."""
    place, oracle, meter = install(url, folder), Oracle(folder / "oracle.jsonl"), Meter()
    nap = threading.Event()
    clients = [
        Client(person, [server.port for server in place.servers], oracle, place.venues, first_day,
               random.Random(f"{seed} {person.id}"), partial(nap.wait, _REST))
        for person in place.people
    ]  # fmt: skip
    for child in place.children:
        child.start()
    try:
        with ThreadPoolExecutor(len(clients)) as pool:
            working = [pool.submit(_work, client, meter) for client in clients]
            try:
                _kill_one_after_the_other(place, meter, working, kills, random.Random(seed))
            finally:
                meter.end()
            for each in working:
                each.result()
        count = _counted(place, oracle)
        count.replayed, differing = _again(clients, oracle)
    finally:
        codes = {child.name: child.stop() for child in place.children}
    count.wrong = differing + faults(url, oracle)
    count.wrong += [f"{name} ended with {code}" for name, code in codes.items() if code]
    return count


def _work(client: Client, meter: Meter) -> None:
    try:
        while not meter.ended:
            client.work()
            meter.step()
    except BaseException:
        meter.end()  # who kills waits for answers that do not come any more
        raise


def _kill_one_after_the_other(
    place: Installation, meter: Meter, working: list[Future[None]], kills: int, chance: random.Random
) -> None:
    for _ in range(kills):
        meter.after(chance.randint(*_BETWEEN), len(working))
        if any(each.done() for each in working):
            return
        child = chance.choice(place.children)
        child.kill()
        child.start()
    meter.after(2 * len(working), len(working))


def _counted(place: Installation, oracle: Oracle) -> Count:
    settled = oracle.settled.values()
    done = sum(answer.done for answer in settled)
    return Count({child.name: child.kills for child in place.children}, len(oracle.asked), done, len(settled) - done,
                 sum(answer.broken for answer in settled))  # fmt: skip


def _again(clients: list[Client], oracle: Oracle) -> tuple[int, list[str]]:
    """Every command that was done, sent once more with its key: how many, and which were answered otherwise."""
    of = {client.person.id: client for client in clients}
    wrong, times = [], 0
    for key, first in oracle.settled.items():
        if first.done:
            times += 1
            asked = oracle.asked[key]
            now = of[asked.actor].replayed(asked)
            if not _same(now, first):
                wrong.append(f"{key}: first {first.status} {first.body!r}, then {now.status} {now.body!r}")
    return times, wrong


def _same(now: Answered, first: Answered) -> bool:
    return (now.status, now.body) == (first.status, first.body)
