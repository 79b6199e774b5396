"""Fields as programs get them: with the unit that people use, not the smallest one that is stored."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from engine.operations.reading.form_views import FormField


def sent(field: FormField) -> FormField:
    """*field* with its amounts as yuan with two decimals (``12.50``), in the rows of a table too."""
    out = _out(field)
    if out is not None:
        return replace(field, **{name: _put(out, getattr(field, name)) for name in ("value", "min", "max")})
    turned = {column.name: put for column in field.columns if (put := _out(column)) is not None}
    if not turned or not isinstance(field.value, list):
        return field
    rows = [{name: _put(turned.get(name), cell) for name, cell in row.items()} for row in field.value]
    return replace(field, value=rows)


def _out(field: FormField) -> Callable[[Any], Any] | None:
    return field.row.out


def _put(out: Callable[[Any], Any] | None, stored: Any) -> Any:
    return stored if out is None or stored is None else out(stored)
