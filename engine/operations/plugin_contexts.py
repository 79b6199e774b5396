"""What a plugin's functions are handed: its own fenced connection to the district as it stands now, and who it is."""

from __future__ import annotations

from engine.extend.context import Directory, Handed, ReadContext, WriteContext, log_of
from engine.operations.context import Context
from engine.operations.reading.people import directory
from engine.store.transactions.runner import Tx


def handed(
    ctx: Context, tx: Tx, plugin: str, people: Directory | None = None, *, writing: bool = False
) -> Handed:
    """What every context of *plugin* holds while *tx* runs; *people* where somebody has read them already.

    Only with *writing* may it write, whether or not the transaction does.
    """
    return Handed(
        district=ctx.id, db=ctx.registry.connection(plugin, tx, district=ctx.id, writing=writing), now=ctx.now,
        directory=people or directory(tx, ctx), settings=ctx.plugin_settings(plugin), log=log_of(plugin),
    )  # fmt: skip


def read_context(ctx: Context, tx: Tx, plugin: str) -> ReadContext:
    """What a reading function of *plugin* is handed."""
    return ReadContext(**handed(ctx, tx, plugin))


def write_context(ctx: Context, tx: Tx, plugin: str) -> WriteContext:
    """What a function of *plugin* that writes is handed outside of every command."""
    return WriteContext(**handed(ctx, tx, plugin, writing=True), new_id=ctx.ids.new)
