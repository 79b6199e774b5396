"""The live facts of one command: the store's answers, with what plugins and the journal add."""

from __future__ import annotations

from typing import Any

from engine.clock import Micros
from engine.operations.audiences import must_answer
from engine.operations.context import Context
from engine.operations.history import events_of, turns
from engine.operations.people import People, people_of
from engine.operations.plugin_answers import asked, records
from engine.operations.plugin_contexts import read_context
from engine.runtime.draft import Definition
from engine.runtime.refusals import plugin_away
from engine.store.facts import LiveFacts
from engine.store.known import Known
from engine.store.transaction import Tx

OperationFacts = LiveFacts


def facts_for(
    ctx: Context, tx: Tx, definition: Definition, now: Micros, case_id: str, people: People | None = None,
    *, deciding: bool = False, version: str = "",
) -> LiveFacts:  # fmt: skip
    """The facts that showing a case of *definition* may ask for, or *deciding* on it, on *tx*, and of what *people*
    read before.

    With the *version* of who is who that was read on *tx*, what is kept under it is not read again.
    """  # fmt: skip

    def known() -> Known | None:
        return ctx.system.directories.of(tx, ctx.id, version, now) if version else None

    def attribute(type_name: str, key: str, name: str) -> Any:
        kept = records(ctx, tx, type_name, definition.catalogue.owner(type_name))
        found = kept.read([key]) if kept else ()
        return found[0].attributes.get(name) if found else None

    def resolve(name: str, args: dict[str, Any]) -> tuple[str, ...]:
        resolver, plugin = ctx.registry.resolver(name), definition.catalogue.owner(name)
        if resolver is None:
            raise plugin_away(plugin)

        def named() -> tuple[str, ...]:
            found = tuple(resolver.resolve(read_context(ctx, tx, plugin), args))
            must_answer(ctx, tx, names, plugin, resolver, found)
            return found

        return asked(ctx, tx, plugin, name, named)

    names, calendar = people or people_of(ctx, tx), ctx.district.calendar
    return LiveFacts(
        tx,
        ctx.id,
        now,
        directory=names,
        settings=ctx.district.settings.get(definition.process.name, {}),
        calendar=lambda _unit: calendar,
        read_attribute=attribute,
        resolve=resolve,
        history=lambda: events_of(turns(tx, ctx.id, case_id)),
        roles=definition.roles,
        deciding=deciding,
        known=known,
    )
