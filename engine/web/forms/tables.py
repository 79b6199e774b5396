"""Tables on a form: the page edits a stretch of rows, and every other row stays as it was or as it was typed."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from engine.definition.values.plain import whole_number
from engine.web.forms.inputs import Form

#: Empty rows under the last one.
BLANK_ROWS: Final = 3
#: So many rows of a table are edited at once; it limits what is shown and nothing else.
STRETCH: Final = 200
#: The press that turns to other rows of a table and sends nothing: ``INPUT:FIRST``.
TURN: Final = "rows"
#: More rows than any form says it has.
MOST_COUNTED: Final = 999_999
#: An input of a row, behind the name of its table.
_ROW: Final = re.compile(r"([0-9]{1,6})\.")


@dataclass(frozen=True, slots=True)
class Stretch:
    """Which rows of a table are edited: ``first`` to ``last`` of ``total``.

    The form has all rows before ``count``, those that are not edited as hidden inputs; what is stored beyond ``count``
    is not in it and stays as it is.
    """

    first: int
    last: int
    count: int
    total: int

    @property
    def edited(self) -> range:
        """The places of the rows that are edited."""
        return range(self.first, self.last)

    @property
    def before(self) -> int | None:
        """Where the stretch before this one begins; None where there is none."""
        return max(self.first - STRETCH, 0) if self.first else None

    @property
    def after(self) -> int | None:
        """Where the stretch after this one begins; None where there is none."""
        return self.last if self.last < self.total else None


def stretch(name: str, stored: Sequence[Any], form: Form | None, wrong: int | None) -> Stretch:
    """The rows to edit of the table called *name*: those with the row *wrong*, else those that were turned to."""
    held = 0 if form is None else rows_in(name, stored, form)
    grows = form is None or held < len(stored)
    total = max(len(stored), held) + (BLANK_ROWS if grows else 0)
    total = max(total, BLANK_ROWS)
    first = _turned_to(name, form) if wrong is None else wrong - wrong % STRETCH
    first = first if first < total else 0
    last = min(first + STRETCH, total)
    return Stretch(first, last, max(held, last), total)


def rows_in(name: str, stored: Sequence[Any], form: Form) -> int:
    """How many rows of the table the form holds, from the first: what it says, within what it can.

    Beyond the rows that are stored and the blank ones there are no more than have an input: who makes a page of very
    many rows has to send as many.
    """
    said, known = _whole(form.get(f"{name}.count", "")), len(stored) + BLANK_ROWS
    if said <= known:
        return said
    inputs = (key.removeprefix(f"{name}.") for key in form if key.startswith(f"{name}."))
    places = {int(match[1]) for key in inputs if (match := _ROW.match(key))}
    return min(said, max(places, default=-1) + 1, known + len(places))


def beyond(name: str, stored: Any, form: Form) -> list[Mapping[str, Any]]:
    """The stored rows that the form does not hold."""
    kept = stored if isinstance(stored, list) else []
    return list(kept[rows_in(name, kept, form) :])


def _turned_to(name: str, form: Form | None) -> int:
    if form is None:
        return 0
    table, _, first = form.get(TURN, "").rpartition(":")
    return _whole(first if table == name else form.get(f"{name}.first", ""))


def _whole(typed: str) -> int:
    return whole_number(typed, MOST_COUNTED) or 0
