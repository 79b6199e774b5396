"""Makes parts of different types meet: constants take the type that stands beside them, numbers widen."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Final

from engine.definition.expression.check import Checker, Part
from engine.definition.expression.scope import EMPTY, UNKNOWN
from engine.definition.expression.tree import Constant
from engine.definition.values.forms import decode
from engine.definition.values.inputs import parse_input
from engine.definition.values.kinds.table import WORDS, kind_of
from engine.definition.values.types import DECIMAL, MONEY, TEXT, ValueType
from engine.errors import Problem
from engine.i18n import Text

#: Types of what says no value.
_NONE: Final = (EMPTY.name, UNKNOWN.name)


def title(kind: ValueType) -> Text:
    """What a type is called."""
    return kind_of(kind).title


def as_type(checker: Checker, part: Part, wanted: ValueType) -> Part:
    """A constant read as *wanted*: ``100`` beside money is 100 yuan, ``'2026-06-16'`` beside a date is that day."""
    value = part.literal
    if wanted.name == "money" and isinstance(value, (int, Decimal)) and not isinstance(value, bool):
        fen = Decimal(value) * 100
        if fen != int(fen):
            zh, en = f"金额 {value} 多于两位小数", f"The amount {value} has more than two decimals"
            return checker.fault("formula-type", part.node, zh, en)
        return replace(part, core=Constant(int(fen)), type=MONEY)
    if kind_of(wanted).quoted and isinstance(value, str):
        return _quoted(checker, part, wanted, value)
    return part


def readable(part: Part, wanted: Iterable[str]) -> tuple[str, ...]:
    """Those of *wanted* that a constant in quotes can be read as."""
    text = part.literal
    if not isinstance(text, str):
        return ()
    quoted = [name for name in wanted if kind_of(ValueType(name)).quoted]
    return tuple(name for name in quoted if not isinstance(parse_input(ValueType(name), text), Problem))


def _quoted(checker: Checker, part: Part, kind: ValueType, text: str) -> Part:
    read = parse_input(kind, text)
    if isinstance(read, Problem):
        name = title(kind)
        example = kind_of(kind).quoted
        hint = Text(f"例如 {example}", f"For example {example}")
        return checker.fault("formula-type", part.node, f"“{text}”不是{name.zh}", f'"{text}" is not {name.en}', hint)
    return replace(part, core=Constant(decode(kind, read)), type=kind.surely())


def meet(checker: Checker, parts: Sequence[Part]) -> tuple[list[Part], ValueType | None]:
    """*parts* as one type, constants converted, and that type; None if they have none in common."""
    others = {part.name: part.type for part in parts if part.literal is None and part.name not in _NONE}
    met = [as_type(checker, part, *others.values()) for part in parts] if len(others) == 1 else list(parts)
    return met, common(met)


def common(parts: Sequence[Part]) -> ValueType | None:
    """The one type that all *parts* fit, optional if any of them is; None if there is none."""
    types = [part.type for part in parts]
    optional = any(kind.optional for kind in types)
    known = [kind for kind in types if kind.name not in _NONE]
    if not known:
        return UNKNOWN if UNKNOWN in types else EMPTY
    names = {kind.name for kind in known}
    if len(names) == 1:
        found = known[0]
    elif names == {"integer", "decimal"}:
        found = DECIMAL
    elif names <= WORDS:
        found = TEXT
    else:
        return None
    return found.maybe() if optional else found.surely()
