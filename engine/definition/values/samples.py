"""A plausible stored value of each type, for examples, previews and generated tests."""

from __future__ import annotations

from typing import Any

from engine.definition.model import Field
from engine.definition.values.types import ValueType

_SAMPLES: dict[str, Any] = {
    "text": "样例",
    "integer": 1,
    "decimal": "1",
    "money": 100,
    "boolean": True,
    "choice": "样例",
    "choices": [],
    "date": "2026-06-16",
    "time": "14:00",
    "datetime": "2026-06-16T14:00",
    "period": "2026-06-16T14:00/2026-06-16T16:00",
    "duration": "2 workdays",
    "phone": "13800000000",
    "id_number": "11010519491231002X",
    "table": [],
    "calendar": "first Saturday of month",
}


def sample(type_: ValueType) -> Any:
    """A stored value of *type_*; references are an id nobody has."""
    return _SAMPLES.get(type_.name, f"sample-{type_.name}")


def field_sample(field: Field) -> Any:
    """A stored value that *field* accepts: within its bounds, among its options, with a row for a table."""
    if field.options:
        return [field.options[0]] if field.type.name == "choices" else field.options[0]
    if field.columns:
        return [{column.name: field_sample(column) for column in field.columns}]
    value = sample(field.type)
    if field.min is not None and isinstance(value, int) and value < field.min:
        return field.min
    if field.max is not None and isinstance(value, int) and value > field.max:
        return field.max
    return value
