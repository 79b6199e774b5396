"""A district on a ground that can be put aside, tortured and brought back."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from engine.clock import MINUTE, Micros, SetClock
from engine.content import shipped_workflows
from engine.definition.values.moments import read_datetime, to_micros
from engine.extend.registry import Registry
from engine.ids import SeededIds
from engine.operations.background.inner import run_jobs
from engine.operations.content.adopt import adopt
from engine.operations.content.library import Library
from engine.operations.content.pack import Pack
from engine.operations.context import Caller, Context, System
from engine.operations.districts import context
from engine.store import jobs
from engine.store.databases.database import Database, open_database
from engine.store.transactions.runner import Runner
from tests.databases import create_tables
from tests.torture.grounds import Ground, Raw
from tests.torture.scripts import Told

DISTRICT = "haicheng"
MORNING: Micros = to_micros(read_datetime("2026-06-10T09:00"))


@cache
def registry() -> Registry:
    """The shipped plugins."""
    return Registry.discovered()


@cache
def pack() -> Pack:
    """The district's pack."""
    found, problems = Library(shipped_workflows(), registry()).pack(DISTRICT)
    assert found, problems
    return found


@dataclass(frozen=True)
class World:
    """What a database held at a moment, put aside; ``line`` lines of the script had run."""

    kept: Any
    at: Micros
    line: int
    told: Told


@dataclass
class Place:
    """The one ground that everything happens on. The open database outlives its contents, for its caches."""

    ground: Ground
    database: Database = field(init=False)
    standing: Raw = field(init=False)
    at: Micros = MORNING
    line: int = 0
    told: Told = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Settle the district: its tables, units and people, and nothing that anybody has done."""
        self.database = open_database(self.ground.url)
        create_tables(self.database)
        for migration in registry().migrations():
            migration.metadata.create_all(self.database.engine)
        with self._runner() as runner:
            adopt(System(self.database, runner, registry(), SetClock(MORNING), SeededIds()), pack(), Caller(""))
        self.standing = self.ground.raw()

    @contextmanager
    def _runner(self) -> Iterator[Runner]:
        runner = Runner(self.database, clock=SetClock(self.at), pause=lambda _: None)
        try:
            yield runner
        finally:
            self.database.hook = None
            runner.release()
            self.database.engine.dispose()  # an open transaction is rolled back, as when its process dies

    def keep(self) -> World:
        """Put aside what is here now."""
        return World(self.ground.keep(f"line-{self.line}"), self.at, self.line, dict(self.told))

    def restore(self, world: World) -> None:
        """Be again as *world* was."""
        self.ground.restore(world.kept)
        self.at, self.line, self.told = world.at, world.line, dict(world.told)

    @contextmanager
    def open(self, *, again: int = 0) -> Iterator[Context]:
        """The district at work; ids are later than all that were drawn before, *again* counts restarts."""
        clock = SetClock(self.at)
        ids = SeededIds(self.line * 7 + again, start=MORNING + self.line * 10**9 + again * 10**6)
        with self._runner() as runner:
            yield context(System(self.database, runner, registry(), clock, ids, definitions=_CACHES[0], districts=_CACHES[1]), DISTRICT)
            self.at = clock.at


#: Published definitions and districts, read once for all copies: they are the same in each.
_CACHES: tuple[dict[Any, Any], dict[Any, Any]] = ({}, {})


def drained(ctx: Context) -> None:
    """Run the jobs of the next half hour; no clock rings."""
    clock = ctx.clock
    assert isinstance(clock, SetClock)
    end = clock.at + 30 * MINUTE
    while (coming := ctx.runner.run(lambda tx: jobs.next_run(tx, ctx.id), write=False)) is not None and coming < end:
        clock.at = max(coming, clock.at + 2 * MINUTE)  # past every lease that a lost worker left behind
        run_jobs(ctx)
