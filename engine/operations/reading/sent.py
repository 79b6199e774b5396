"""Fields as programs get them: with the unit that people use, not the smallest one that is stored."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from engine.definition.values.saying import yuan_text
from engine.operations.reading.form_views import FormField


def sent(field: FormField) -> FormField:
    """*field* with its amounts as yuan with two decimals (``12.50``), in the rows of a table too."""
    if field.type == "money":
        return replace(field, value=_yuan(field.value), min=_yuan(field.min), max=_yuan(field.max))
    amounts = {column.name for column in field.columns if column.type == "money"}
    if not amounts or not isinstance(field.value, list):
        return field
    rows = [{name: _yuan(cell) if name in amounts else cell for name, cell in row.items()} for row in field.value]
    return replace(field, value=rows)


def _yuan(fen: Any) -> Any:
    return yuan_text(fen) if isinstance(fen, int) else fen
