"""Forms as doors show them: which fields to fill, their widgets, their options, what stands in them already."""

from __future__ import annotations

from typing import Any

from engine.clock import Micros
from engine.definition.model import Field, Process
from engine.definition.types import ValueType
from engine.definition.values import words
from engine.extend.context import ReadContext
from engine.i18n import Text, both
from engine.operations.context import Context
from engine.operations.people import People, directory
from engine.operations.views import FormField, Shown
from engine.runtime.env import CaseEnv
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
    """The fields of one process as forms and facts, read in one transaction; days are said as of *now*."""

    def __init__(self, ctx: Context, tx: Tx, process: Process, people: People, now: Micros | None = None) -> None:
        self.ctx, self.tx, self.process, self.people = ctx, tx, process, people
        self.now = ctx.now if now is None else now

    def fields(
        self, names: tuple[str, ...], data: dict[str, Any], must: tuple[str, ...] | None = None
    ) -> tuple[FormField, ...]:
        """The fields to fill; ``must`` limits which are required (None = all that are not optional)."""
        found = [field for name in names if (field := self.process.field_named(name)) is not None]
        return tuple(
            self.field(field, data.get(field.name), required=must is None or field.name in must)
            for field in found
            if field.value is None
        )

    def field(self, field: Field, value: Any, *, required: bool = True) -> FormField:
        """One field; ``value`` is what stands in it."""
        if value is None and field.default is not None and field.default.formula is None:
            value = field.default.constant
        return FormField(
            name=field.name,
            title=field.title,
            type=field.type.name,
            value=value,
            required=required and not field.optional and field.when is None,
            options=self.options(field),
            min=field.min,
            max=field.max,
            group=field.group,
            columns=tuple(self.field(column, None) for column in field.columns),
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
                (p.id, both(f"{p.name}（{self.people.unit_name(p.unit)}）"))
                for p in self.people.persons(MOST_OPTIONS)
            )
        kind = self.ctx.registry.field_type(field.type.name)
        if kind is None:
            return ()
        plugin = self.ctx.registry.owner("register_types", kind)
        records = kind.find(read_context(self.ctx, self.tx, plugin), "", MOST_OPTIONS)
        return tuple((r.id, both(f"{r.label}　{r.hint}" if r.hint else r.label)) for r in records)

    def shown(self, names: tuple[str, ...], data: dict[str, Any], env: CaseEnv | None = None) -> tuple[Shown, ...]:
        """Facts to read: every named field that holds something."""
        found: list[Shown] = []
        for name in names:
            field = self.process.field_named(name)
            if field is None or data.get(name) in (None, "", []):
                continue
            if env is not None and field.when is not None and not env.truth(field.when):
                continue
            found.append(Shown(name, field.title, self.words(field, data[name])))
        return tuple(found)

    def words(self, field: Field, value: Any) -> Text:
        """A stored value of a field in words, masked where it is sensitive."""
        if field.sensitive:
            return both(masked(str(value)))
        if field.columns:
            return both("；".join(self._row(field, row) for row in value))
        return self.typed(field.type, value)

    def typed(self, of: ValueType, value: Any) -> Text:
        """A stored value of a type in words; a reference by the name people know it by."""
        if of.name == "unit":
            return both(self.people.unit_name(value))
        if of.name == "person":
            return both(self.people.person_name(value))
        kind = self.ctx.registry.field_type(of.name)
        if kind is not None:
            plugin = self.ctx.registry.owner("register_types", kind)
            records = kind.read(read_context(self.ctx, self.tx, plugin), [value])
            return both(records[0].label if records else value)
        return words(of, value, self.now)

    def _row(self, field: Field, row: dict[str, Any]) -> str:
        return "，".join(
            f"{c.title.zh}{self.words(c, row[c.name]).zh}" for c in field.columns if row.get(c.name) is not None
        )

    def subject(self, data: dict[str, Any]) -> str:
        """What tells this case from the next in a list; a bare number carries its field's title.

        It is stored, and read in later years too: made with the case's start as its now, a day says its year
        unless it is the year in which the case started, which the case's number tells.
        """
        parts = []
        for name in self.process.subject:
            field = self.process.field_named(name)
            if field is None or data.get(name) in (None, "", []):
                continue
            said = self.words(field, data[name]).zh
            parts.append(f"{field.title.zh}{said}" if field.type.name in ("integer", "decimal") else said)
        return " · ".join(parts)


def masked(text: str) -> str:
    """A sensitive value with its middle hidden."""
    if len(text) <= 4:
        return "*" * len(text)
    keep = 3 if len(text) >= 8 else 1
    return f"{text[:keep]}{'*' * (len(text) - 2 * keep)}{text[-keep:]}"
