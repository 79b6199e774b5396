"""The shapes of a formula: what the parser reads, and what the checker makes of it for evaluation."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal


@dataclass(frozen=True, slots=True)
class Node:
    """Any part of a formula as it was read; ``offset`` is where it starts."""

    offset: int


@dataclass(frozen=True, slots=True)
class Written(Node):
    """A constant: int, Decimal, bool, str, Duration or None for empty."""

    value: Any


@dataclass(frozen=True, slots=True)
class Path(Node):
    """A name, perhaps with attributes: ``start.unit.name``."""

    parts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Dot(Node):
    """An attribute of something that is not a name: ``only(t, row.ok).sum``."""

    of: Node
    attribute: str


@dataclass(frozen=True, slots=True)
class Apply(Node):
    """A function or an operator with its arguments; operators go by their sign (``+``, ``and``, ``in``)."""

    function: str
    args: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Items(Node):
    """A list written out: ``('a', 'b')``."""

    items: tuple[Node, ...]


class Core:
    """Any part of a checked formula; every operator is resolved to the operation its types need."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class Constant(Core):
    """A value known when the formula was checked."""

    value: Any


@dataclass(frozen=True, slots=True)
class Read(Core):
    """A name asked of the environment; ``hold.id`` is the entry ``id`` of its record ``hold``."""

    name: str


@dataclass(frozen=True, slots=True)
class Row(Core):
    """The row that the nearest enclosing count or only looks at."""


@dataclass(frozen=True, slots=True)
class Attribute(Core):
    """An attribute of a value of a plugin's or the engine's reference type, asked of the environment."""

    type_name: str
    of: Core
    attribute: str


@dataclass(frozen=True, slots=True)
class Operation(Core):
    """A built-in operation by its name in the table of operations; ``strict`` ones are empty if any input is."""

    name: str
    args: tuple[Core, ...]


@dataclass(frozen=True, slots=True)
class Lazy(Core):
    """``and``, ``or``, ``if`` and ``coalesce``: later parts run only where they matter."""

    kind: Literal["and", "or", "if", "coalesce"]
    args: tuple[Core, ...]


@dataclass(frozen=True, slots=True)
class Each(Core):
    """A condition tried on every row: ``count`` says how many hold, ``only`` keeps those rows."""

    kind: Literal["count", "only"]
    table: Core
    condition: Core
    size: int


@dataclass(frozen=True, slots=True)
class Ask(Core):
    """A function that the environment answers: a plugin's or ``has_role``."""

    function: str
    args: tuple[Core, ...]


@dataclass(frozen=True, slots=True)
class Shift(Core):
    """A date or moment and a duration; those that need a calendar are added by the environment."""

    moment: Core
    duration: Core
    sign: int


def size(part: Core) -> int:
    """How many operations one evaluation of *part* costs, rows not counted."""
    if isinstance(part, (Operation, Lazy, Ask)):
        return 1 + sum(map(size, part.args))
    if isinstance(part, Attribute):
        return 1 + size(part.of)
    if isinstance(part, Each):
        return 1 + size(part.table)
    if isinstance(part, Shift):
        return 1 + size(part.moment) + size(part.duration)
    return 1
