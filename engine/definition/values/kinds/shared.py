"""The shapes of stored values that several kinds share: as JSON Schema, and as a test without a validator."""

from __future__ import annotations

from typing import Any

from engine.definition.values.extents import MOST_NUMBER, MOST_TEXT
from engine.definition.values.types import Asked, Schema, ValueKind


def as_text(_kind: ValueKind, one: Asked) -> Schema:
    """Words of a length."""
    return {"type": "string", **limits(one, "minLength", "maxLength", 1, MOST_TEXT)}


def as_number(_kind: ValueKind, one: Asked) -> Schema:
    """A whole number: of things, or of fen."""
    return {"type": "integer", **limits(one, "minimum", "maximum", -MOST_NUMBER, MOST_NUMBER)}


def as_shaped(kind: ValueKind, one: Asked) -> Schema:
    """A text of a shape of its own, which is the ``format`` of the kind's name."""
    return {"type": "string", "format": kind.name, **limits(one, "formatMinimum", "formatMaximum")}


def limits(one: Asked, low: str, high: str, least: Any = None, most: Any = None) -> Schema:
    """The bounds of a field under their names in a schema, else *least* and *most*, where there are any."""
    found = {low: one.min if one.min is not None else least, high: one.max if one.max is not None else most}
    return {rule: limit for rule, limit in found.items() if limit is not None}


def between(one: Asked, size: int, least: int, most: int) -> bool:
    """Whether *size* lies within the bounds of a field, else within *least* and *most*."""
    low = least if one.min is None else one.min
    return bool(low <= size <= (most if one.max is None else one.max))


def plain_text(_kind: ValueKind, one: Asked, value: Any) -> bool:
    """`as_text` without a validator."""
    return isinstance(value, str) and between(one, len(value), 1, MOST_TEXT)


def plain_number(_kind: ValueKind, one: Asked, value: Any) -> bool:
    """`as_number` without a validator."""
    return type(value) is int and between(one, value, -MOST_NUMBER, MOST_NUMBER)


def plain_shaped(kind: ValueKind, one: Asked, value: Any) -> bool:
    """`as_shaped` without a validator, which alone knows bounds."""
    return one.min is None and one.max is None and kind.well_formed(value)


def never_plain(_kind: ValueKind, _one: Asked, _value: Any) -> bool:
    """Nothing is sound but what the validator says."""
    return False
