"""What goes wrong in the story: a plugin is not there, an action or an undo raises."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

from engine.extend.registry import Registry
from engine.operations.background.inner import run_jobs
from engine.operations.background.returning import resume
from engine.operations.context import Context
from engine.operations.districts import context


def away(ctx: Context, plugin: str) -> Context:
    """The district in a process where *plugin* is not installed."""
    registry = Registry.discovered(without=(plugin,))
    return context(replace(ctx.system, registry=registry, definitions={}, districts={}), ctx.id)


def came_back(ctx: Context) -> None:
    """What a worker does in its first minutes once the plugin is back."""
    for _ in range(3):
        resume(ctx)
        run_jobs(ctx)


@contextmanager
def failing(ctx: Context, name: str) -> Iterator[Context]:
    """The district in a process where the action or the undo *name* raises."""

    def fails(*_: Any) -> Any:
        raise TimeoutError

    actions, undos = ctx.catalogue.actions, ctx.registry._undos
    table, put = (actions, {"run": fails}) if name in actions else (undos, {"body": fails})
    sound = table[name]
    table[name] = replace(sound, **put)
    try:
        yield context(replace(ctx.system, definitions={}, districts={}), ctx.id)
    finally:
        table[name] = sound
