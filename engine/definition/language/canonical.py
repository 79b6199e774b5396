"""The canonical document of a process, and the hash of its content that names a published definition."""

from __future__ import annotations

import hashlib
import json
from typing import Any, Final

from engine.definition.language.keywords import english
from engine.definition.language.slots import PROCESS, Slot, rows_of, slots_of
from engine.definition.yaml.source import Mapping, Node, Sequence

#: The number of the language that published processes are written in. A change that an older one could not be read by
#: raises it, with a step in ``engine.store.upcast``.
LANGUAGE: Final = 1


def document(node: Node) -> dict[str, Any]:
    """*node*, an effective process in either language, as plain data in canonical words.

    Keys of the language stand in the order of the key table. What an author names keeps the author's order, which
    means something: the order of fields in a form, of buttons, and of outcomes where everybody has to agree.
    """
    made = _plain(english(node), PROCESS)
    return made if isinstance(made, dict) else {}


def text_of(document: dict[str, Any]) -> str:
    """*document* as the compact JSON that is stored and hashed, in its own order."""
    return json.dumps(document, ensure_ascii=False, separators=(",", ":"))


def content_hash(document: dict[str, Any]) -> str:
    """The SHA-256 of ``text_of``, in hexadecimal."""
    return hashlib.sha256(text_of(document).encode()).hexdigest()


def _plain(node: Node, slot: Slot) -> Any:
    if isinstance(node, Mapping):
        made = {name: _plain(value, below) for name, _, value, below in slots_of(node, slot)}
        order = {name: position for position, name in enumerate(rows_of(slot))}
        return dict(sorted(made.items(), key=lambda entry: order.get(entry[0], 0)))
    if isinstance(node, Sequence):
        return [_plain(item, slot.inner) for item in node.items]
    return node.text
