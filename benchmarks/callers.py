"""W1 by many callers at once: in one process, on a disk whose syncs are slow, and in two processes on one file."""

from __future__ import annotations

import json
import multiprocessing
import os
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from benchmarks.figure import Figure, figure, in_turn, per_second
from benchmarks.office import Office
from benchmarks.places import Place
from benchmarks.raw import Raw

_SECONDS = 1.0
_SYNC_US = 10_000
#: Threads of the two processes that share a file.
_SHAPE = (8, 1)


def w1_callers(callers: int) -> Callable[[Place, int], Figure]:
    """W1 a second by so many threads of one process on one SQLite file, beside L by one."""

    def measure(place: Place, runs: int) -> Figure:
        with place.sqlite() as urls:
            office, raw = Office(urls[0]), Raw.on(urls[1])
            _rate(office, callers, _SECONDS / 4), per_second(raw.pair, _SECONDS / 4)
            pairs = in_turn(
                lambda: _rate(office, callers, _SECONDS), lambda: per_second(raw.pair, _SECONDS / 2), runs
            )
            office.close()
        return figure(f"w1_callers_{callers}", "W1/s", "sqlite", pairs)

    return measure


def w1_slow_disk(callers: int) -> Callable[[Place, int], Figure]:
    """The same where each sync takes ten milliseconds longer, L as well."""

    def measure(place: Place, runs: int) -> Figure:
        with tempfile.TemporaryDirectory() as folder:
            library = Path(folder, "slowsync.so")
            source = Path(__file__).with_name("slowsync.c")
            subprocess.run(["cc", "-shared", "-fPIC", "-o", library, source, "-ldl"], check=True)
            command = [sys.executable, "-m", "benchmarks", f"w1_callers_{callers}", "--json", "--runs", str(runs),
                       "--dir", str(place.folder)]  # fmt: skip
            slow = {**os.environ, "LD_PRELOAD": str(library), "SYNC_US": str(_SYNC_US)}
            said = subprocess.run(command, env=slow, check=True, capture_output=True, text=True).stdout
        return Figure(**{**json.loads(said), "name": f"w1_slow_disk_{callers}"})

    return measure


def w1_processes(place: Place, runs: int) -> Figure:
    """The worst p99 of a W1, in milliseconds, where eight threads of one process and one of another share a file.

    Raw is one L by itself.
    """
    with place.sqlite() as urls:
        Office(urls[0]).close()
        raw = Raw.on(urls[1])
        pairs = in_turn(lambda: _worst(urls[0]), lambda: 1e3 / per_second(raw.pair, _SECONDS / 2), runs)
    return figure("w1_processes", "ms", "sqlite", pairs)


def _rate(office: Office, callers: int, seconds: float) -> float:
    """How many W1 a second so many threads do."""
    began = time.perf_counter()
    return len(_taken(office, callers, seconds)) / (time.perf_counter() - began)


def _taken(office: Office, callers: int, seconds: float) -> list[float]:
    """What each W1 of so many threads took, in milliseconds."""
    until, taken = time.perf_counter() + seconds, list[float]()

    def call() -> None:
        while (began := time.perf_counter()) < until:
            office.pair()
            taken.append((time.perf_counter() - began) * 1e3)

    threads = [threading.Thread(target=call) for _ in range(callers)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return taken


def _worst(url: str) -> float:
    spawn = multiprocessing.get_context("spawn")
    answers, together = spawn.Queue(), spawn.Barrier(len(_SHAPE))
    processes = [spawn.Process(target=_works, args=(url, threads, together, answers)) for threads in _SHAPE]
    for process in processes:
        process.start()
    found: list[float] = [answers.get() for _ in processes]
    for process in processes:
        process.join()
    return max(found)


def _works(url: str, threads: int, together: Any, answers: Any) -> None:
    """The p99 of one process, told when all have done."""
    office = Office(url)
    _taken(office, threads, _SECONDS / 4)
    together.wait()
    taken = sorted(_taken(office, threads, 3 * _SECONDS))
    answers.put(taken[len(taken) * 99 // 100])
    office.close()
