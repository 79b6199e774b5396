"""What the districts of a database have published: their current processes, checked again, and who uses a plugin."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import yaml

from engine.cli import options
from engine.definition.load import load_process
from engine.definition.model import Process
from engine.errors import Problem
from engine.extend.registry import Registry
from engine.i18n import Text
from engine.operations.content.pack import with_settings
from engine.operations.content.publish import all_current, current
from engine.operations.context import Context
from engine.operations.districts import all_contexts
from engine.runtime.draft import Definition
from engine.runtime.examples import run_examples


def as_yaml(process: Process) -> str:
    """The effective process as a file would say it, standing by itself."""
    document = {key: value for key, value in process.document.items() if key != "extends"}
    return yaml.safe_dump(document, allow_unicode=True, sort_keys=False, width=110).rstrip()


def check_published(url: str) -> tuple[Problem, ...]:
    """Every problem that the published processes have with the program and the plugins of today."""
    with options.opened(url) as system:
        return tuple(problem for ctx in all_contexts(system) for problem in _check(ctx))


def _check(ctx: Context) -> Iterator[Problem]:
    for definition in ctx.runner.run(lambda tx: all_current(ctx, tx), write=False):
        place = f"{ctx.id}/{definition.process.name}"
        process, problems = load_process(
            as_yaml(definition.process), place, ctx.authoring, find_base=lambda _name: None
        )
        yield from problems
        if process is not None:
            yield from run_examples(Definition(process, ctx.catalogue), ctx.district.calendar)


def published(url: str, district: str | None, name: str) -> tuple[Process, Mapping[str, Text]]:
    """The current version of a process in *district*, or in the only one there is, and what its roles are called."""
    with options.opened(url) as system:
        ctx = options.entered(system, district)
        process = ctx.runner.run(lambda tx: current(ctx, tx, name), write=False).process
        return with_settings(process, ctx.district.settings.get(name, {})), ctx.district.roles


def _doubt(ctx: Context, plugin: str) -> Text | None:
    """What today's limits say to the settings that the district has stored."""
    return next(iter(ctx.reading(plugin).doubts), None)


def users(url: str) -> tuple[Registry, dict[str, dict[str, Text | None]]]:
    """The plugins as the database at *url* has them; plugin → the districts that use it, and what is wrong there."""
    found: dict[str, dict[str, Text | None]] = {}
    with options.opened(url) as system:
        for ctx in all_contexts(system):
            for plugin in ctx.district.plugins:
                found.setdefault(plugin, {})[ctx.id] = ctx.away(plugin) or _doubt(ctx, plugin)
        return system.registry, found
