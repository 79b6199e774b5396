"""Between a form on a page and a fill: what inputs a field needs, and what a person typed into them."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any, Final, Protocol

from engine.errors import Problem
from engine.i18n import Text
from engine.operations.views import FormField

BLANK_ROWS: Final = 3


class Form(Protocol):
    """The part of a submitted form that is read here."""

    def get(self, name: str, default: str = "") -> str:
        """The first value called *name*."""
        ...

    def getlist(self, name: str) -> list[str]:
        """All values called *name*."""
        ...


@dataclass(frozen=True, slots=True)
class Widget:
    """A field on the page: its id, the text of each input by name, what is ticked, what is wrong."""

    field: FormField
    id: str
    texts: Mapping[str, str]
    ticked: tuple[str, ...] = ()
    rows: tuple[tuple[Widget, ...], ...] = ()
    wrong: Text | None = None


def widgets(
    fields: Sequence[FormField], prefix: str = "", form: Form | None = None, problems: Sequence[Problem] = ()
) -> tuple[Widget, ...]:
    """The widgets of *fields*; with *form*, they show what was typed, else the fields' own values."""
    faults = {problem.path: problem.message for problem in reversed(problems)}
    return tuple(_widget(field, _id(prefix, field.name), form, faults.get(field.name)) for field in fields)


def read(fields: Sequence[FormField], form: Form, prefix: str = "") -> dict[str, Any]:
    """The fill: stored values, empty ones left out; what cannot be read stays as typed, for the check to refuse."""
    typed = {field.name: _read(field, _id(prefix, field.name), form) for field in fields}
    return {name: value for name, value in typed.items() if value not in (None, "", [])}


def _id(prefix: str, name: str) -> str:
    return f"f-{prefix}-{name}" if prefix else f"f-{name}"


def _widget(field: FormField, id: str, form: Form | None, wrong: Text | None = None) -> Widget:
    if field.type == "table":
        return Widget(field, id, {}, rows=_rows(field, id, form), wrong=wrong)
    if field.type == "choices":
        ticked = form.getlist(id) if form else [str(item) for item in field.value or ()]
        return Widget(field, id, {}, ticked=tuple(ticked), wrong=wrong)
    names = [f"{id}.{part}" if part else id for part in _PARTS.get(field.type, ("",))]
    typed = [form.get(name, "") for name in names] if form is not None else _split(field)
    texts = dict(zip(names, typed, strict=True))
    return Widget(field, id, texts, wrong=wrong)


_PARTS: Final[Mapping[str, tuple[str, ...]]] = {
    "datetime": ("date", "time"),
    "period": ("date", "from", "until", "to"),
}


def _split(field: FormField) -> tuple[str, ...]:
    value = field.value
    count = len(_PARTS.get(field.type, ("",)))
    if value is None or value == "":
        return ("",) * count
    if field.type == "datetime":
        day, _, clock = str(value).partition("T")
        return day, clock[:5]
    if field.type == "period":
        start, _, end = str(value).partition("/")
        first, last = start.partition("T"), end.partition("T")
        return first[0], first[2][:5], last[2][:5], "" if last[0] == first[0] else last[0]
    if field.type == "money":
        return (f"{Decimal(value) / 100:.2f}",)
    if field.type == "boolean":
        return ("true" if value is True else "false",)
    return (str(value),)


def _rows(field: FormField, id: str, form: Form | None) -> tuple[tuple[Widget, ...], ...]:
    stored = field.value if isinstance(field.value, list) else []
    count = _count(id, form) if form is not None else len(stored)
    shown = min(count + (0 if form and form.get(f"{id}.more") == "" else BLANK_ROWS), 200)
    lines = []
    for index in range(max(shown, BLANK_ROWS)):
        row = stored[index] if index < len(stored) else {}
        lines.append(
            tuple(
                _widget(_with_value(column, row.get(column.name)), f"{id}.{index}.{column.name}", form)
                for column in field.columns
            )
        )
    return tuple(lines)


def _with_value(column: FormField, value: Any) -> FormField:
    return FormField(
        column.name, column.title, column.type, value, column.required, column.options, column.min, column.max
    )


def _count(id: str, form: Form) -> int:
    text = form.get(f"{id}.count", "0")
    return min(int(text), 200) if text.isdecimal() else 0


def _read(field: FormField, id: str, form: Form) -> Any:
    if field.type == "table":
        rows = (
            {
                column.name: value
                for column in field.columns
                if (value := _read(column, f"{id}.{index}.{column.name}", form)) not in (None, "", [])
            }
            for index in range(_count(id, form))
        )
        return [row for row in rows if row]
    if field.type == "choices":
        return form.getlist(id)
    parts = _PARTS.get(field.type)
    if parts:
        return _join([form.get(f"{id}.{part}", "").strip() for part in parts])
    typed = form.get(id, "").strip()
    return _STORED.get(field.type, str)(typed) if typed else None


def _join(parts: list[str]) -> str | None:
    """``date, time`` or ``date, from, until[, last date]`` as stored; what is missing stays missing."""
    if not any(parts):
        return None
    start = f"{parts[0]}T{parts[1]}" if all(parts[:2]) else parts[0] + parts[1]
    if len(parts) == 2:
        return start
    return f"{start}/{parts[3] or parts[0]}T{parts[2]}" if parts[2] else f"{start}/"


def _integer(typed: str) -> int | str:
    return int(typed) if re.fullmatch(r"[+-]?[0-9０-９]{1,18}", typed) else typed


def _money(typed: str) -> int | str:
    try:
        cents = Decimal(typed.lstrip("¥￥").replace(",", "")) * 100
    except InvalidOperation:
        return typed
    whole = cents.is_finite() and cents == cents.to_integral_value() and abs(cents) < 10**17
    return int(cents) if whole else typed


def _boolean(typed: str) -> bool | str:
    return {"true": True, "false": False}.get(typed, typed)


_STORED: Final[Mapping[str, Callable[[str], Any]]] = {"integer": _integer, "money": _money, "boolean": _boolean}
