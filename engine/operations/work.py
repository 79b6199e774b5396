"""What runs without anybody pressing: clocks that ring, jobs that are due, checkpoints of the journal."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from typing import Any

from engine.clock import HOUR, MINUTE, SECOND, Micros, SetClock
from engine.errors import Busy, Conflict, NotFound, Unanswered
from engine.extend.context import WriteContext
from engine.extend.contributions import Reaction
from engine.operations.cases import tick
from engine.operations.commands.owing import settle
from engine.operations.commands.projection import open_rows
from engine.operations.commands.rechecking import recheck
from engine.operations.context import Context
from engine.operations.notices import deliver, send
from engine.operations.people import directory
from engine.runtime.refusals import plugin_away, waits_for
from engine.store import cases, checkpoints, jobs, people, tasks
from engine.store.failures import Duplicate
from engine.store.line import LONGEST
from engine.store.transaction import Tx

_LOG = logging.getLogger("rongtong.work")
#: A job is somebody's for this long before another worker may take it: longer than a transaction can last.
LEASE: Micros = (LONGEST + 10) * SECOND


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
        except Exception:
            _LOG.exception("clock %s of case %s could not ring", n, case_id)
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


def run_jobs(ctx: Context, limit: int = 20) -> int:
    """Claim a job that is due and run it, then the next, *limit* at most; how many. Each runs at least once."""
    return sum(_jobs(ctx, limit, outbound=outbound) for outbound in (False, True))


def _jobs(ctx: Context, limit: int, *, outbound: bool) -> int:
    def look(tx: Tx) -> bool:
        return jobs.due(tx, ctx.id, outbound=outbound, now=ctx.now, wall=ctx.clock.wall())

    def claim(tx: Tx) -> jobs.Job | None:
        return jobs.claim(tx, ctx.id, outbound=outbound, now=ctx.now, wall=ctx.clock.wall(), lease=LEASE)

    done = 0
    if ctx.runner.run(look, write=False):
        while done < limit and (job := ctx.runner.run(claim)) is not None:
            _run(ctx, job)
            done += 1
    return done


def _run(ctx: Context, job: jobs.Job) -> None:
    """Do one job that was claimed; what fails in it is said and tried later."""
    try:
        _outside(ctx, job)
        ctx.runner.run(lambda tx: _finish(ctx, tx, job))
    except Busy:
        raise  # the database is at fault, not the job: its lease runs out and it comes again
    except Unanswered as silence:
        _put_by(ctx, job, silence)
    except Exception as reason:
        _LOG.exception("job %s (%s) failed", job.id, job.kind)
        said = type(reason).__name__
        ctx.runner.run(lambda tx: jobs.fail(tx, job, now=ctx.now, error=said))


def _put_by(ctx: Context, job: jobs.Job, silence: Unanswered) -> None:
    """A job whose plugin is away waits for it and has not been tried; any other silence is a try that failed."""
    said = str(silence.details["why"])
    if waits_for(said):
        ctx.runner.run(lambda tx: jobs.park(tx, job))
        return
    _LOG.error("job %s (%s) failed: %s", job.id, job.kind, said)
    ctx.runner.run(lambda tx: jobs.fail(tx, job, now=ctx.now, error=said))


def _outside(ctx: Context, job: jobs.Job) -> None:
    """What reaches outside the database happens before the job ends, while no transaction writes: perhaps twice."""
    kind, _, name = job.kind.partition(":")

    def look_and_send(tx: Tx) -> None:
        if jobs.held(tx, job):
            send(ctx, tx, name, job.body)

    if kind == "send":
        ctx.runner.run(look_and_send, write=False)


def _finish(ctx: Context, tx: Tx, job: jobs.Job) -> None:
    """Do the job and end it in one transaction; one whose lease was taken over does nothing."""
    if not jobs.finish(tx, job):
        return
    _KINDS[job.kind.partition(":")[0]](ctx, tx, job)


def _sent(ctx: Context, tx: Tx, job: jobs.Job) -> None:
    """It was sent before, outside of every transaction that writes."""


def _notice(ctx: Context, tx: Tx, job: jobs.Job) -> None:
    deliver(ctx, tx, job.stream, job.n, job.body["told"])


def _plugin(ctx: Context, tx: Tx, job: jobs.Job) -> None:
    """Whatever the plugin has for this; nothing at all is a fault, or the work would be lost without a word."""
    plugin, _, name = job.kind.removeprefix("plugin:").partition(".")
    if ctx.away(plugin) is not None:
        raise plugin_away(plugin)
    registry = ctx.registry
    every = registry.given(Reaction, ctx.enabled)
    mine = [one for one in every if one.name == name and registry.owner(one) == plugin]
    if not mine:
        raise LookupError(job.kind)
    for reaction in mine:
        reaction.run(_write_context(ctx, tx, plugin), job.body)


def _write_context(ctx: Context, tx: Tx, plugin: str) -> WriteContext:
    return WriteContext(
        district=ctx.id, db=tx.connection, now=ctx.now, directory=directory(tx, ctx),
        settings=ctx.plugin_settings(plugin), new_id=ctx.ids.new,
    )  # fmt: skip


_KINDS: Mapping[str, Callable[[Context, Tx, Any], None]] = {
    "notice": _notice, "plugin": _plugin, "send": _sent, "owed": settle,
}  # fmt: skip


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
    """Everything that is due now: clocks, then jobs; how many things were done."""
    return ring(ctx) + run_jobs(ctx)


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
