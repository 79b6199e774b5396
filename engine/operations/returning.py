"""What waited for a plugin that was away goes on once it is back, without anybody pressing."""

from __future__ import annotations

from typing import Any

from engine.operations.commands.perform import Order, changed_alone
from engine.operations.context import Context
from engine.runtime import commands as c
from engine.runtime.state import incidents
from engine.store import cases, jobs
from engine.store import incidents as store
from engine.store.transaction import Tx

#: So many steps are looked at in one round; the next round takes the rest.
_MOST = 200


def resume(ctx: Context) -> int:
    """Let run again what waits for a plugin that can be used by now; how many things.

    A step waits until its case owes that plugin nothing any more: what it did before is undone first.
    """
    put_by = ctx.runner.run(lambda tx: jobs.parked(tx, ctx.id), write=False)
    back = [job for job in put_by if ctx.away(_plugin(job.kind)) is None]
    woken = ctx.runner.run(lambda tx: _wake(ctx, tx, back)) if back else 0
    waiting = ctx.runner.run(lambda tx: _waiting(ctx, tx), write=False)
    orders = (Order("retry", c.Retry("", n), case_id=case, asked={"n": n}) for case, n in waiting)
    return woken + sum(changed_alone(ctx, order) for order in orders)


def _plugin(kind: str) -> str:
    """Whose the jobs of *kind* are."""
    return kind.partition(":")[2].partition(".")[0]


def _wake(ctx: Context, tx: Tx, back: list[Any]) -> int:
    """Let the jobs *back* run, of what a case owes only the oldest; how many."""
    ready = [job.id for job in back if not job.kind.startswith("owed:") or _first(ctx, tx, job)]
    return jobs.unpark(tx, ctx.id, ready, now=ctx.now)


def _first(ctx: Context, tx: Tx, job: Any) -> bool:
    return bool(jobs.oldest(tx, ctx.id, job.stream, job.kind) == job.id)


def _waiting(ctx: Context, tx: Tx) -> list[tuple[str, int]]:
    """The case and serial of each step that can go on."""
    found = []
    for failed in store.failed_steps(tx, ctx.id, _MOST):
        case = cases.load_case(tx, ctx.id, id=failed.case)
        node = incidents(case.state).get(failed.n) if case else None
        plugin = node["bad"]["waits"] if node else ""
        if plugin and ctx.away(plugin) is None and not jobs.oldest(tx, ctx.id, failed.case, f"owed:{plugin}"):
            found.append((failed.case, failed.n))
    return found
