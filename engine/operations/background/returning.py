"""What waited for a plugin that was away goes on once it is back, without anybody pressing."""

from __future__ import annotations

from typing import Any

from engine.operations.commands.order import Order
from engine.operations.commands.perform import changed_alone
from engine.operations.context import Context
from engine.runtime import commands as c
from engine.runtime.state import incidents
from engine.store import cases, jobs
from engine.store import incidents as store
from engine.store.transactions.runner import Tx

#: So many steps of one plugin go on in one round; the next round takes the rest.
_MOST = 200


def resume(ctx: Context) -> int:
    """Let run again what waits for a plugin that can be used by now; how many things.

    Whatever it is waits until its case owes that plugin nothing any more: what it did before is undone first.
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
    """Let those of the jobs *back* run that nothing comes before; how many."""
    return jobs.unpark(tx, ctx.id, [job.id for job in back if _first(ctx, tx, job)], now=ctx.now)


def _first(ctx: Context, tx: Tx, job: Any) -> bool:
    """Whether the case of *job* owes its plugin nothing, or this first of all."""
    return jobs.oldest(tx, ctx.id, job.stream, f"owed:{_plugin(job.kind)}") in ("", job.id)


def _waiting(ctx: Context, tx: Tx) -> list[tuple[str, int]]:
    """The case and serial of each step that can go on."""
    found = []
    for plugin in ctx.enabled:
        for failed in store.waiting_steps(tx, ctx.id, plugin, _MOST):
            case = cases.load_case(tx, ctx.id, id=failed.case)
            node = incidents(case.state).get(failed.n) if case else None
            if node and node["bad"]["waits"] == plugin:
                found.append((failed.case, failed.n))
    return found
