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
from benchmarks.raw import Raw, pgbench

_SECONDS = 1.0
#: How long processes work beside each other.
_TOGETHER = 3.0
_SYNC_US = 10_000
#: Threads of the two processes that share a file.
_SHAPE = (8, 1)
#: Threads of the two processes on one server, and clients of pgbench.
_ON_SERVER, _CLIENTS = (8, 8), 8


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


def w1_server(place: Place, runs: int) -> Figure:
    """W1 a second by sixteen threads in two processes on PostgreSQL, on two CPUs.

    Raw is pgbench, which is written in C, with eight clients that write the rows of L.
    """
    with place.postgresql(cpus=2) as urls:
        Office(urls[0]).close()
        Raw.on(urls[1])
        pairs = in_turn(lambda: _of_server(urls[0]), lambda: pgbench(urls[1], _CLIENTS, int(_TOGETHER)), runs)
    return figure("w1_server", "W1/s", "postgresql", pairs)


def _of_server(url: str) -> float:
    return sum(map(len, _together(url, _ON_SERVER))) / _TOGETHER


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
    return max(sorted(taken)[len(taken) * 99 // 100] for taken in _together(url, _SHAPE))


def _together(url: str, shape: tuple[int, ...]) -> list[list[float]]:
    """What each W1 took, in milliseconds, in processes of so many threads that work at once."""
    spawn = multiprocessing.get_context("spawn")
    answers, together = spawn.Queue(), spawn.Barrier(len(shape))
    processes = [spawn.Process(target=_works, args=(url, threads, together, answers)) for threads in shape]
    for process in processes:
        process.start()
    found: list[list[float]] = [answers.get() for _ in processes]
    for process in processes:
        process.join()
    return found


def _works(url: str, threads: int, together: Any, answers: Any) -> None:
    office = Office(url)
    _taken(office, threads, _SECONDS / 4)
    together.wait()
    answers.put(_taken(office, threads, _TOGETHER))
    office.close()
