"""W1: start with a form, an automatic step, a human approval, a second automatic step, the end; and long cases."""

from __future__ import annotations

from statistics import median

from benchmarks.figure import Figure, cpu_each, figure, in_turn, per_second, wall_each
from benchmarks.office import Office
from benchmarks.places import Place, pin_backends
from benchmarks.raw import Raw

_WARM = 100
_SECONDS = 1.0


def w1_sqlite(place: Place, runs: int) -> Figure:
    """W1 a second by one caller on disk, beside the raw rows."""
    with place.sqlite() as urls:
        return _rate("w1_sqlite", urls, runs, "sqlite")


def w1_postgresql(place: Place, runs: int) -> Figure:
    """The same on PostgreSQL, caller and backend on one CPU."""
    with place.postgresql() as urls:
        return _rate("w1_postgresql", urls, runs, "postgresql")


def _rate(name: str, urls: tuple[str, str], runs: int, db: str) -> Figure:
    office, raw = Office(urls[0]), Raw.on(urls[1])
    for _ in range(_WARM):
        office.w1()
        raw.pair()
    if db == "postgresql":
        pin_backends(urls[0])
    pairs = in_turn(lambda: per_second(office.w1, _SECONDS), lambda: per_second(raw.pair, _SECONDS), runs)
    office.close()
    return figure(name, "W1/s", db, pairs)


def w1_cpu(place: Place, runs: int) -> Figure:
    """The CPU time of one W1 on a file system in memory, in milliseconds."""
    with place.sqlite(memory=True) as urls:
        office, raw = Office(urls[0]), Raw.on(urls[1])
        cpu_each(office.w1, _WARM), cpu_each(raw.pair, _WARM)
        pairs = in_turn(lambda: cpu_each(office.w1, 1000), lambda: cpu_each(raw.pair, 5000), runs)
        office.close()
    return figure("w1_cpu", "ms", "sqlite", pairs)


def step_growth(place: Place, runs: int) -> Figure:
    """One human step after 1,000 earlier steps of its case, in memory where no sync hides it; raw: after 10 steps."""
    with place.sqlite(memory=True) as urls:
        office = Office(urls[0])
        old = Loop(office, 1000)
        pairs = []
        for _ in range(runs):
            several = [(old.step(), Loop(office, 10).step()) for _ in range(10)]
            pairs.append((median(a for a, _ in several), median(b for _, b in several)))
        office.close()
    return figure("step_growth", "ms", "sqlite", pairs)


class Loop:
    """A case that was handed to and fro for *steps* steps, an even number."""

    _RETURNS = 99

    def __init__(self, office: Office, steps: int) -> None:
        self._office = office
        self._at = office.start("loop", {"what": "往返"})
        self._left = self._RETURNS
        for _ in range(steps // 2):
            self.step()

    def step(self) -> float:
        """The milliseconds of one more step; an untimed one brings the case back to where it stood."""
        taken = wall_each(lambda: self._take("leave"))
        if self._left == 0:
            self._take("rest")
            self._left = self._RETURNS
        else:
            self._left -= 1
        self._take("again")
        return taken

    def _take(self, outcome: str) -> None:
        self._at = self._office.act(self._at, self._at.opened[0], outcome)
