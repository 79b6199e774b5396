"""What a file may hold at most, found before the parser reads it or without it, so alike with every PyYAML."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, Final

import yaml

from engine.definition.yaml.faults import Fault

MAX_BYTES: Final = 1_000_000
MAX_DEPTH: Final = 40
#: Scalars, lists, mappings and documents: what a list of thirteen thousand people has.
MAX_PIECES: Final = 150_000
#: Nobody mends more at once; a file that is no YAML at all would have one for each of its lines.
MAX_FAULTS: Final = 200
#: Characters of a key.
MAX_KEY: Final = 200
#: Characters in which the parser looks for the colon of a key before it tells of what it found.
LOOK_AHEAD: Final = 1024
#: The C parser where PyYAML has one: the same grammar, ten times as fast.
PARSER: Final[Any] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
#: What stands for a byte that is not UTF-8.
_FOREIGN = re.compile("[\udc80-\udcff]")
#: Of many directives the parser compares each with each; they serve tags alone, which are refused anyway.
_TAGS = re.compile(r"^%TAG\b", re.MULTILINE)


def refused(text: str) -> Fault | None:
    """Why *text* is not given to the parser at all."""
    if len(text.encode("utf-8", "surrogatepass")) > MAX_BYTES:
        return Fault("yaml-too-large", 1, 1)
    if foreign := _FOREIGN.search(text):
        return _at(text, foreign.start(), "yaml-not-utf8")
    if tags := _TAGS.search(text):
        return _at(text, tags.start(), "yaml-tag")
    return None


def events(text: str) -> Iterator[Any]:
    """What the parser finds in *text*, one after the other. Raises yaml.YAMLError."""
    loader = PARSER(text.encode("utf-8", "surrogatepass"))
    try:
        while loader.check_event():
            yield loader.get_event()
    finally:
        loader.dispose()


def may_be_deep(text: str, error: yaml.YAMLError, depth: int) -> str | None:
    """What to read again for the sake of our own limit after *error*, *depth* levels deep; None if nothing.

    The parser looks ahead to the end of a line before it tells of the first bracket there, and some releases give
    up by themselves at a depth of their own. What stands before that place holds every bracket they saw.
    """
    scanning = isinstance(error, yaml.scanner.ScannerError) and error.context_mark
    mark = scanning or getattr(error, "problem_mark", None)
    if mark is None:
        return None
    seen = text[max(0, mark.index - LOOK_AHEAD) : mark.index]
    return text[: mark.index] if depth + seen.count("[") + seen.count("{") > MAX_DEPTH else None


def _at(text: str, index: int, code: str) -> Fault:
    before = text[:index]
    return Fault(code, before.count("\n") + 1, len(before) - before.rfind("\n"))
