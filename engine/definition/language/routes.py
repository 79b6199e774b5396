"""Finds parts of a canonical process by step id and key, and gives a new tree with one part changed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from engine.definition.language.slots import PROCESS, Slot, slots_of
from engine.definition.yaml.source import Mapping, Node, Scalar, Sequence

#: Positions from the root: of an entry in a mapping, of an item in a list.
Route = tuple[int, ...]


def walk(node: Node, slot: Slot = PROCESS, route: Route = ()) -> Iterator[tuple[Route, Node, Slot]]:
    """Every node with its route and its place in the language, parents first."""
    yield route, node, slot
    if isinstance(node, Sequence):
        for position, item in enumerate(node.items):
            yield from walk(item, slot.inner, (*route, position))
    elif isinstance(node, Mapping):
        for position, (_, _, value, below) in enumerate(slots_of(node, slot)):
            yield from walk(value, below, (*route, position))


def steps_of(root: Node) -> dict[str, tuple[Route, Mapping]]:
    """Every step by its id, with its route; the first where an id stands twice."""
    found: dict[str, tuple[Route, Mapping]] = {}
    for route, node, slot in walk(root):
        if isinstance(node, Mapping) and slot == Slot("step"):
            id_ = node.get("step")
            if isinstance(id_, Scalar):
                found.setdefault(id_.text, (route, node))
    return found


def node_at(root: Node, route: Route) -> Node:
    """The node at *route*, which must exist."""
    for position in route:
        root = root.entries[position][1] if isinstance(root, Mapping) else _items(root)[position]
    return root


def changed(root: Node, route: Route, *into: Node) -> Node:
    """*root* with the node at *route* replaced by *into*: one node, or for a list's item any number."""
    if not route:
        return into[0]
    head, rest = route[0], route[1:]
    if isinstance(root, Mapping):
        key, value = root.entries[head]
        entry = (key, changed(value, rest, *into))
        return replace(root, entries=(*root.entries[:head], entry, *root.entries[head + 1 :]))
    items = _items(root)
    middle = (changed(items[head], rest, *into),) if rest else into
    return Sequence((*items[:head], *middle, *items[head + 1 :]), root.place)


def with_entry(node: Mapping, key: Scalar, value: Node) -> Mapping:
    """*node* with *key* set: replaced where it stands, else added at the end."""
    for position, (old, _) in enumerate(node.entries):
        if old.text == key.text:
            entries = (*node.entries[:position], (key, value), *node.entries[position + 1 :])
            return replace(node, entries=entries)
    return replace(node, entries=(*node.entries, (key, value)))


def _items(node: Node) -> tuple[Node, ...]:
    return node.items if isinstance(node, Sequence) else ()
