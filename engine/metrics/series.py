"""The series that are counted and measured, and how they are read; with several processes, those of all of them."""

from __future__ import annotations

import os
import platform
from collections.abc import Iterator
from importlib.metadata import version
from typing import Final

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector

from engine.clock import SECOND, Micros
from engine.hanging import Visit
from engine.operations.backlog import of_districts
from engine.operations.context import System
from engine.store.backlog import Backlog

#: Where the processes of one server keep what they count, a folder that is empty when they start; the library's own.
SHARED: Final = "PROMETHEUS_MULTIPROC_DIR"
#: What each count of a district's backlog means.
_BACKLOG: Final = {
    "jobs_due": "Jobs that may run now.",
    "jobs_late": "Jobs that might have run five minutes ago.",
    "jobs_failed": "Jobs whose last try failed, or that were given up.",
    "clocks_late": "Clocks that should have rung five minutes ago.",
    "steps_failed": "Steps that failed and wait for an administrator.",
}


class Series:
    """What one process counts of itself; ``text`` has it beside what the database says."""

    def __init__(self, system: System) -> None:
        self._system, self._registry = system, CollectorRegistry()
        self._calls_back, self._gives_up = Visit.calls_back, Visit.gives_up
        told = ["endpoint", "method", "status"]
        self._requests = Histogram(
            "rongtong_request_seconds", "How long requests took, by where they went.", told, registry=self._registry
        )
        self._commands = Counter(
            "rongtong_commands", "Commands on cases, by verb and what came of them.", ["verb", "result"],
            registry=self._registry,
        )  # fmt: skip
        self._watchdog = Counter(
            "rongtong_plugin_calls_ended", "Calls into plugins that took too long: called back, given up.", ["how"],
            registry=self._registry,
        )  # fmt: skip
        self._pool = Gauge(
            "rongtong_database_connections", "Connections to the database: in use, kept ready.", ["state"],
            registry=self._registry, multiprocess_mode="livesum",
        )  # fmt: skip

    def request(self, endpoint: str, method: str, status: str, took: Micros) -> None:
        """A request was answered."""
        self._requests.labels(endpoint, method, status).observe(took / SECOND)
        self._look()

    def command(self, verb: str, result: str) -> None:
        """A command was done, refused, too late for a busy database, or broke."""
        self._commands.labels(verb, result).inc()

    def _look(self) -> None:
        """Note what others keep count of: the watchdog, and the pool of connections."""
        calls_back, gives_up = Visit.calls_back, Visit.gives_up
        self._watchdog.labels("called_back").inc(max(0, calls_back - self._calls_back))
        self._watchdog.labels("given_up").inc(max(0, gives_up - self._gives_up))
        self._calls_back, self._gives_up = calls_back, gives_up
        pool = self._system.database.engine.pool
        for state, how_many in (("in_use", "checkedout"), ("ready", "checkedin")):
            self._pool.labels(state).set(getattr(pool, how_many)())

    def text(self) -> bytes:
        """All series as Prometheus reads them."""
        self._look()
        registry = self._registry
        if SHARED in os.environ:
            registry = CollectorRegistry()
            MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
        stored = CollectorRegistry()
        stored.register(_Stored(self._system))
        return generate_latest(registry) + generate_latest(stored)


class _Stored(Collector):
    """What the database says at the moment that it is asked, and what this program is."""

    def __init__(self, system: System) -> None:
        self._system = system

    def describe(self) -> list[Metric]:
        """Nothing beforehand: it would be a question to the database."""
        return []

    def collect(self) -> Iterator[Metric]:
        """A series for each count, with a value for each district."""
        build = GaugeMetricFamily("rongtong_build_info", "What runs here.", labels=["version", "python", "database"])
        build.add_metric([version("rongtong"), platform.python_version(), self._system.database.dialect], 1)
        yield build
        found = of_districts(self._system)
        for name in Backlog._fields:
            family = GaugeMetricFamily(f"rongtong_{name}", _BACKLOG[name], labels=["district"])
            for district, backlog in found.items():
                family.add_metric([district], getattr(backlog, name))
            yield family
