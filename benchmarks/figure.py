"""One figure: what was measured here, what the raw work took in the same run, and their ratio."""

from __future__ import annotations

import gc
import json
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from statistics import median


@dataclass(frozen=True)
class Figure:
    """The medians of *runs* pairs; ``ratio`` is the median of the pairs' own ratios."""

    name: str
    value: float
    unit: str
    raw: float
    ratio: float
    runs: int
    db: str

    @property
    def line(self) -> str:
        """The figure as a line of JSON."""
        return json.dumps({key: _short(value) for key, value in vars(self).items()})

    @property
    def words(self) -> str:
        """The figure as a line to read."""
        return (
            f"{self.name:17}{_short(self.value):>9} {self.unit:6} raw {_short(self.raw):>8}   "
            f"ratio {_short(self.ratio):>7}   {self.runs} runs, {self.db}"
        )


def _short(value: object) -> object:
    return float(f"{value:.4g}") if isinstance(value, float) else value


def figure(name: str, unit: str, db: str, pairs: Sequence[tuple[float, float]]) -> Figure:
    """The figure of (value, raw) *pairs*."""
    values, raws = zip(*pairs, strict=True)
    ratio = median(value / raw for value, raw in pairs)
    return Figure(name, median(values), unit, median(raws), ratio, len(pairs), db)


def in_turn(
    ours: Callable[[], float], raw: Callable[[], float], runs: int, enough: Callable[[], bool] = lambda: False
) -> list[tuple[float, float]]:
    """*runs* pairs of measurements, one after the other, so that a slow minute of the machine slows both."""
    pairs = []
    for _ in range(runs):
        gc.collect()
        pairs.append((ours(), raw()))
        if enough():
            break
    return pairs


def per_second(work: Callable[[], object], seconds: float) -> float:
    """How often *work* is done in a second."""
    done, began = 0, time.perf_counter()
    end = began + seconds
    while time.perf_counter() < end:
        work()
        done += 1
    return done / (time.perf_counter() - began)


def cpu_each(work: Callable[[], object], times: int, batches: int = 100) -> float:
    """The CPU time of one *work* in milliseconds: of *times* in *batches*, the cheapest batch.

    A busy neighbour on the machine empties the caches, and then the same instructions cost more.
    """
    return min(_cpu(work, times // batches) for _ in range(batches))


def _cpu(work: Callable[[], object], times: int) -> float:
    began = time.process_time()
    for _ in range(times):
        work()
    return (time.process_time() - began) / times * 1e3


def wall_each(work: Callable[[], object]) -> float:
    """The time of one *work* in milliseconds."""
    began = time.perf_counter()
    work()
    return (time.perf_counter() - began) * 1e3
