"""What runs by the clock: steps whose time has come, checkpoints of the journal, a set clock that is moved on."""

from __future__ import annotations

import logging

from engine.clock import HOUR, MINUTE, Micros, SetClock
from engine.errors import Busy, Conflict, NotFound
from engine.extend.calls.faults import said_of
from engine.operations.background.claiming import LEASE
from engine.operations.background.inner import run_jobs
from engine.operations.background.outbound import send_jobs
from engine.operations.cases import tick
from engine.operations.commands.projection import open_rows
from engine.operations.commands.rechecking import recheck
from engine.operations.context import Context
from engine.store import cases, checkpoints, jobs, people, tasks
from engine.store.transactions.failures import Duplicate
from engine.store.transactions.runner import Tx

_LOG = logging.getLogger("rongtong.work")


def ring(ctx: Context, limit: int = 100) -> int:
    """Let every clock that is due ring; how many were. One that cannot is logged, rests, and stops no other."""
    due = ctx.runner.run(lambda tx: tasks.ringing(tx, ctx.id, ctx.now, limit), write=False)
    for case_id, n in due:
        try:
            if tick(ctx, case_id, n).body:
                continue
        except Busy:
            raise
        except (Conflict, NotFound):
            _LOG.info("clock %s of case %s found the case changed", n, case_id)  # mostly, somebody acted first
        except Exception as fault:
            _LOG.exception("clock %s of case %s could not ring: %s", n, case_id, said_of(fault).en)
        _rest(ctx, case_id, n)
    return len(due)


def _rest(ctx: Context, case_id: str, n: int) -> None:
    """Let a clock that is still due rest: as long as it has been due already, from a minute up to an hour."""

    def work(tx: Tx) -> None:
        case = cases.lock(tx, ctx.id, id=case_id)
        row = tasks.get(tx, ctx.id, case_id, n)
        if case is None or row is None or row.ping_at is None or row.ping_at > ctx.now:
            return
        wanted = open_rows(case.state, case.process).get(n, {}).get("ping_at")
        again = None if wanted is None else ctx.now + min(max(ctx.now - wanted, MINUTE), HOUR)
        tasks.set_clock(
            tx, ctx.id, case_id, n, due_at=row.due_at, ping_at=again,
            needed_by=row.needed_by, needed_why=row.needed_why,
        )  # fmt: skip

    ctx.runner.run(work)


def seal(ctx: Context) -> bool:
    """Anchor the heads of the journal that moved since the last checkpoint; False when none did.

    Of several workers that seal at once one does; the others leave it to the next minute.
    """
    try:
        made = ctx.runner.run(lambda tx: checkpoints.take(tx, ctx.id, at=ctx.clock.wall(), now=ctx.now))
    except Duplicate:
        return False
    return made is not None


def work_once(ctx: Context) -> int:
    """Everything that is due now in a district that is not live: clocks, then jobs; how many things were done."""
    return ring(ctx) + run_jobs(ctx) + send_jobs(ctx)


def pass_time(ctx: Context, clock: SetClock, until: Micros) -> None:
    """Move a set clock to *until*, stopping where a clock or a job falls due or somebody's right changes."""
    while (coming := ctx.runner.run(lambda tx: _next(ctx, tx), write=False)) is not None and coming[0] <= until:
        clock.at = max(clock.at, coming[0])
        if coming[1]:
            recheck(ctx)
        elif work_once(ctx) == 0:  # a worker that is gone holds a job: look again when its lease has run out
            if clock.at >= until:
                break
            clock.at = min(clock.at + LEASE, until)
    clock.at = max(clock.at, until)


def _next(ctx: Context, tx: Tx) -> tuple[Micros, bool] | None:
    """When something happens next, and whether it is that somebody's right begins or ends."""
    work = (tasks.next_ring(tx, ctx.id), jobs.next_run(tx, ctx.id))
    rights = people.next_change(tx, ctx.id, ctx.now)
    moments = [(at, False) for at in work if at is not None] + ([] if rights is None else [(rights, True)])
    return min(moments, default=None)
