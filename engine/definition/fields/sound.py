"""Values that are plainly as their field wants them, told without the machinery of a schema validator.

A form of ten simple fields costs the validator more than all else that starting a case computes. What is said here
to be sound the schema accepts too; about anything else the schema has the word, and the words.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from engine.definition.fields.schema import FORMATS, MOST_ID, well_formed
from engine.definition.model import Field
from engine.definition.values.inputs import MOST_NUMBER, MOST_TEXT


def plainly_sound(one: Field, value: Any) -> bool:
    """Whether *value* is certainly a sound stored value of the field; False says nothing."""
    return _TESTS.get(one.type.name, _reference)(one, value)


def _between(one: Field, size: int, least: int, most: int) -> bool:
    low = least if one.min is None else one.min
    return bool(low <= size <= (most if one.max is None else one.max))


def _text(one: Field, value: Any) -> bool:
    return isinstance(value, str) and _between(one, len(value), 1, MOST_TEXT)


def _number(one: Field, value: Any) -> bool:
    return type(value) is int and _between(one, value, -MOST_NUMBER, MOST_NUMBER)


def _boolean(_one: Field, value: Any) -> bool:
    return isinstance(value, bool)


def _choice(one: Field, value: Any) -> bool:
    return isinstance(value, str) and (not one.options or value in one.options)


def _shaped(one: Field, value: Any) -> bool:
    return one.min is None and one.max is None and well_formed(one.type)(value)


def _reference(_one: Field, value: Any) -> bool:
    return isinstance(value, str) and 1 <= len(value) <= MOST_ID


def _never(_one: Field, _value: Any) -> bool:
    return False


_TESTS: Final[dict[str, Callable[[Field, Any], bool]]] = {
    "text": _text,
    "integer": _number,
    "money": _number,
    "boolean": _boolean,
    "choice": _choice,
    "choices": _never,
    "table": _never,
    **dict.fromkeys(FORMATS, _shaped),
}
