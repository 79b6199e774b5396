"""What a plugin's reading functions are handed: its own connection to the district as it stands now."""

from __future__ import annotations

from engine.extend.context import ReadContext
from engine.operations.context import Context
from engine.operations.people import directory
from engine.store.transaction import Tx


def read_context(ctx: Context, tx: Tx, plugin: str) -> ReadContext:
    """What a plugin's reading function is handed."""
    return ReadContext(
        district=ctx.id, db=tx.connection, now=ctx.now, directory=directory(tx, ctx),
        settings=ctx.plugin_settings(plugin),
    )  # fmt: skip
