"""After rights have changed: what is open is asked of those who may act on it now."""

from __future__ import annotations

import logging

from engine.errors import Busy, Conflict, NotFound
from engine.operations.commands.perform import Order, perform
from engine.operations.context import ENGINE, Context
from engine.runtime import commands as c
from engine.store.astray import astray

_LOG = logging.getLogger("rongtong.work")


def recheck(ctx: Context) -> int:
    """Look again at every case whose open tasks may have gone astray; how many changed.

    A right that is gone is refused at the very next act without this; it lets others find what was waiting for it.
    """
    found = ctx.runner.run(lambda tx: astray(tx, ctx.id, ctx.now), write=False)
    return sum(_recheck(ctx, case_id) for case_id in found)


def _recheck(ctx: Context, case_id: str) -> bool:
    try:
        return bool(perform(ctx, ENGINE, Order("recheck", c.Recheck(), case_id=case_id)).body)
    except (Conflict, NotFound):
        return False  # it ended meanwhile
    except Busy:
        raise
    except Exception:  # a fault of one case must not keep the others astray
        _LOG.exception("the open tasks of case %s could not be looked at again", case_id)
        return False
