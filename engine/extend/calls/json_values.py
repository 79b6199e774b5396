"""What a plugin hands over as JSON: held to what JSON and every database can store, part by part."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from enum import Enum
from typing import Any, Final

from engine.extend.calls.faults import AnswerError, plugin_fault
from engine.extend.calls.places import written_at
from engine.i18n import Text, both

#: So deep lists and mappings may lie in each other.
_DEEP: Final = 100
_PLAIN: Final = (str, int, float, bool, type(None))
#: How the whole of it is called.
_ALL: Final = Text("它", "it")
#: No whole number of fewer bits has too many digits for Python to write it.
_MANY_BITS: Final = 2_000


def must_be_json(plugin: str, what: str, function: Callable[..., Any], answer: Any) -> None:
    """Raise AnswerError where the *answer* that *function* of the plugin gave as *what* is none that JSON can hold."""
    wrong = not_json(answer)
    if wrong is not None:
        zh, en = f"{what}答的存不成JSON：{wrong.zh}", f"{what} answered what JSON cannot hold: {wrong.en}"
        raise plugin_fault(AnswerError, plugin, zh, en, written_at(function))


def not_json(value: Any) -> Text | None:
    """The first part of *value* that JSON or a database cannot hold, and what it is; None where all can be held."""
    return next(_odd(value, _ALL, 0), None)


def _odd(value: Any, here: Text, depth: int) -> Iterator[Text]:
    if depth > _DEEP:
        yield Text(f"{here.zh[:40]}…套得太深", f"{here.en[:40]}… lies too deep")
    elif isinstance(value, Enum):
        yield from _odd(value.value, here, depth + 1)
    elif isinstance(value, Mapping):
        for key, held in value.items():
            if isinstance(key, str):
                yield from _odd(key, Text(f"{here.zh}的一个键", f"a key of {here.en}"), depth)
                yield from _odd(held, _within(here, key), depth + 1)
            else:
                kind = type(key).__name__
                yield Text(f"{here.zh}有一个键是{kind}", f"{here.en} has a key of {kind}")
    elif isinstance(value, (list, tuple)):
        for place, held in enumerate(value):
            yield from _odd(held, _within(here, str(place)), depth + 1)
    elif not isinstance(value, _PLAIN):
        yield _is(here, type(value).__name__)
    elif isinstance(value, float) and not math.isfinite(value):
        yield _is(here, str(value))
    elif isinstance(value, str) and value.encode(errors="ignore").decode() != value:
        yield Text(f"{here.zh}里有半个字符", f"{here.en} has half a character")
    elif isinstance(value, int) and value.bit_length() > _MANY_BITS and not _written(value):
        yield Text(f"{here.zh}是位数太多的整数", f"{here.en} is a whole number with too many digits")


def _within(here: Text, name: str) -> Text:
    return both(name if here is _ALL else f"{here.en}.{name}")


def _is(here: Text, what: str) -> Text:
    return Text(f"{here.zh}是{what}", f"{here.en} is {what}")


def _written(value: int) -> bool:
    try:
        return bool(str(value))
    except ValueError:
        return False
