"""What a plugin hands over as JSON: held to what JSON and every database can store, part by part."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from enum import Enum
from typing import Any, Final

from engine.extend.calls.faults import AnswerError, plugin_fault
from engine.extend.calls.places import written_at

#: So deep lists and mappings may lie in each other.
_DEEP: Final = 100
_PLAIN: Final = (str, int, float, bool, type(None))
#: No whole number of fewer bits has too many digits for Python to write it.
_MANY_BITS: Final = 2_000


def must_be_json(plugin: str, what: str, function: Callable[..., Any], answer: Any) -> None:
    """Raise AnswerError where the *answer* that *function* of the plugin gave as *what* is none that JSON can hold."""
    wrong = not_json(answer)
    if wrong:
        zh, en = f"{what}答的存不成JSON：{wrong}", f"{what} answered what JSON cannot hold: {wrong}"
        raise plugin_fault(AnswerError, plugin, zh, en, written_at(function))


def not_json(value: Any) -> str:
    """The first part of *value* that JSON or a database cannot hold, and what it is; "" where all can be held."""
    return next(_odd(value, "", 0), "")


def _odd(value: Any, path: str, depth: int) -> Iterator[str]:
    here = path or "it"
    if depth > _DEEP:
        yield f"{path[:40]}… lies too deep"
    elif isinstance(value, Enum):
        yield from _odd(value.value, path, depth + 1)
    elif isinstance(value, Mapping):
        for key, held in value.items():
            if isinstance(key, str):
                yield from _odd(key, f"a key of {here}", depth)
                yield from _odd(held, f"{path}.{key}".lstrip("."), depth + 1)
            else:
                yield f"{here} has a key of {type(key).__name__}"
    elif isinstance(value, (list, tuple)):
        for place, held in enumerate(value):
            yield from _odd(held, f"{path}.{place}".lstrip("."), depth + 1)
    elif not isinstance(value, _PLAIN):
        yield f"{here} is {type(value).__name__}"
    elif isinstance(value, float) and not math.isfinite(value):
        yield f"{here} is {value}"
    elif isinstance(value, str) and value.encode(errors="ignore").decode() != value:
        yield f"{here} has half a character"
    elif isinstance(value, int) and value.bit_length() > _MANY_BITS and not _written(value):
        yield f"{here} is a whole number with too many digits"


def _written(value: int) -> bool:
    try:
        return bool(str(value))
    except ValueError:
        return False
