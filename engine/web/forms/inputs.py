"""The table of widgets: which inputs each has on a page, and how a stored value becomes their texts and back.

Which widget a field has, its kind says; a test holds the names that kinds say to the names here.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from werkzeug.datastructures import MultiDict

from engine.definition.values.types import ValueKind
from engine.operations.reading.form_views import FormField

Form = MultiDict[str, str]
#: With so many options all of them stand on the form; with more there is a list.
FEW: Final = 5
#: So many steps of a scale stand side by side, and so long a text fits one line.
_STEPS, _ONE_LINE = 7, 60
#: Macros of several inputs, which stand together under one legend.
_GROUPED: Final = frozenset({"radios", "checks", "scale", "period", "datetime", "table"})
#: Those whose first input is not called as the field: the legend takes the name that errors lead to.
_LED_TO: Final = frozenset({"period", "datetime"})


def joined(typed: Sequence[str]) -> str | None:
    """The texts of the inputs as a person would type them in one; None where nothing was typed."""
    return " ".join(typed) if any(typed) else None


@dataclass(frozen=True, slots=True)
class Input:
    """How a widget is drawn: the macro of ``widgets.html``, which may depend on the field and on being a cell.

    ``parts`` are the endings of its inputs where it has several; ``split`` makes their texts of what is stored,
    ``join`` one text as a person would type it.
    """

    macro: Callable[[FormField, bool], str]
    parts: tuple[str, ...] = ()
    split: Callable[[str], list[str]] | None = None
    join: Callable[[Sequence[str]], str | None] = joined


def _always(macro: str) -> Callable[[FormField, bool], str]:
    return lambda _field, _cell: macro


def _choice(field: FormField, cell: bool) -> str:
    return "select" if cell or len(field.options) > FEW else "radios"


def _integer(field: FormField, cell: bool) -> str:
    """A few steps are pressed, not typed."""
    short = isinstance(field.min, int) and isinstance(field.max, int) and 0 < field.max - field.min < _STEPS
    return "scale" if short and not cell else "integer"


def _words(field: FormField, cell: bool) -> str:
    return "line" if cell or (field.max is not None and field.max <= _ONE_LINE) else "area"


def _halves(stored: str) -> list[str]:
    day, _, clock = stored.partition("T")
    return [day, clock]


def _quarters(stored: str) -> list[str]:
    start, _, end = stored.partition("/")
    (first, opens), (last, closes) = _halves(start), _halves(end)
    return [first, opens, closes, "" if last == first else last]


def _as_period(typed: Sequence[str]) -> str | None:
    """``date, from, until[, last date]`` make a period."""
    if not any(typed):
        return None
    day, opens, closes, last = typed
    return f"{day} {opens}/{last} {closes}" if last else f"{day} {opens}/{closes}"


INPUTS: Final[Mapping[str, Input]] = {
    "line": Input(_always("line")),
    "words": Input(_words),
    "integer": Input(_integer),
    "decimal": Input(_always("decimal")),
    "money": Input(_always("money")),
    "phone": Input(_always("phone")),
    "date": Input(_always("date")),
    "time": Input(_always("time")),
    "datetime": Input(_always("datetime"), ("date", "time"), _halves),
    "period": Input(_always("period"), ("date", "from", "until", "to"), _quarters, _as_period),
    "yes_no": Input(_always("radios")),
    "choice": Input(_choice),
    "choices": Input(_always("checks")),
    "pointer": Input(_always("select")),
    "table": Input(_always("table")),
}
_PLAIN: Final = INPUTS["line"]


def input_of(kind: ValueKind) -> Input:
    """The widget of a kind; one that a plugin draws has a single input."""
    return INPUTS.get(kind.widget, _PLAIN)


def inputs(kind: ValueKind, name: str) -> list[str]:
    """The names of the inputs of a field of *kind*."""
    return [f"{name}.{part}" for part in input_of(kind).parts] or [name]


def split(kind: ValueKind, value: Any) -> list[str]:
    """A stored value as the texts of its inputs."""
    held = input_of(kind)
    if value is None or value == "":
        return [""] * max(len(held.parts), 1)
    return held.split(str(value)) if held.split is not None else [kind.written(value)]


def join(kind: ValueKind, typed: Sequence[str]) -> str | None:
    """One text as a person would type it; None where nothing was."""
    return input_of(kind).join(typed)


def macro_of(field: FormField, *, cell: bool, found: bool) -> str:
    """The macro that draws a field; *found*: one types to find what it holds."""
    if found:
        return "picker"
    macro = input_of(field.row).macro(field, cell)
    return "select" if macro == "line" and field.options else macro


def is_grouped(macro: str) -> bool:
    """Whether what a macro draws stands under a legend of its own."""
    return macro in _GROUPED


def is_led_to(macro: str) -> bool:
    """Whether the legend has the id of the field."""
    return macro in _LED_TO
