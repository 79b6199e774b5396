"""What may stand where in a process: the walk along the key table that every reader of nodes shares."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache

from engine.definition.language.key_kinds import Key, Shape
from engine.definition.language.keys import CONSTRUCTS, keys_of
from engine.definition.language.words import TYPE_WORDS, english_of
from engine.definition.values.kinds.table import BUILT_IN
from engine.definition.yaml.source import Mapping, Node, Scalar
from engine.i18n import Text

#: What a mapping is where the value is usually written in one line.
_LONG_FORMS = {"who": "who_case", "among": "who_case", "sign": "sign_case"}
_VOTE = Key("vote", "vote", Text("表决", "a vote"))


@dataclass(frozen=True, slots=True)
class Slot:
    """A place in a process: the kind and shape of what stands there, or a closed choice."""

    kind: str
    shape: Shape = "one"
    options: tuple[str, ...] = ()

    @classmethod
    def of(cls, key: Key) -> Slot:
        """The place behind *key*."""
        return cls(key.kind, key.shape, key.options)

    @property
    def named(self) -> bool:
        """Whether a mapping here has names of the author's for keys."""
        return self.shape in ("map", "lists")

    @property
    def inner(self) -> Slot:
        """The place of one item of a list, or of one value of a mapping from names."""
        return replace(self, shape="list" if self.shape == "lists" else "one")


PROCESS = Slot("process")


@cache
def rows_of(slot: Slot) -> dict[str, Key]:
    """The keys that a mapping in *slot* may have; none where any name may be a key."""
    kind = _LONG_FORMS.get(slot.kind, slot.kind)
    if slot.named:
        return {}
    if kind == "sign_case":
        return {"vote": _VOTE}
    return keys_of(kind) if kind in CONSTRUCTS or kind == "step" else {}


def slots_of(node: Mapping, slot: Slot) -> Iterator[tuple[str, Scalar, Node, Slot]]:
    """Every entry of *node*, written in either language: canonical name, key, value and the place of the value."""
    rows, english = rows_of(slot), _english(slot)
    named = [(english.get(key.text, key.text), key, value) for key, value in node.entries]
    found = {name: value for name, _, value in named}
    for name, key, value in named:
        if slot.named:
            below = slot.inner
        elif slot.kind == "edit" and name == "to":
            below = _edited(found)
        elif name == "default" and name in rows:
            below = Slot(_typed(found.get("type")))
        elif name == "among" and name in rows:
            below = Slot(_offered(found.get("type")))
        else:
            below = Slot.of(rows[name]) if name in rows else Slot("any")
        yield name, key, value, below


@cache
def _english(slot: Slot) -> dict[str, str]:
    return {word: row.name for row in rows_of(slot).values() for word in row.chinese}


def along(parts: tuple[str, ...]) -> Iterator[tuple[Key | None, Slot]]:
    """For each part of an overlay's path the key that it is, None for a name, and the place behind it."""
    slot = PROCESS
    for position, part in enumerate(parts):
        rows = rows_of(slot).values()
        row = next((row for row in rows if part in (row.name, *row.chinese)), None)
        if slot.named:
            slot = slot.inner
        elif row:
            slot = Slot.of(row)
        else:
            slot = Slot("any" if position else "step")
        yield row, slot


def slot_at(path: str) -> Slot:
    """What stands at *path* of an overlay, such as ``lender_ok.due.within``."""
    return [slot for _, slot in along(tuple(path.split(".")))][-1]


def _typed(node: Node | None) -> str:
    """The kind of a default of the type at *node*: where that is a word of the language, it has both forms."""
    kind = BUILT_IN.get(english_of(TYPE_WORDS).get(node.text, node.text)) if isinstance(node, Scalar) else None
    return kind.phrase if kind else "value"


def _offered(node: Node | None) -> str:
    """What says which values a field of the type at *node* offers."""
    kind = english_of(TYPE_WORDS).get(node.text, node.text) if isinstance(node, Scalar) else ""
    return "who" if kind == "person" else "formula"


def _edited(found: dict[str, Node]) -> Slot:
    """What stands behind ``to``, from the edit that it belongs to."""
    if "add_outcome" in found:
        return Slot("exit", "map")
    if "replace_who" in found:
        return Slot("who")
    place = found.get("set") or found.get("tighten")
    return slot_at(place.text) if isinstance(place, Scalar) else Slot("any")
