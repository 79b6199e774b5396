"""Targets: ``next``, ``stay``, ``drop``, ``end NAME`` and ``back STEP``, one syntax everywhere."""

from __future__ import annotations

from typing import Final

from engine.definition.model import Target, TargetKind
from engine.definition.parse.reader import Reader
from engine.definition.yaml.source import Node, identifier

#: The words of a target, and whether a name follows.
WORDS: Final[dict[str, tuple[TargetKind, bool]]] = {
    "next": ("next", False),
    "stay": ("stay", False),
    "drop": ("drop", False),
    "end": ("end", True),
    "back": ("back", True),
}


def read_target(reader: Reader, node: Node, path: str) -> Target | None:
    """The target at *node*; steps and ends that it names are looked up by the checks."""
    text = reader.word(node, path)
    word, _, name = identifier(text).partition(" ")
    name = name.strip()
    if not text:
        return None
    if word not in WORDS:
        if text in reader.outline.steps:
            reader.fault("target-is-step", node, path, name=text)
        else:
            reader.fault("unknown-target", node, path, WORDS, name=word)
        return None
    kind, named = WORDS[word]
    if named and not name:
        reader.fault("target-needs-name", node, path, name=word)
        return None
    if name and not named:
        reader.fault("target-takes-no-name", node, path, name=word)
        return None
    return Target(kind, name)
