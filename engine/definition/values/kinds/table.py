"""The table of kinds: every built-in field type by name, and which row a type has.

Whoever wants to know something of a type asks its row here; nothing else compares the names of types, but for the
arithmetic of formulas. A plugin's kind comes with the type itself.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Final

from engine.definition.values.kinds import numbers, texts, things, times
from engine.definition.values.types import ValueKind, ValueType
from engine.i18n import Text

#: The built-in kinds by name, in the order in which people are told of them.
BUILT_IN: Final[Mapping[str, ValueKind]] = {
    row.name: row for row in (*texts.KINDS, *numbers.KINDS, *times.KINDS, *things.KINDS)
}
_KNOWN: Final[Mapping[str, ValueKind]] = {**BUILT_IN, **{row.name: row for row in things.MADE}}


def kind_of(type_: ValueType) -> ValueKind:
    """The row of a type; one that the language does not know is a plugin's, whose records it names."""
    return type_.kind or _KNOWN.get(type_.name) or record(type_.name)


@lru_cache(maxsize=256)
def record(name: str) -> ValueKind:
    """The row of a plugin's type that names records."""
    title = Text(name, f"a {name}")
    return ValueKind(name, title, points=True, widget="pointer", sample=f"sample-{name}")


def _named(holds: Callable[[ValueKind], bool]) -> frozenset[str]:
    return frozenset(name for name, row in BUILT_IN.items() if holds(row))


#: Kinds that a formula reckons with, those that are words of one sort to it, and those whose values have an order.
NUMBERS: Final = _named(lambda row: row.is_number)
WORDS: Final = _named(lambda row: row.is_word)
ORDERED: Final = _named(lambda row: row.bounds == "value")
#: Those of which any two values have an order, whatever their units.
IN_ORDER: Final = _named(lambda row: row.bounds == "value" and row.scale is None)
