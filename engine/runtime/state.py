"""The state of a case: a JSON tree in which a list of steps has one active node at most.

The tree is made of *nodes* and *frames*. A node is an open step; a frame is an open list of steps::

    state = {"v": 1, "n": 7, "st": "open", "case": {...}, "data": {...}, "par": {...}, "out": {...}, "root": NODE,
             "later": bool?}
    NODE  = {"n": 3, "s": "lender_ok", "k": "ask", "seats": [...], "f": {KEY: FRAME}, ...}
    FRAME = {"node": NODE?, "undo": [[item, n, step], ...], "ret": {"step.exit": count}, "kept": {...}, "done": bool?}

A node with a deadline has a clock, ``due`` (moments are microseconds)::

    CLOCK = {"from": opened, "base": moment, "span": [[2, "workdays"]], "at": deadline, "rem": [moments], "i": rung,
             "next": moment?, "ping": moment?, "before": moment?, "lapse": moment?, "over": bool?, "left": span?,
             "whole": length?}

``base`` and ``span`` are what is counted: to the deadline ``at``, or, once it is ``over``, to the ``next`` rung, which
is number ``i`` of the ladder. ``rem`` are the reminders still to come, ``ping`` the next ring of all. ``left`` is there
while the clock stands still; going on counts it from then, and ``whole`` keeps how long the deadline was before. A
clock of an urgent moment alone has ``before`` and no deadline; ``lapse`` is the same moment where the step then ends.

``later`` says that something was ever left for a plugin to undo later, so that what it does next asks whether it has.

One ``node`` key per frame makes "a list has one active item" true by shape. ``undo`` lists the effects that a frame
still owes: the item of this list they belong to, the serial of the action's node, and its step.
"""

from __future__ import annotations

from typing import Any

State = dict[str, Any]
Node = dict[str, Any]
Frame = dict[str, Any]
#: A frame's address: the serial of the node that owns it, and its key in that node.
Address = tuple[int, str]
#: An owed effect: item of the list, serial of the action's node, step id.
Owed = list[Any]

ROOT: Address = (0, "")


def fresh() -> State:
    """The state before the first event."""
    return {
        "v": 1,
        "n": 0,
        "st": "new",
        "case": {},
        "data": {},
        "par": {},
        "out": {},
        "root": {"n": 0, "s": "", "k": "root", "f": {"": {}}},
    }


def units_in(held: str | list[str] | None) -> list[str]:
    """The units that a party names: one, several, or none yet."""
    if not held:
        return []
    return list(held) if isinstance(held, list) else [held]


def copy(value: Any) -> Any:
    """A deep copy of JSON data, many times cheaper than ``copy.deepcopy``."""
    if isinstance(value, dict):
        return {key: copy(item) if isinstance(item, (dict, list)) else item for key, item in value.items()}
    if isinstance(value, list):
        return [copy(item) if isinstance(item, (dict, list)) else item for item in value]
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
    root: Node = state["root"]
    return root if n == 0 else _find(root, n)


def _find(node: Node, n: int) -> Node | None:
    for frame in node["f"].values():
        inner: Node | None = frame.get("node")
        if inner is None:
            continue
        if inner["n"] == n:
            return inner
        if "f" in inner and (found := _find(inner, n)) is not None:
            return found
    return None


def path(state: State, n: int) -> list[tuple[Node, str]]:
    """The way from the root to node *n*: each owner with the key of the frame that leads on; [] if not active."""
    return [] if n == 0 else _path(state["root"], n)


def _path(node: Node, n: int) -> list[tuple[Node, str]]:
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


def way_to_frame(state: State, at: Address) -> list[tuple[Node, str]]:
    """The way from the root to the frame at *at*, that frame's own owner and key last."""
    if at[0] == 0:
        return [(state["root"], at[1])]
    owner = find(state, at[0])
    return [] if owner is None else [*path(state, at[0]), (owner, at[1])]


def frame_at(state: State, at: Address) -> Frame:
    """The frame at *at*; a KeyError here is a defect of the engine, never of content."""
    owner = find(state, at[0])
    if owner is None:
        raise KeyError(at)
    found: Frame = owner["f"][at[1]]
    return found


def place_of(state: State, n: int) -> Address:
    """The address of the frame that holds node *n*."""
    owner, key = path(state, n)[-1]
    return owner["n"], key


def leaves(node: Node) -> list[Node]:
    """The innermost active nodes: those in which nothing else is open."""
    return [inner for inner in nodes(node) if not any("node" in frame for frame in inner.get("f", {}).values())]


def owed(node: Node) -> list[Owed]:
    """Every effect that *node* and what is below it still owe; what is being released is owed until it is."""
    releasing = [entry for inner in nodes(node) for entry in inner.get("todo", ())]
    return [entry for frame in frames(node) for entry in frame.get("undo", ())] + releasing


def open_seats(node: Node) -> list[list[Any]]:
    """The seats of *node* that nobody has decided at, as ``[serial, audience, assignee?]``."""
    signed = node.get("sig", ())
    return [seat for seat in node.get("seats", ()) if not signed or str(seat[0]) not in signed]


def seats(state: State) -> dict[int, tuple[Node, list[Any]]]:
    """Every open seat by its serial: its node and ``[serial, audience, assignee?]``."""
    return {seat[0]: (node, seat) for node in nodes(state["root"]) if "seats" in node for seat in open_seats(node)}


def is_incident(node: Node) -> bool:
    """Whether *node* failed and waits for an administrator."""
    return node.get("ph") == "incident"


def incidents(state: State) -> dict[int, Node]:
    """Every open node that failed and waits for an administrator, by serial."""
    return {node["n"]: node for node in nodes(state["root"]) if is_incident(node)}


def failing(node: Node) -> str:
    """The step that an automatic node is about; of what is being released, the effect that is next."""
    return str(node["todo"][0][2]) if node["k"] == "unwind" else str(node["s"])


def is_timer(node: Node) -> bool:
    """Whether *node* has a clock and no seat."""
    return "due" in node and not node.get("seats")


def timers(state: State) -> dict[int, Node]:
    """Every open node with a clock and no seat (wait, stage, the case itself), by serial."""
    return {node["n"]: node for node in nodes(state["root"]) if is_timer(node)}
