"""What a condition that held, or did not, says about which values are there."""

from __future__ import annotations

from typing import Final

from engine.definition.expression.tree import Apply, Node, Path, Written

COMPARED: Final = ("=", "<>", "<", "<=", ">", ">=")


def present(node: Node, holds: bool) -> frozenset[str]:
    """The paths that cannot be empty if *node* turned out to be *holds*."""
    if not isinstance(node, Apply):
        return frozenset()
    if node.function == "not":
        return present(node.args[0], not holds)
    if node.function in ("and", "or"):
        told = [present(arg, holds) for arg in node.args]
        return frozenset().union(*told) if (node.function == "and") == holds else frozenset.intersection(*told)
    if node.function in ("empty", "为空", "is empty", "is not empty") and len(node.args) == 1:
        says_empty = node.function != "is not empty"
        return _paths(node.args) if says_empty != holds else frozenset()
    if node.function in ("=", "<>") and any(isinstance(arg, Written) and arg.value is None for arg in node.args):
        return _paths(node.args) if (node.function == "<>") == holds else frozenset()
    if node.function in COMPARED and holds:
        return _paths(node.args)
    if node.function == "in" and holds:
        return _paths(node.args[:1])
    return frozenset()


def _paths(nodes: tuple[Node, ...]) -> frozenset[str]:
    return frozenset(".".join(node.parts) for node in nodes if isinstance(node, Path))
