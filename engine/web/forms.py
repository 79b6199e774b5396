"""Between a form on a page and a fill: what inputs a field needs, and what a person typed into them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from werkzeug.datastructures import MultiDict

from engine.definition.saying import yuan_text
from engine.errors import Problem
from engine.i18n import Text
from engine.operations.views import FormField

Form = MultiDict[str, str]
Faults = Mapping[str, Text]
BLANK_ROWS: Final = 3
MOST_ROWS: Final = 200

#: Types that take several inputs, and the endings of their names.
_PARTS: Final[Mapping[str, tuple[str, ...]]] = {
    "datetime": ("date", "time"),
    "period": ("date", "from", "until", "to"),
}


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
    return tuple(_widget(field, name_of(prefix, field.name), field.name, form, faults) for field in fields)


def read(fields: Sequence[FormField], form: Form, prefix: str = "") -> dict[str, Any]:
    """The fill as typed, None where nothing was: the check of the process reads and judges it."""
    return {field.name: _read(field, name_of(prefix, field.name), form) for field in fields}


def anchors(*groups: Sequence[Widget]) -> dict[str, str]:
    """Where the summary of errors leads: a field's name and the id of its input."""
    return {widget.field.name: widget.id for group in groups for widget in group}


def name_of(prefix: str, field: str) -> str:
    """The name and id of a field's input."""
    return f"f-{prefix}-{field}" if prefix else f"f-{field}"


def _widget(field: FormField, name: str, path: str, form: Form | None, faults: Faults) -> Widget:
    wrong = faults.get(path)
    if field.type == "table":
        return Widget(field, name, {}, rows=_rows(field, name, path, form, faults), wrong=wrong)
    if field.type == "choices":
        ticked = form.getlist(name) if form is not None else [str(item) for item in field.value or ()]
        return Widget(field, name, {}, ticked=tuple(ticked), wrong=wrong)
    names = _inputs(field, name)
    typed = [form.get(each, "") for each in names] if form is not None else _split(field)
    return Widget(field, name, dict(zip(names, typed, strict=True)), wrong=wrong)


def _inputs(field: FormField, name: str) -> list[str]:
    parts = _PARTS.get(field.type)
    return [f"{name}.{part}" for part in parts] if parts else [name]


def _split(field: FormField) -> list[str]:
    """The stored value of a field as the texts of its inputs."""
    value = field.value
    if value is None or value == "":
        return [""] * len(_PARTS.get(field.type, ("",)))
    if field.type == "datetime":
        day, _, clock = str(value).partition("T")
        return [day, clock]
    if field.type == "period":
        start, _, end = str(value).partition("/")
        (first, _, opens), (last, _, closes) = start.partition("T"), end.partition("T")
        return [first, opens, closes, "" if last == first else last]
    if field.type == "money":
        return [yuan_text(value)]
    if field.type == "boolean":
        return ["true" if value is True else "false"]
    return [str(value)]


def _rows(field: FormField, name: str, path: str, form: Form | None, faults: Faults) -> tuple[tuple[Widget, ...], ...]:
    """The lines of a table and some blank ones; a problem's path counts only the lines that hold something."""
    stored = field.value if isinstance(field.value, list) else []
    count = len(stored) if form is None else _count(name, form)
    shown = count if form is not None else count + BLANK_ROWS
    lines, filled = [], 0
    for index in range(min(max(shown, BLANK_ROWS), MOST_ROWS)):
        values = stored[index] if index < len(stored) else {}
        cells = tuple(
            _widget(
                replace(column, value=values.get(column.name)), f"{name}.{index}.{column.name}",
                f"{path}.{filled}.{column.name}", form, faults,
            )
            for column in field.columns
        )  # fmt: skip
        holds = any(text for cell in cells for text in (*cell.texts.values(), *cell.ticked))
        filled += holds
        lines.append(cells if holds else tuple(replace(cell, wrong=None) for cell in cells))
    return tuple(lines)


def _count(name: str, form: Form) -> int:
    typed = form.get(f"{name}.count", "")
    return min(int(typed), MOST_ROWS) if typed.isascii() and typed.isdecimal() else 0


def _read(field: FormField, name: str, form: Form) -> Any:
    if field.type == "table":
        rows = (
            {column.name: _read(column, f"{name}.{index}.{column.name}", form) for column in field.columns}
            for index in range(_count(name, form))
        )
        return [
            {key: value for key, value in row.items() if value not in (None, [])}
            for row in rows
            if any(value not in (None, []) for value in row.values())
        ] or None
    if field.type == "choices":
        return form.getlist(name) or None
    return _join([form.get(each, "").strip() for each in _inputs(field, name)])


def _join(typed: list[str]) -> str | None:
    """One text as a person would type it; ``date, from, until[, last date]`` make a period."""
    if not any(typed):
        return None
    if len(typed) == len(_PARTS["period"]):
        day, opens, closes, last = typed
        return f"{day} {opens}/{last} {closes}" if last else f"{day} {opens}/{closes}"
    return " ".join(typed)
