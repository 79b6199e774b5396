"""Forms as doors show them: which fields to fill, their widgets, their options, what stands in them already."""

from __future__ import annotations

from collections.abc import Container, Iterable
from typing import Any

from engine.definition.model import Field, Process
from engine.extend.context import ReadContext
from engine.i18n import Text, both
from engine.operations.context import Context
from engine.operations.people import People, directory
from engine.operations.views import FormField
from engine.store.transaction import Tx

#: A list to choose from holds this many lines at most; beyond that one types to find.
MOST_OPTIONS = 300


def read_context(ctx: Context, tx: Tx, plugin: str) -> ReadContext:
    """What a plugin's reading function is handed."""
    return ReadContext(
        district=ctx.id, db=tx.connection, now=ctx.now, directory=directory(tx, ctx),
        settings=ctx.plugin_settings(plugin),
    )  # fmt: skip


class Forms:
    """The fields of one process as forms, read in one transaction."""

    def __init__(self, ctx: Context, tx: Tx, process: Process, people: People) -> None:
        self.ctx, self.tx, self.process, self.people = ctx, tx, process, people

    def fields(
        self, names: Iterable[str], data: dict[str, Any], *, complete: Container[str] | None = None,
        must: Container[str] = (),
    ) -> tuple[FormField, ...]:  # fmt: skip
        """The fields to fill: ``must`` are required, of ``complete`` (None = all) those that are not optional."""
        found = [field for name in names if (field := self.process.field_named(name)) is not None]
        return tuple(
            self.field(field, data.get(field.name), required=field.name in must or (
                not field.optional and (complete is None or field.name in complete)
            ))
            for field in found
            if field.value is None
        )  # fmt: skip

    def field(self, field: Field, value: Any, *, required: bool = True) -> FormField:
        """One field; ``value`` is what stands in it, ``required`` whether it may not stay empty where it is asked."""
        if value is None and field.default is not None and field.default.formula is None:
            value = field.default.constant
        return FormField(
            name=field.name,
            title=field.title,
            type=field.type.name,
            value=value,
            required=required and field.when is None,
            options=self.options(field),
            min=field.min,
            max=field.max,
            group=field.group,
            columns=tuple(self.field(column, None, required=not column.optional) for column in field.columns),
            key=field.key,
        )

    def options(self, field: Field) -> tuple[tuple[str, Text], ...]:
        """The lines of a list to choose from: (stored value, words)."""
        if field.options:
            return tuple((option, both(option)) for option in field.options)
        if field.type.name == "unit":
            return tuple((u.id, both(u.short)) for u in self.people.units()[:MOST_OPTIONS])
        if field.type.name == "person":
            return tuple(
                (p.id, both(f"{p.name}（{self.people.unit_name(p.unit)}）")) for p in self.people.persons(MOST_OPTIONS)
            )
        kind = self.ctx.registry.field_type(field.type.name)
        if kind is None:
            return ()
        plugin = self.ctx.registry.owner(kind)
        records = kind.find(read_context(self.ctx, self.tx, plugin), "", MOST_OPTIONS)
        return tuple((r.id, both(f"{r.label}　{r.hint}" if r.hint else r.label)) for r in records)
