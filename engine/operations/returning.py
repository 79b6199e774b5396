"""What waited for a plugin that was away goes on once it is back, without anybody pressing."""

from __future__ import annotations

from engine.operations.commands.perform import Order, changed_alone
from engine.operations.context import Context
from engine.runtime import commands as c
from engine.runtime.refusals import waits_for
from engine.runtime.state import incidents
from engine.store import cases
from engine.store import incidents as store
from engine.store.transaction import Tx

#: So many steps are looked at in one round; the next round takes the rest.
_MOST = 200


def resume(ctx: Context) -> int:
    """Let the steps run again that wait for a plugin which can be used by now; how many went on."""
    waiting = ctx.runner.run(lambda tx: _waiting(ctx, tx), write=False)
    orders = (Order("retry", c.Retry("", n), case_id=case, asked={"n": n}) for case, n in waiting)
    return sum(changed_alone(ctx, order) for order in orders)


def _waiting(ctx: Context, tx: Tx) -> list[tuple[str, int]]:
    """The case and serial of each step that can go on."""
    found = []
    for failed in store.failed_steps(tx, ctx.id, _MOST):
        case = cases.load_case(tx, ctx.id, id=failed.case)
        node = incidents(case.state).get(failed.n) if case else None
        plugin = waits_for(node["bad"]["why"]) if node else ""
        if plugin and ctx.away(plugin) is None:
            found.append((failed.case, failed.n))
    return found
