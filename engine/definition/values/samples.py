"""A plausible stored value of each type, for examples, previews and generated tests."""

from __future__ import annotations

from typing import Any

from engine.definition.model import Field
from engine.definition.values.kinds.table import kind_of
from engine.definition.values.types import ValueType


def sample(type_: ValueType) -> Any:
    """A stored value of *type_*; references are an id nobody has."""
    return kind_of(type_).sample


def field_sample(field: Field) -> Any:
    """A stored value that *field* accepts: within its bounds, among its options, with a row for a table."""
    if field.options:
        return [field.options[0]] if kind_of(field.type).stored is list else field.options[0]
    if field.columns:
        return [{column.name: field_sample(column) for column in field.columns}]
    value = sample(field.type)
    if field.min is not None and isinstance(value, int) and value < field.min:
        return field.min
    if field.max is not None and isinstance(value, int) and value > field.max:
        return field.max
    return value
