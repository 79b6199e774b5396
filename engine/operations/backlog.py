"""Each district's backlog, for whoever watches the installation: counts, and nothing of what they count."""

from __future__ import annotations

from typing import Final

from engine.clock import MINUTE
from engine.operations.context import System
from engine.operations.districts import all_contexts
from engine.store.backlog import Backlog, backlog

#: A worker at work looks every few seconds: what has been due for longer waits for one.
LATE: Final = 5 * MINUTE


def of_districts(system: System) -> dict[str, Backlog]:
    """Each district's by its id, read in one transaction where the caller shares one."""
    return {
        ctx.id: ctx.runner.run(
            lambda tx, ctx=ctx: backlog(tx, ctx.id, now=ctx.now, late=ctx.now - LATE),  # type: ignore[misc]
            write=False,
        )
        for ctx in all_contexts(system)
    }
