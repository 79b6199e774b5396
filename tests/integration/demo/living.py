"""A short demo, lived through by made-up people up to a still moment."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from sqlalchemy import text

from engine.app import open_system
from engine.cli import options
from engine.clock import Micros, SetClock
from engine.definition.values.moments import read_datetime, to_micros
from engine.demo.history import make_history, packs
from engine.demo.plan import Plan
from engine.extend.loading.discovery import ENGINE
from engine.extend.registry import Registry
from engine.ids import SeededIds
from engine.operations.context import System

#: When it ends: a Tuesday in June.
NOW = to_micros(read_datetime("2026-06-16T15:20"))


def short(plan: Plan) -> Plan:
    """The shipped plan with fewer days and cases."""
    processes = tuple(
        replace(one, share={district: max(2, share // 12) for district, share in one.share.items()})
        for one in plan.processes
    )
    return replace(plan, days=8, processes=processes)


def without(made: System, file: Path, plugin: str) -> System:
    """A copy of the history of *made* in *file*, opened where *plugin* is not installed; "" for where all are."""
    with made.database.connect() as connection:
        connection.execute(text("VACUUM INTO :file"), {"file": str(file)})
    registry = Registry([one for one in made.registry.plugins if one.name not in (plugin, ENGINE)])
    return open_system(f"sqlite:///{file}", clock=SetClock(NOW), ids=SeededIds(7), registry=registry)


def lived(folder: Path, plan: Plan, end: Micros = NOW) -> System:
    """A new system in *folder* after the days of *plan*, at *end*."""
    library = options.library(None)
    clock = SetClock(0)
    system = open_system(
        f"sqlite:///{folder}/demo.db", clock=clock, ids=SeededIds(plan.seed), registry=library.registry
    )
    make_history(system, clock, packs(library, plan), plan, end, lambda _title, _more: None)
    return system
