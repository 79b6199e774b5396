"""The state of a case: a JSON tree in which a list of steps has one active node at most (``shapes.tree``).

The tree is made of *nodes* and *frames*. A node is an open step; a frame is an open list of steps. ``undo`` lists the
effects that a frame still owes, each by the item of this list that they belong to.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Final, TypeGuard, TypeVar

from engine.runtime.shapes.parts import Address, Owed, Seat, kinds_of
from engine.runtime.shapes.tree import (
    VERSION,
    AskNode,
    Between,
    Failing,
    Frame,
    Node,
    Owner,
    Root,
    State,
    Timed,
    WaitNode,
)

ROOT: Final[Address] = (0, "")
_T = TypeVar("_T")


def fresh() -> State:
    """The state before the first event."""
    return {
        "v": VERSION,
        "n": 0,
        "st": "new",
        "case": {"by": "", "for": "", "unit": ""},
        "data": {},
        "par": {},
        "out": {},
        "root": bare(),
    }


def bare() -> Root:
    """The tree of a case in which nothing is open."""
    return {"n": 0, "s": "", "k": "root", "f": {"": {}}}


def units_in(held: str | Sequence[str] | None) -> list[str]:
    """The units that a party or a formula names: one, several, or none yet."""
    if not held:
        return []
    return [held] if isinstance(held, str) else list(held)


def copy(value: _T) -> _T:
    """A deep copy of JSON data, many times cheaper than ``copy.deepcopy``; tuples are shared."""
    copied: _T = _copy(value)
    return copied


def _copy(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _copy(item) if isinstance(item, (dict, list)) else item for key, item in value.items()}
    if isinstance(value, list):
        return [_copy(item) if isinstance(item, (dict, list)) else item for item in value]
    return value


def nodes(node: Node) -> list[Node]:
    """*node* and every active node below it, outermost first."""
    found = [node]
    if "f" in node:
        for frame in node["f"].values():
            if "node" in frame:
                inner = frame["node"]
                found += nodes(inner) if "f" in inner else [inner]
    return found


def frames(node: Node) -> list[Frame]:
    """Every frame below *node*, outermost first."""
    found: list[Frame] = []
    if "f" in node:
        for frame in node["f"].values():
            found.append(frame)
            if "node" in frame:
                found += frames(frame["node"])
    return found


def find(state: State, n: int) -> Node | None:
    """The active node with serial *n*, or None."""
    root = state["root"]
    return root if n == 0 else _find(root, n)


def _find(node: Node, n: int) -> Node | None:
    for frame in node["f"].values() if "f" in node else ():
        inner = frame.get("node")
        if inner is None:
            continue
        if inner["n"] == n:
            return inner
        if "f" in inner and (found := _find(inner, n)) is not None:
            return found
    return None


def at_seat(state: State, n: int) -> Node:
    """The node with serial *n*, or the node that has a seat with it; a KeyError here is a defect of the engine."""
    for node in nodes(state["root"]):
        if node["n"] == n or ("seats" in node and any(seat.n == n for seat in node["seats"])):
            return node
    raise KeyError(n)


def path(state: State, n: int) -> list[tuple[Owner, str]]:
    """The way from the root to node *n*: each owner with the key of the frame that leads on; [] if not active."""
    return [] if n == 0 else _path(state["root"], n)


def _path(node: Node, n: int) -> list[tuple[Owner, str]]:
    if "f" in node:
        for key, frame in node["f"].items():
            inner = frame.get("node")
            if inner is None:
                continue
            if inner["n"] == n:
                return [(node, key)]
            below = _path(inner, n)
            if below:
                return [(node, key), *below]
    return []


def way_to_frame(state: State, at: Address) -> list[tuple[Owner, str]]:
    """The way from the root to the frame at *at*, that frame's own owner and key last."""
    if at[0] == 0:
        return [(state["root"], at[1])]
    owner = find(state, at[0])
    return [] if owner is None or "f" not in owner else [*path(state, at[0]), (owner, at[1])]


def frame_at(state: State, at: Address) -> Frame:
    """The frame at *at*; a KeyError here is a defect of the engine, never of content."""
    owner = find(state, at[0])
    if owner is None or "f" not in owner:
        raise KeyError(at)
    return owner["f"][at[1]]


def place_of(state: State, n: int) -> Address:
    """The address of the frame that holds node *n*."""
    owner, key = path(state, n)[-1]
    return owner["n"], key


def inside(node: Node) -> list[Frame]:
    """The lists that *node* itself has open."""
    return list(node["f"].values()) if "f" in node else []


def leaves(node: Node) -> list[Node]:
    """The innermost active nodes: those in which nothing else is open."""
    return [inner for inner in nodes(node) if not any("node" in frame for frame in inside(inner))]


def owed(node: Node) -> list[Owed]:
    """Every effect that *node* and what is below it still owe; what is being released is owed until it is."""
    releasing = [entry for inner in nodes(node) if "todo" in inner for entry in inner["todo"]]
    return [entry for frame in frames(node) for entry in frame.get("undo", ())] + releasing


def kind_of(node: Node) -> str:
    """The word of the kind of *node*, by which the table of kinds is asked."""
    return node["k"]


_BETWEEN = kinds_of(Between, "k")


def is_step(node: Node) -> bool:
    """Whether *node* is an open step, and neither the case itself nor what happens on a way between steps."""
    return node["k"] not in _BETWEEN


def waits(node: Node) -> TypeGuard[WaitNode]:
    """Whether *node* rests for a moment and for nobody."""
    return "due" in node and "seats" not in node and "f" not in node


def seats_of(node: Node) -> list[Seat]:
    """The seats of *node*, decided at or not; none where it asks nobody."""
    if "seats" in node:
        return node["seats"]
    return []


def pressed_at(node: Node) -> int:
    """The serial by which an exit of the open *node* is pressed: its first seat's, or its own."""
    return next((seat.n for seat in seats_of(node)), node["n"])


def has_signed(node: Node, seat: Seat) -> bool:
    """Whether somebody has decided at *seat* of *node*, where others still have to."""
    return "sig" in node and str(seat.n) in node["sig"]


def open_seats(node: Node) -> list[Seat]:
    """The seats of *node* that nobody has decided at."""
    if "seats" not in node:
        return []
    return [seat for seat in node["seats"] if not has_signed(node, seat)] if "sig" in node else node["seats"]


def seats(state: State) -> dict[int, tuple[AskNode, Seat]]:
    """Every open seat by its serial, with its node."""
    return {
        seat.n: (node, seat) for node in nodes(state["root"]) if "seats" in node for seat in open_seats(node)
    }


def failed_at(node: Node) -> Failing | None:
    """*node* where it failed and waits for an administrator, else None."""
    return node if "ph" in node and node["ph"] == "incident" else None


def incidents(state: State) -> dict[int, Failing]:
    """Every open node that failed and waits for an administrator, by serial."""
    return {node["n"]: failed for node in nodes(state["root"]) if (failed := failed_at(node)) is not None}


def failing(node: Failing) -> str:
    """The step that an automatic node is about; of what is being released, the effect that is next."""
    return node["todo"][0].step if "todo" in node else node["s"]


def is_timer(node: Node) -> bool:
    """Whether *node* has a clock and no seat."""
    return "due" in node and not seats_of(node)


def timed(state: State) -> Iterator[Timed]:
    """Every open node with a clock, outermost first."""
    return (node for node in nodes(state["root"]) if "due" in node)
