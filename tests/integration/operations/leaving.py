"""A plugin that leaves the town and comes back: the processes it is seen from, and what a worker does then."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

from engine.extend.loading.discovery import Plugin
from engine.extend.registry import Registry
from engine.operations.background.inner import run_jobs
from engine.operations.background.returning import resume
from engine.operations.districts import context
from tests.town import Town


def with_plugins(town: Town, *plugins: Plugin) -> Town:
    """The town in a process where these plugins alone are installed."""
    system = replace(town.system, registry=Registry(plugins), definitions={}, districts={})
    return replace(town, ctx=context(system, town.ctx.id))


@contextmanager
def away(town: Town) -> Iterator[Town]:
    """The town in a process where its desk is not installed."""
    yield with_plugins(town)


def came_back(town: Town) -> None:
    """What a worker does in its first minutes once the plugin is back."""
    for _ in range(3):
        resume(town.ctx)
        run_jobs(town.ctx)
