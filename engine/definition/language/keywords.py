"""Reads a process written with Chinese keywords as the canonical English one, and the other way round.

Only the words of the language are turned: names that authors give, titles and constants stay as they are. The
walk follows the key table, so a field called 标题 is never taken for a title.
"""

from __future__ import annotations

from dataclasses import replace

from engine.definition.language.phrases import PhraseTable
from engine.definition.language.slots import PROCESS, Slot, along, rows_of, slots_of
from engine.definition.problem_codes import problem
from engine.definition.yaml.source import Mapping, Node, Scalar, Sequence, identifier
from engine.errors import Problem

#: Values that are ids: normalised, so that a full-width letter names the same thing.
_IDS = frozenset({"id", "name", "target"})
_ENGLISH = PhraseTable(to_chinese=False)
_WHOLE_ENGLISH = PhraseTable(to_chinese=False, whole=True)
_CHINESE = PhraseTable(to_chinese=True)


def canonical(node: Node) -> Node:
    """*node*, a process or an overlay in either language, with English keywords; its places stay."""
    return _turned(node, PROCESS, _ENGLISH)


def english(node: Node) -> Node:
    """*node* in the canonical words, its formulas too; columns inside of formulas are no longer those of the file."""
    return _turned(node, PROCESS, _WHOLE_ENGLISH)


def chinese(node: Node) -> Node:
    """*node*, a process or an overlay in either language, with Chinese keywords; its places stay."""
    return _turned(canonical(node), PROCESS, _CHINESE)


def doubled(node: Node) -> tuple[Problem, ...]:
    """Keys of the canonical *node* that stand twice because they were written in both languages."""
    if isinstance(node, Sequence):
        return tuple(found for item in node.items for found in doubled(item))
    if not isinstance(node, Mapping):
        return ()
    found: list[Problem] = []
    first: dict[str, Scalar] = {}
    for key, value in node.entries:
        if first.setdefault(key.text, key) is not key:
            line = first[key.text].place.line
            found.append(problem("yaml-duplicate-key", key, key=key.text, line=line))
        found += doubled(value)
    return tuple(found)


def _turned(node: Node, slot: Slot, phrases: PhraseTable) -> Node:
    if isinstance(node, Scalar):
        return _saying(node, _words(node.text, slot, phrases))
    if isinstance(node, Sequence):
        return replace(node, items=tuple(_turned(item, slot.inner, phrases) for item in node.items))
    rows = rows_of(slot)
    entries = []
    for name, key, value, below in slots_of(node, slot):
        shown = rows[name].chinese[0] if phrases.to_chinese and name in rows else name
        entries.append((_saying(key, shown), _turned(value, below, phrases)))
    return replace(node, entries=tuple(entries))


def _saying(scalar: Scalar, text: str) -> Scalar:
    return scalar if scalar.text == text else replace(scalar, text=text)


def _words(text: str, slot: Slot, phrases: PhraseTable) -> str:
    if slot.kind == "path":
        return _path(tuple(identifier(part) for part in text.split(".")), phrases)
    kind = "target" if slot.kind == "exit" else slot.kind
    return phrases.of(kind, identifier(text) if kind in _IDS else text, slot.options)


def _path(parts: tuple[str, ...], phrases: PhraseTable) -> str:
    def shown(part: str, position: int) -> str:
        row = rows[position]
        return part if row is None else row.chinese[0] if phrases.to_chinese else row.name

    rows = [row for row, _ in along(parts)]
    return ".".join(shown(part, position) for position, part in enumerate(parts))
