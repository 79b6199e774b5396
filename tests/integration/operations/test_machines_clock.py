"""On a server's database a machine whose clock is set goes by the database's time from its next transaction on."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import cast

import pytest

from engine.clock import HOUR, MINUTE, SECOND, Micros, SetClock
from engine.operations.background.claiming import LEASE
from engine.operations.background.inner import run_jobs
from engine.operations.clockwork import ring
from engine.store import jobs
from engine.store.databases import database_clock
from engine.store.databases.database import Database
from engine.store.databases.database_clock import DatabaseClock
from engine.store.schema import tables
from tests.integration.operations.looking import rows, watching
from tests.town import MORNING, Town, build


@dataclass
class Machine(SetClock):
    """A machine whose clock people set, beside the database's, which goes right: its steady time only goes on."""

    ticks: Micros = 100

    def steady(self) -> Micros:
        return self.ticks

    def go_on(self, by: Micros, monkeypatch: pytest.MonkeyPatch) -> None:
        """Time passes everywhere."""
        self.at, self.ticks = self.at + by, self.ticks + by
        monkeypatch.setattr(database_clock, "_ASK", f"SELECT {MORNING + self.ticks - 100}")


@pytest.fixture
def machine(monkeypatch: pytest.MonkeyPatch) -> Machine:
    made = Machine(MORNING)
    monkeypatch.setattr(database_clock, "_MACHINE", made)
    made.go_on(0, monkeypatch)
    return made


@pytest.fixture
def far(db: Database, machine: Machine) -> Iterator[Town]:
    """The town on a PostgreSQL whose clock is the town's."""
    made = build(db, clock=cast(SetClock, DatabaseClock(machine, db)))
    yield made
    made.system.runner.release()


_SERVERS = pytest.mark.parametrize("db_url", ["postgresql"], indirect=True)
_STEPS = (-3 * HOUR, -HOUR, -30 * SECOND, -SECOND, SECOND, 30 * SECOND, HOUR)


@_SERVERS
@pytest.mark.parametrize("passed", [0, 40 * SECOND, 2 * MINUTE])
@pytest.mark.parametrize("step", _STEPS)
def test_a_clock_that_was_set_is_measured_again_at_once(
    far: Town, machine: Machine, monkeypatch: pytest.MonkeyPatch, step: Micros, passed: Micros
) -> None:
    machine.go_on(passed, monkeypatch)
    machine.at += step
    far.ctx.runner.run(lambda tx: None)
    assert far.ctx.now == MORNING + passed


@_SERVERS
def test_a_clock_that_goes_its_way_is_measured_once_a_minute(
    far: Town, machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    far.ctx.runner.run(lambda tx: None)
    monkeypatch.setattr(database_clock, "_ASK", "SELECT no_such_column")
    for _ in range(5):
        machine.at, machine.ticks = machine.at + 10 * SECOND + 100, machine.ticks + 10 * SECOND
        far.ctx.runner.run(lambda tx: None)


@_SERVERS
@pytest.mark.parametrize("step", [-HOUR, HOUR])
def test_a_reminder_rings_and_a_lease_lasts_though_the_machine_was_set(
    far: Town, machine: Machine, monkeypatch: pytest.MonkeyPatch, step: Micros
) -> None:
    far.start("hold")
    (due,) = [row["ping_at"] for row in rows(far, tables.task) if row["ping_at"]]
    machine.go_on(due - MORNING, monkeypatch)
    machine.at += step
    assert ring(far.ctx) == 1, "in the first round after it was due"
    far.ctx.runner.run(lambda tx: jobs.enqueue(
        tx, far.ctx.id, id="j", stream="nothing", n=None, kind="notice", body={"told": []}, run_at=due,
    ))  # fmt: skip
    machine.at -= 2 * step
    with watching(far) as watch:
        run_jobs(far.ctx)
    claims = [values for sql, values in watch.sent if "lease_until" in sql and "RETURNING" in sql]
    assert claims and all(due + LEASE in values for values in claims), "by the database's clock"
    assert rows(far, tables.job) == [], "it was done"
