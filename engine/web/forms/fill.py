"""Between a form on a page and a fill: what inputs a field needs, and what a person typed into them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from typing import Any, Final

from engine.errors import Problem
from engine.i18n import Text, both
from engine.operations.reading.form_views import FormField, Option
from engine.web.forms.inputs import INPUTS, Form, inputs, is_grouped, is_led_to, join, macro_of, split
from engine.web.forms.tables import Stretch, beyond, rows_in, stretch

Faults = Mapping[str, Text]
#: What was typed to find something stands in the input of this ending.
SOUGHT: Final = ".find"


@dataclass(frozen=True, slots=True)
class Pick:
    """Of an input that is found by typing: what was sought, what was found, and how what it holds is called."""

    sought: str | None = None
    found: tuple[Option, ...] = ()
    said: Text | None = None


@dataclass(frozen=True, slots=True)
class Widget:
    """A field on the page: its id, the text of each input by name, what is ticked, what is wrong.

    ``pick`` is there where one types to find. A table has ``rows`` to edit and which they are (``at``); ``hidden`` are
    the inputs of the rows beside them.
    """

    field: FormField
    id: str
    path: str
    texts: Mapping[str, str]
    ticked: tuple[str, ...] = ()
    rows: tuple[tuple[Widget, ...], ...] = ()
    at: Stretch | None = None
    hidden: tuple[tuple[str, str], ...] = ()
    wrong: Text | None = None
    pick: Pick | None = None
    cell: bool = False

    @property
    def macro(self) -> str:
        """Which macro draws it."""
        return macro_of(self.field, cell=self.cell, found=self.pick is not None)

    @property
    def template(self) -> str:
        """A plugin's own template that draws it; "" where the engine does."""
        own = self.field.row.widget
        return own if own not in INPUTS else ""

    @property
    def grouped(self) -> bool:
        """Whether its inputs stand together under a legend."""
        return is_grouped(self.macro)

    @property
    def led_to(self) -> bool:
        """Whether the legend has its id."""
        return is_led_to(self.macro)

    @property
    def prefix(self) -> str:
        """What the inputs beside this one begin with."""
        return self.id.removesuffix(self.field.name)

    @property
    def offered(self) -> tuple[Option, ...]:
        """What the list under the input holds: what it has now, then what was found or lies near."""
        held, near = self.texts.get(self.id, ""), self.field.options
        if self.pick is not None and self.pick.sought is not None:
            near = self.pick.found
        if not held or held in dict(near):
            return near
        said = (self.pick and self.pick.said) or dict(self.field.called).get(held)
        return (Option(held, said or both(held)), *near)

    @property
    def pairs(self) -> tuple[tuple[str, str], ...]:
        """What a browser sends of it."""
        return (*self.texts.items(), *((self.id, one) for one in self.ticked))


def widgets(
    fields: Sequence[FormField], prefix: str = "", form: Form | None = None, problems: Sequence[Problem] = (),
    picks: Mapping[str, Pick] | None = None,
) -> tuple[Widget, ...]:  # fmt: skip
    """The widgets of *fields*; with *form*, they show what was typed, else the fields' own values."""
    faults = {problem.path: problem.message for problem in reversed(problems)}
    made = (_widget(field, name_of(prefix, field.name), field.name, form, faults) for field in fields)
    return tuple(_picked(widget, picks or {}) for widget in made)


def _picked(widget: Widget, picks: Mapping[str, Pick]) -> Widget:
    """The widget, and those in its rows, with what was found for them."""
    if widget.rows:
        return replace(widget, rows=tuple(tuple(_picked(cell, picks) for cell in row) for row in widget.rows))
    if not widget.field.more:
        return widget
    return replace(widget, pick=picks.get(widget.id) or Pick())


def sends(made: Sequence[Widget]) -> Iterator[tuple[str, str]]:
    """What a browser sends of widgets that nobody has touched."""
    for widget in made:
        yield from (*widget.pairs, *widget.hidden)
        for row in widget.rows:
            yield from sends(row)


def variants(made: Sequence[Widget]) -> list[tuple[Text | None, list[Widget]]]:
    """The widgets in order, those that are asked under the same condition together."""
    return [(when, list(several)) for when, several in groupby(made, lambda widget: widget.field.when)]


def read(fields: Sequence[FormField], form: Form, prefix: str = "") -> dict[str, Any]:
    """The fill as typed, None where nothing was: the check of the process reads and judges it."""
    return {field.name: _read(field, name_of(prefix, field.name), form) for field in fields}


def anchors(*groups: Sequence[Widget]) -> dict[str, str]:
    """Where the summary of errors leads: from a field's name, or the path of a cell, to the id of the input."""
    return dict(place for group in groups for widget in group for place in _places(widget))


def name_of(prefix: str, field: str) -> str:
    """The name and id of a field's input."""
    return f"f-{prefix}-{field}" if prefix else f"f-{field}"


def _places(widget: Widget) -> Iterator[tuple[str, str]]:
    yield widget.path, widget.id
    for row in widget.rows:
        yield from ((cell.path, cell.id) for cell in row if cell.wrong is not None)


def _widget(field: FormField, name: str, path: str, form: Form | None, faults: Faults) -> Widget:
    wrong = faults.get(path)
    if field.row.rows:
        return _table(field, name, path, form, faults)
    if field.row.stored is list:
        ticked = form.getlist(name) if form is not None else [str(item) for item in field.value or ()]
        return Widget(field, name, path, {}, ticked=tuple(ticked), wrong=wrong)
    sought = [f"{name}{SOUGHT}"] if field.more else []
    names = [*inputs(field.row, name), *sought]
    held = [*split(field.row, field.value), *("" for _ in sought)]
    typed = [form.get(each, "") for each in names] if form is not None else held
    return Widget(field, name, path, dict(zip(names, typed, strict=True)), wrong=wrong)


def _table(field: FormField, name: str, path: str, form: Form | None, faults: Faults) -> Widget:
    """The rows to edit, and the others of the form; a problem's path counts only the rows that hold something."""
    stored = field.value if isinstance(field.value, list) else []
    held = 0 if form is None else rows_in(name, stored, form)
    rows: list[tuple[Widget, ...]] = []
    filled, wrong = 0, None
    for place in range(max(held, len(stored))):
        row = _row(field, name, place, f"{path}.{filled}", stored, form if place < held else None, faults)
        holds = any(text for cell in row for _, text in cell.pairs)
        filled += holds
        rows.append(row if holds else tuple(replace(cell, wrong=None) for cell in row))
        if wrong is None and holds and any(cell.wrong for cell in row):
            wrong = place
    at = stretch(name, stored, form, wrong)
    rows += [_row(field, name, place, "", (), None, {}) for place in range(len(rows), at.last)]
    beside = [cell for place in range(at.count) if place not in at.edited for cell in rows[place]]
    return Widget(
        field, name, path, {}, rows=tuple(rows[at.first : at.last]), at=at,
        hidden=tuple(pair for cell in beside for pair in cell.pairs), wrong=faults.get(path),
    )  # fmt: skip


def _row(
    field: FormField, name: str, place: int, path: str, stored: Sequence[Any], form: Form | None, faults: Faults
) -> tuple[Widget, ...]:
    values = stored[place] if place < len(stored) else {}
    cells = (
        _widget(
            replace(column, value=values.get(column.name)), f"{name}.{place}.{column.name}", f"{path}.{column.name}",
            form, faults,
        )
        for column in field.columns
    )  # fmt: skip
    return tuple(replace(one, cell=True) for one in cells)


def _read(field: FormField, name: str, form: Form) -> Any:
    if field.row.rows:
        stored = field.value if isinstance(field.value, list) else []
        rows = (
            {column.name: _read(column, f"{name}.{place}.{column.name}", form) for column in field.columns}
            for place in range(rows_in(name, stored, form))
        )
        typed = ({key: value for key, value in row.items() if value not in (None, [])} for row in rows)
        return [*(row for row in typed if row), *beyond(name, stored, form)] or None
    if field.row.stored is list:
        return form.getlist(name) or None
    return join(field.row, [form.get(each, "").strip() for each in inputs(field.row, name)])
