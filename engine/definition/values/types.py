"""The types of values: what a field, an output or a formula may hold."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

#: Types that the language itself knows; plugins add more.
BUILT_IN: Final = (
    "text", "integer", "decimal", "money", "boolean", "choice", "choices", "date", "time",
    "datetime", "period", "duration", "phone", "id_number", "person", "unit", "file", "table",
    "case", "calendar",
)  # fmt: skip
NUMBERS: Final = frozenset({"integer", "decimal", "money"})
WORDS: Final = frozenset({"text", "choice", "phone", "id_number"})


@dataclass(frozen=True, slots=True)
class ValueType:
    """A type: its name, the columns of a table or record, what a ``case`` or ``list`` is of.

    ``optional`` means that a value may be empty and has to be tested before it is used where one is needed.
    """

    name: str
    columns: tuple[tuple[str, ValueType], ...] = ()
    of: str = ""
    optional: bool = False

    @property
    def points(self) -> bool:
        """Whether a value is the id of somebody or something that the district has."""
        return self.name in ("person", "unit") or self.name not in BUILT_IN

    def maybe(self) -> ValueType:
        """The same type, possibly empty."""
        return self if self.optional else replace(self, optional=True)

    def surely(self) -> ValueType:
        """The same type, never empty."""
        return replace(self, optional=False) if self.optional else self

    def column(self, name: str) -> ValueType | None:
        """The type of column *name* of a table or record, or None."""
        return dict(self.columns).get(name)


TEXT: Final = ValueType("text")
INTEGER: Final = ValueType("integer")
DECIMAL: Final = ValueType("decimal")
MONEY: Final = ValueType("money")
BOOLEAN: Final = ValueType("boolean")
DATE: Final = ValueType("date")
TIME: Final = ValueType("time")
DATETIME: Final = ValueType("datetime")
PERIOD: Final = ValueType("period")
DURATION: Final = ValueType("duration")
PERSON: Final = ValueType("person")
UNIT: Final = ValueType("unit")
