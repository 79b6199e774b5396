"""The one table of faults that content can have: a code, its words in both languages, and what to do.

Each family of rules keeps its rows in a file of its own beside this one; ``problem`` makes the value.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Mapping
from typing import Any, Protocol

from engine.definition.problem_codes import (
    district_codes,
    grammar_codes,
    overlay_codes,
    reader_codes,
    shape_codes,
    soundness_codes,
    yaml_codes,
)
from engine.definition.problem_codes.wording import CodeWording
from engine.errors import Problem
from engine.i18n import Text

_ARGUMENT = re.compile(r"\{([a-z_]+)\}")


class Placed(Protocol):
    """A place in a file: ``engine.definition.model.Place`` is one."""

    @property
    def file(self) -> str: ...
    @property
    def line(self) -> int: ...
    @property
    def column(self) -> int: ...


class HasPlace(Protocol):
    """A node or a part of the model that knows where it stands."""

    @property
    def place(self) -> Placed: ...


def _merged(*tables: Mapping[str, CodeWording]) -> dict[str, CodeWording]:
    merged: dict[str, CodeWording] = {}
    for table in tables:
        for code, wording in table.items():
            if code in merged:
                raise KeyError(f"two problems are called {code}")
            merged[code] = wording
    return merged


CODES: Mapping[str, CodeWording] = _merged(
    yaml_codes.CODES,
    shape_codes.CODES,
    grammar_codes.CODES,
    soundness_codes.CODES,
    reader_codes.CODES,
    overlay_codes.CODES,
    district_codes.CODES,
)


def problem(
    code: str,
    where: Placed | HasPlace | None = None,
    path: str = "",
    *,
    hint: Text | None = None,
    warning: bool = False,
    **args: Any,
) -> Problem:
    """The problem *code* at *where*; *args* fill the ``{names}`` of its words, *hint* replaces its hint.

    An argument may be a ``Text``: each language takes its own side. Raises KeyError for a code that is in no table.
    """
    wording = CODES[code]
    message = Text(_filled(wording.zh, args, "zh"), _filled(wording.en, args, "en"))
    if hint is None and wording.hint_zh:
        hint = Text(_filled(wording.hint_zh, args, "zh"), _filled(wording.hint_en, args, "en"))
    made = Problem(code, message, hint, path=path, warning=warning)
    place: Any = getattr(where, "place", where)
    return made if place is None else made.at(place.file, place.line, place.column)


def did_you_mean(word: str, known: Iterable[str]) -> Text | None:
    """A hint that names the nearest of *known*, or None when nothing is near."""
    spelled = {one.casefold(): one for one in sorted(set(known))}
    near = difflib.get_close_matches(word.casefold(), spelled, n=1, cutoff=0.6)
    return Text(f"是不是 {spelled[near[0]]}？", f"did you mean {spelled[near[0]]}?") if near else None


def _filled(template: str, args: Mapping[str, Any], language: str) -> str:
    def one(match: re.Match[str]) -> str:
        value = args.get(match[1], match[0])
        return value.pick(language) if isinstance(value, Text) else str(value)

    return _ARGUMENT.sub(one, template)
