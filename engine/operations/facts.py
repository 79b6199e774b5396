"""The live facts of one command: the store's answers, with what plugins and the journal add."""

from __future__ import annotations

from typing import Any

from engine.audience import AudienceKey
from engine.extend.calls.json_values import not_json
from engine.operations.audiences import must_answer
from engine.operations.context import Context
from engine.operations.plugin_answers import asked, records
from engine.operations.plugin_contexts import read_context
from engine.operations.reading.history import events_of, turns
from engine.operations.reading.people import People, people_of
from engine.runtime.draft import Definition
from engine.runtime.refusals import plugin_away
from engine.runtime.shapes.events import History
from engine.store.facts import LiveFacts
from engine.store.known import Known
from engine.store.transactions.runner import Tx


class OperationFacts(LiveFacts):
    """The facts that showing a case of *definition* may ask for, or *deciding* on it, on *tx*, and of what *people*
    read before.

    With the *version* of who is who that was read on *tx*, what is kept under it is not read again.
    """

    def __init__(
        self, ctx: Context, tx: Tx, definition: Definition, case_id: str, people: People | None = None, *,
        deciding: bool = False, version: str = "",
    ) -> None:  # fmt: skip
        self._ctx, self._definition, self._case, self._version = ctx, definition, case_id, version
        self._people = people or people_of(ctx, tx)
        super().__init__(
            tx, ctx.id, ctx.now, directory=self._people, calendar=ctx.district.calendar, roles=definition.roles,
            settings=ctx.district.settings.get(definition.process.name, {}), deciding=deciding,
        )  # fmt: skip

    def known(self) -> Known | None:
        """What is kept under the version of who is who."""
        version = self._version
        return self._ctx.system.directories.of(self._tx, self._ctx.id, version, self._now) if version else None

    def history(self) -> History | None:
        """The events of each of the case's commands so far; None when what was typed has been erased."""
        return events_of(turns(self._tx, self._ctx.id, self._case))

    def read_record(self, type_name: str, key: str) -> dict[str, Any] | None:
        """What the plugin's own type says of it; what nothing can keep is as good as empty."""
        catalogue = self._definition.catalogue
        kept = records(self._ctx, self._tx, type_name, catalogue.owner(type_name))
        found, spec = kept.read([key]) if kept else (), catalogue.types.get(type_name)
        if not found or spec is None:
            return None
        said = {name: found[0].attributes.get(name) for name, _ in spec.attributes}
        return {name: value for name, value in said.items() if not not_json(value)}

    def resolved(self, resolver: str, args: dict[str, Any]) -> tuple[AudienceKey, ...]:
        """What the plugin answers, which has to be of this district."""
        ctx, tx = self._ctx, self._tx
        brought, plugin = ctx.registry.resolver(resolver), self._definition.catalogue.owner(resolver)
        if brought is None:
            raise plugin_away(plugin)

        def named() -> tuple[AudienceKey, ...]:
            found = brought.resolve(read_context(ctx, tx, plugin, self._people), args)
            return must_answer(ctx, tx, self._people, plugin, brought, found)

        return asked(ctx, tx, plugin, resolver, named)
