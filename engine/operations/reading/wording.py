"""Stored values in the words that people read, each whole or masked."""

from __future__ import annotations

from typing import Any, Final

from engine.clock import Micros
from engine.definition.model import Field
from engine.definition.values.forms import words
from engine.definition.values.kinds.table import kind_of
from engine.definition.values.types import ValueType
from engine.errors import Unanswered
from engine.i18n import Text, both, joined
from engine.operations.context import Context
from engine.operations.plugin_answers import Records, records
from engine.operations.reading.people import People
from engine.store.transactions.runner import Tx

#: What stands for a value, or a part of one, that is not said.
HIDDEN: Final = "**"


def masked(of: ValueType, said: str) -> str:
    """*said*, a value of type *of*, without what it gives away: ``138*****000``, ``王**``."""
    mask = kind_of(of).mask
    if mask == "ends" and len(said) >= 8:
        return f"{said[:3]}{'*' * (len(said) - 6)}{said[-3:]}"
    if mask == "beginning" and len(said) > 1:
        return f"{said[0]}{HIDDEN}"
    return HIDDEN


class Wording:
    """Puts values into words, in one transaction; days are said as of *now*."""

    def __init__(self, ctx: Context, tx: Tx, people: People, now: Micros | None = None) -> None:
        self.ctx, self.tx, self.people = ctx, tx, people
        self.now = ctx.now if now is None else now
        self._labels: dict[tuple[str, str], str | None] = {}

    def words(self, field: Field, value: Any) -> Text:
        """A stored value of *field* as people read it: masked where the field is, or a column of it."""
        return self._said(field, value, masking=True)

    def whole(self, field: Field, value: Any) -> Text:
        """The same without a mask, for who may have it."""
        return self._said(field, value, masking=False)

    def _said(self, field: Field, value: Any, *, masking: bool, inside: bool = False) -> Text:
        if field.columns:
            rows = [self._row(field, row, masking=masking) for row in value]
            return joined(rows, "；", "; ")
        said = self.typed(field.type, value)
        hides = masking and (inside or field.masked)
        return Text(*(masked(field.type, one) for one in said)) if hides else said

    def _row(self, table: Field, row: dict[str, Any], *, masking: bool) -> Text:
        held = ((column, row[column.name]) for column in table.columns if row.get(column.name) is not None)
        cells = [
            (column.title, self._said(column, value, masking=masking, inside=table.sensitive)) for column, value in held
        ]
        return joined(Text(f"{title.zh}{said.zh}", f"{title.en} {said.en}") for title, said in cells)

    def typed(self, of: ValueType, value: Any) -> Text:
        """A stored value of a type in words, whole; a reference by the name people know it by."""
        if of.name == "unit":
            return both(self.people.unit_name(value))
        if of.name == "person":
            return both(self.people.person_name(value))
        kept = records(self.ctx, self.tx, of.name) if kind_of(of).points else None
        if kept is None:
            return words(of, value, self.now)
        label = self._label(kept, of.name, value)
        return both(label) if label is not None else Text(f"{value}（名称暂缺）", f"{value} (name not available)")

    def _label(self, kept: Records, type_name: str, value: str) -> str | None:
        """What a plugin calls a record, None if it does not say; asked once."""
        if (type_name, value) not in self._labels:
            try:
                found = kept.read([value])
                self._labels[type_name, value] = found[0].label if found else value
            except Unanswered:
                self._labels[type_name, value] = None
        return self._labels[type_name, value]

    @property
    def lacking(self) -> bool:
        """Whether a name was asked for that its plugin did not say."""
        return None in self._labels.values()
