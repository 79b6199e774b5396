"""Fields whose values one finds by typing: what a form asks the server, and what of it is not settled yet."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

from flask import Response, jsonify, request

from engine.definition.values.plain import whole_number
from engine.errors import Invalid, Problem
from engine.i18n import Text
from engine.operations.reading.choices import Answers, Question
from engine.operations.reading.form_views import FormField, Option
from engine.web.forms import fill
from engine.web.forms.fill import SOUGHT
from engine.web.forms.inputs import Form
from engine.web.forms.tables import MOST_COUNTED
from engine.web.render import say

#: The press that finds: its value is the input that is asked about.
FIND: Final = "find"
_ROW: Final = re.compile("[0-9]{1,6}")

#: Fields with the prefix of their inputs.
Section = tuple[Sequence[FormField], str]
#: Asks the operation that knows the form: the questions by input, and what is filled so far.
Ask = Callable[[Mapping[str, Question], Mapping[str, Any]], Answers]


def picks(sections: Sequence[Section], form: Form | None, ask: Ask) -> dict[str, fill.Pick]:
    """For each input of *form* that is found by typing: what was found, and how what it holds is called."""
    if form is None:
        return {}
    asked = {name: _question(name, path, form) for name, path in _inputs(sections, form)}
    asked = {name: one for name, one in asked.items() if one.words is not None or one.picked}
    if not asked:
        return {}
    answers = ask(asked, _filled(sections, form))
    return {
        name: fill.Pick(asked[name].words, answer.found, next(iter(answer.said.values()), None))
        for name, answer in answers.items()
    }


def settled(sections: Sequence[Section], form: Form) -> dict[str, Any]:
    """The fill that was typed, None where nothing was: the check of the process reads and judges it.

    Raises ``Invalid`` with a problem at each field in which something was sought and nothing chosen.
    """
    sought = ((name, path, form.get(name + SOUGHT, "").strip()) for name, path in _inputs(sections, form))
    if left := tuple(_open(words, _place(name, path, form)) for name, path, words in sought if words):
        raise Invalid(left)
    return _read(sections, form)


def _open(words: str, path: str) -> Problem:
    zh, en = f"“{words}”还没有选定，从查到的里选一个。", f"“{words}” is not chosen yet: pick one of what was found."
    return Problem("not-chosen", Text(zh, en), path=path)


def finding() -> bool:
    """Whether a script asks for a list while somebody types, and wants no page."""
    return FIND in request.form and request.accept_mimetypes.best == "application/json"


def found(sections: Sequence[Section], ask: Ask) -> Response:
    """The list for the script."""
    form, name = request.form, request.form.get(FIND, "")
    path = next((path for each, path in _inputs(sections, form) if each == name), None)
    options: Iterable[Option] = ()
    if path is not None:
        words = form.get(name + SOUGHT, "")
        options = ask({name: Question(path, words)}, _filled(sections, form))[name].found
    return jsonify([{"id": one.id, "words": say(one.words)} for one in options])


def _question(name: str, path: str, form: Form) -> Question:
    words = form.get(name + SOUGHT, "").strip()
    asked = words if words or form.get(FIND) == name else None
    return Question(path, asked, tuple(one for one in form.getlist(name) if one))


def _inputs(sections: Iterable[Section], form: Form) -> Iterator[tuple[str, str]]:
    """The inputs that are found by typing, each with the path of its field."""
    for fields, prefix in sections:
        for field in fields:
            name = fill.name_of(prefix, field.name)
            if field.more:
                yield name, field.name
            for column in field.columns:
                if column.more:
                    path = f"{field.name}.{column.name}"
                    yield from ((key, path) for key in dict.fromkeys(form) if _is_cell(key, name, column.name))


def _is_cell(key: str, table: str, column: str) -> bool:
    head, tail = f"{table}.", f".{column}"
    return key.startswith(head) and key.endswith(tail) and bool(_ROW.fullmatch(key[len(head) : -len(tail)]))


def _place(name: str, path: str, form: Form) -> str:
    """The path of the very cell where *path* is a column; only the rows before it that hold something count."""
    field, _, column = path.partition(".")
    if not column:
        return path
    table, row, _ = name.rsplit(".", 2)
    cells = (key.removeprefix(f"{table}.") for key in form if key.startswith(f"{table}.") and form[key])
    filled = {whole_number(one.partition(".")[0], MOST_COUNTED) for one in cells}
    return f"{field}.{len([at for at in filled if at is not None and at < int(row)])}.{column}"


def _filled(sections: Sequence[Section], form: Form) -> dict[str, Any]:
    """The form as far as it is filled."""
    return {name: value for name, value in _read(sections, form).items() if value is not None}


def _read(sections: Sequence[Section], form: Form) -> dict[str, Any]:
    read = (fill.read(fields, form, prefix) for fields, prefix in sections)
    return {name: value for fields in read for name, value in fields.items()}
