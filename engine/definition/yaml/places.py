"""Where a key path leads to in a file that was read."""

from __future__ import annotations

from engine.definition.model import Place
from engine.definition.values.plain import whole_number
from engine.definition.yaml.source import Mapping, Node, Sequence


def place_at(node: Node, path: str) -> Place:
    """Where the dotted *path* of keys and of numbers of items, or as much of it as there is, stands below *node*."""
    place = node.place
    for part in path.split("."):
        key = node.key(part) if isinstance(node, Mapping) else None
        number = whole_number(part, len(node.items) - 1) if isinstance(node, Sequence) else None
        if isinstance(node, Sequence) and number is not None:
            node = node.items[number]
        elif isinstance(node, Mapping) and key is not None:
            node = node.get(part) or node
        else:
            return place
        place = key.place if key else node.place
    return place
