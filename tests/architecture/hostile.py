"""The worst texts for a regular expression, made from the expression itself: what each of its loops runs through."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import pairwise
from re import _parser  # type: ignore[attr-defined]
from typing import Any

#: One of a kind of signs is enough; these are tried in turn.
_SIGNS = "ax1 _-.,:'\"\t甲\x01，：([{)]}\\"


def texts(pattern: re.Pattern[Any], length: int) -> Iterator[str]:
    """Texts of about *length* characters that begin to match and do not end so, each with one thing repeated."""
    tree = list(_parser.parse(pattern.pattern, pattern.flags & ~re.UNICODE & ~re.DEBUG))
    whole, loops = _sample(tree), set(_loops(tree, ""))
    pumps = {("", whole)} if whole else set()
    if loops:  # without one, no place of the text is read more often than the expression is long
        signs = list(dict.fromkeys(_signs(tree)))
        pumps |= {("", one) for one in (*signs, *map("".join, pairwise(signs)))}
    for before, body in loops:
        pumps |= {(before, body), ("", before + body), (before + body, whole or body)}
    for before, body in sorted(pumps):
        yield before + body * (length // len(body)) + "\x00"


def _sample(nodes: Iterable[Any]) -> str:
    """The shortest text that *nodes* match, as far as that is easily said."""
    return "".join(map(_sample_of, nodes))


def _sample_of(node: Any) -> str:
    kind, of = str(node[0]), node[1]
    if kind == "LITERAL":
        return chr(of)
    if kind in ("NOT_LITERAL", "IN", "ANY"):
        return _sign(node)
    if kind.endswith("REPEAT"):
        return _sample(of[2]) * int(of[0])
    if kind == "SUBPATTERN":
        return _sample(of[3])
    if kind == "ATOMIC_GROUP":
        return _sample(of)
    return _sample(of[1][0]) if kind == "BRANCH" else ""


def _sign(node: Any) -> str:
    """A sign that a class of signs holds."""
    kind, of = str(node[0]), node[1]
    if kind == "LITERAL":
        return chr(of)
    if kind == "NOT_LITERAL":
        return "x" if of != ord("x") else "y"
    written = "." if kind == "ANY" else "[" + "".join(map(_written, of)) + "]"
    found = next((sign for sign in _SIGNS if re.match(written, sign)), None)
    return found if found is not None else chr(next(x[0] if isinstance(x, tuple) else x for _, x in of))


def _written(part: Any) -> str:
    kind, of = str(part[0]), part[1]
    if kind == "NEGATE":
        return "^"
    if kind == "LITERAL":
        return re.escape(chr(of))
    if kind == "RANGE":
        return f"{re.escape(chr(of[0]))}-{re.escape(chr(of[1]))}"
    letter = {"WORD": "w", "DIGIT": "d", "SPACE": "s"}[str(of).removeprefix("CATEGORY_").removeprefix("NOT_")]
    return "\\" + (letter.upper() if "NOT_" in str(of) else letter)


def _inner(node: Any) -> list[Any]:
    """The lists of nodes inside *node*."""
    kind, of = str(node[0]), node[1]
    if kind.endswith("REPEAT"):
        return [of[2]]
    if kind == "SUBPATTERN":
        return [of[3]]
    if kind == "ATOMIC_GROUP":
        return [of]
    if kind == "BRANCH":
        return list(of[1])
    return [of[1]] if kind in ("ASSERT", "ASSERT_NOT") else []


def _signs(nodes: Iterable[Any]) -> Iterator[str]:
    for node in nodes:
        if str(node[0]) in ("LITERAL", "NOT_LITERAL", "IN", "ANY"):
            yield _sign(node)
        for inner in _inner(node):
            yield from _signs(inner)


def _loops(nodes: Iterable[Any], before: str) -> Iterator[tuple[str, str]]:
    """Every loop without a bound: what leads to it, and what goes round in it."""
    for node in nodes:
        for inner in _inner(node):
            yield from _loops(inner, before)
        if str(node[0]).endswith("REPEAT") and node[1][1] > 1_000 and (body := _sample(node[1][2])):
            yield before, body
        before += _sample_of(node)
