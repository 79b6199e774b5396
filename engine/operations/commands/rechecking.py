"""After rights have changed: what is open is asked of those who may act on it now."""

from __future__ import annotations

from engine.operations.commands.order import Order
from engine.operations.commands.perform import changed_alone
from engine.operations.context import Context
from engine.runtime import commands as c
from engine.store.astray import astray


def recheck(ctx: Context) -> int:
    """Look again at every case whose open tasks may have gone astray; how many changed.

    A right that is gone is refused at the very next act without this; it lets others find what was waiting for it.
    """
    found = ctx.runner.run(lambda tx: astray(tx, ctx.id, ctx.now), write=False)
    return sum(changed_alone(ctx, Order("recheck", c.Recheck(), case_id=case_id)) for case_id in found)
