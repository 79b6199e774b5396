"""A kind of node: what the ways through the tree ask of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from engine.clock import Micros
from engine.definition.model import Exit
from engine.runtime import commands as c
from engine.runtime.shapes.parts import Address, Owed
from engine.runtime.state import owed

_Turn = TypeVar("_Turn")

# Steps and nodes are ``Any`` here: each function takes those of its own kind.


def _what_it_undoes(node: Any, taken: Exit) -> list[Owed]:
    return owed(node) if taken.undo == "this" else []


def _nothing_beside(_node: Any, _key: str) -> list[Owed]:
    return []


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind(Generic[_Turn]):
    """One kind, in the hands of a turn. ``None`` is what a node of it is never asked for.

    ``open`` emits ``opened`` and enters what is inside; where nothing opens it, the engine does so on a way.
    ``ended`` goes on from a list of the node, at *key*, that has run off its end; ``dropped`` from one that is left
    uncounted. ``cancels`` is what an exit of the node releases, ``beside`` what its other lists owe when the case
    leaves by the list at *key*. ``rang`` goes on when its moment, the third argument, has come, ``result`` when what
    it runs has answered, and ``retried`` when an administrator lets it be tried again.
    """

    k: str
    open: Callable[[_Turn, Any, Address], None] | None = None
    ended: Callable[[_Turn, Any, str], None] | None = None
    dropped: Callable[[_Turn, Any, str], None] | None = None
    cancels: Callable[[Any, Exit], list[Owed]] = _what_it_undoes
    beside: Callable[[Any, str], list[Owed]] = _nothing_beside
    rang: Callable[[_Turn, Any, Micros], None] | None = None
    result: Callable[[_Turn, Any, c.Result], None] | None = None
    retried: Callable[[_Turn, Any], None] | None = None
