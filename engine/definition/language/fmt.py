"""Rewrites a process file with the keywords of one language, and moves formulas out of braces.

The text is changed only where it has to be: comments, blank lines and the writer's layout stay.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import yaml

from engine.definition.language.keywords import canonical, chinese, doubled, english
from engine.definition.language.routes import walk
from engine.definition.language.slots import PROCESS, Slot, slots_of
from engine.definition.yaml import source
from engine.definition.yaml.limits import PARSER
from engine.definition.yaml.source import Mapping, Node, Scalar, Sequence
from engine.errors import Problem

#: A piece of the text from one offset to another, and what stands there instead.
_Change = tuple[int, int, str]
_FORMULAS = frozenset({"formula", "moment", "event"})
#: Controls and everything that YAML takes for the end of a line.
_BREAKS = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")


@dataclass(frozen=True, slots=True)
class _Span:
    """Where a scalar or a pair of brackets stands in the text, as offsets; ``flow`` inside other brackets."""

    start: int
    end: int
    flow: bool


def formatted(text: str, file: str = "", language: str = "zh") -> tuple[str | None, tuple[Problem, ...]]:
    """*text* with Chinese keywords (``"zh"``) or English ones (``"en"``); None beside the problems of the file.

    The content hash of the result is that of *text*.
    """
    text = text.removeprefix("\ufeff")
    node, problems = source.read(text, file)
    if node is not None:
        problems = (*problems, *doubled(canonical(node)))
    if node is None or problems:
        return None, problems
    turned = chinese(node) if language == "zh" else english(node)
    text = _spliced(text, list(_words(text, node, turned)))
    while changes := _formulas_in_braces(text):
        text = _spliced(text, changes)
    return text, ()


def written(text: str, *, flow: bool = False, quoted: bool = False) -> str:
    """*text* as a scalar of YAML, in quotes where it needs them or *quoted* asks for them."""
    if not quoted and "\n" not in text:
        sample = f"[{text}]" if flow else f"- {text}"
        if source.read(sample) == (Sequence((Scalar(text),)), ()):
            return text
    if _BREAKS.search(text):
        return _BREAKS.sub(lambda match: f"\\u{ord(match[0]):04x}", json.dumps(text, ensure_ascii=False))
    return "'" + text.replace("'", "''") + "'"


def _spliced(text: str, changes: list[_Change]) -> str:
    pieces, at = [], 0
    for start, end, new in sorted(changes):
        pieces += [text[at:start], new]
        at = end
    return "".join(pieces) + text[at:]


def _words(text: str, old: Node, new: Node) -> Iterator[_Change]:
    """Where *new*, the same tree in other words, differs from *old*."""
    where = _spans(text)
    for before, after in _pairs(old, new):
        span = where[before.place.line, before.place.column]
        if before.text != after.text and text[span.start] not in "|>":
            yield span.start, span.end, written(after.text, flow=span.flow, quoted=before.quoted)


def _pairs(old: Node, new: Node) -> Iterator[tuple[Scalar, Scalar]]:
    if isinstance(old, Scalar) and isinstance(new, Scalar):
        yield old, new
    elif isinstance(old, Sequence) and isinstance(new, Sequence):
        for one, other in zip(old.items, new.items, strict=True):
            yield from _pairs(one, other)
    elif isinstance(old, Mapping) and isinstance(new, Mapping):
        for (key, value), (other_key, other) in zip(old.entries, new.entries, strict=True):
            yield key, other_key
            yield from _pairs(value, other)


def _formulas_in_braces(text: str) -> list[_Change]:
    """The outermost pairs of braces that hold a formula with a call, written as blocks instead."""
    node, _ = source.read(text)
    where = _spans(text)
    found: list[_Change] = []
    for one, slot, indent, below in _braces(node, PROCESS, 0) if node else ():
        span = where.get((one.place.line, one.place.column))
        if span is None or span.flow or (found and span.start < found[-1][1]):
            continue
        if text[span.start] != "{" or "#" in text[span.start : span.end]:
            continue
        if any(isinstance(leaf, Scalar) and _calls(leaf.text, kind) for _, leaf, kind in walk(one, slot)):
            lines = [_entry(text, key, value, where) for key, value in one.entries]
            first = "\n" + " " * indent if below else ""
            start = len(text[: span.start].rstrip(" ")) if below else span.start
            found.append((start, span.end, first + ("\n" + " " * indent).join(lines)))
    return found


def _calls(text: str, slot: Slot) -> bool:
    return "(" in text and (slot.kind in _FORMULAS or text.startswith("="))


def _braces(node: Node, slot: Slot, indent: int) -> Iterator[tuple[Mapping, Slot, int, bool]]:
    """Every mapping below, outer ones first: its place, how far a block of it is indented, whether it starts below."""
    if isinstance(node, Sequence):
        for item in node.items:
            if isinstance(item, Mapping):
                yield item, slot.inner, item.place.column - 1, False
            yield from _braces(item, slot.inner, indent)
    elif isinstance(node, Mapping):
        for _, key, value, below in slots_of(node, slot):
            if isinstance(value, Mapping):
                yield value, below, key.place.column + 1, True
            yield from _braces(value, below, indent)


def _entry(text: str, key: Scalar, value: Node, where: dict[tuple[int, int], _Span]) -> str:
    """One entry out of braces, as it stands in a block."""
    name, span = where[key.place.line, key.place.column], where[value.place.line, value.place.column]
    shown = text[span.start : span.end]
    if isinstance(value, Scalar) and "\n" not in value.text:
        shown = written(value.text)
    return f"{text[name.start : name.end]}: {' '.join(shown.split())}"


def _spans(text: str) -> dict[tuple[int, int], _Span]:
    """The span of every scalar and pair of brackets of a *text* that reads well, by line and column."""
    found: dict[tuple[int, int], _Span] = {}
    opened: list[Any] = []
    for token in yaml.scan(text, Loader=PARSER):
        first, last = token.start_mark, token.end_mark
        if isinstance(token, (yaml.FlowMappingStartToken, yaml.FlowSequenceStartToken)):
            opened.append(first)
        elif isinstance(token, (yaml.FlowMappingEndToken, yaml.FlowSequenceEndToken)):
            first = opened.pop()
        elif not isinstance(token, yaml.ScalarToken):
            continue
        found[first.line + 1, first.column + 1] = _Span(first.index, last.index, bool(opened))
    return found
