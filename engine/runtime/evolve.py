"""evolve: what each event does to the state. It needs no definition; the event says the whole change."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from engine.runtime.state import Node, Owed, State, copy, frame_at, frames, fresh, nodes, owed

Event = dict[str, Any]


def evolve(state: State | None, event: Event) -> State:
    """The state after *event*; *state* itself is left as it was. None means "no case yet"."""
    after: State = fresh() if state is None else copy(state)
    apply(after, event)
    return after


def replay(events: list[Event]) -> State:
    """The state that *events* lead to from nothing."""
    state = fresh()
    for event in events:
        apply(state, event)
    return state


def apply(state: State, event: Event) -> None:
    """Change *state* in place as *event* says, and never the event.

    Values are shared, as they are only ever replaced. What the tree is made of changes in place, so an event that
    brings a part of it gives a copy.
    """
    _CHANGES[event["e"]](state, event)


def _node(state: State, n: int) -> Node:
    """The node with serial *n*, or the node that has a seat with it."""
    for node in nodes(state["root"]):
        if node["n"] == n or any(seat[0] == n for seat in node.get("seats", ())):
            return node
    raise KeyError(n)


def _started(state: State, event: Event) -> None:
    state["st"] = "open"
    state["case"] = {key: event[key] for key in ("by", "for", "unit", "at")}
    state["acted"] = {"start": sorted({event["by"], event["for"], event.get("as", "")} - {""})}
    if "due" in event:
        state["root"]["due"] = event["due"]


def _filled(state: State, event: Event) -> None:
    for name, value in event["values"].items():
        if value is None:
            state["data"].pop(name, None)
        else:
            state["data"][name] = value


def _joined(state: State, event: Event) -> None:
    state["par"][event["party"]] = event["unit"]


def _opened(state: State, event: Event) -> None:
    node = copy(event["node"])
    frame_at(state, tuple(event["in"]))["node"] = node
    state["n"] = max([state["n"], node["n"], *(seat[0] for seat in node.get("seats", ()))])


def _signed(state: State, event: Event) -> None:
    node = _node(state, event["n"])
    who = {event["by"], event.get("for", "")} - {""}
    acted = state.setdefault("acted", {})
    acted[event["s"]] = sorted(who.union(acted.get(event["s"], ())))
    if event.get("partial"):
        node.setdefault("sig", {})[str(event["n"])] = event["x"]
        _unasked(node, event["n"])


def _lift(frame: dict[str, Any]) -> None:
    """Take the frame's node away; what its inside still owes becomes owed by this list."""
    node = frame.pop("node", None)
    inside = [[node["s"], entry[1], entry[2]] for entry in owed(node)] if node else []
    if inside:
        frame.setdefault("undo", []).extend(inside)


def _holder(state: State, n: int) -> dict[str, Any]:
    return next(f for f in frames(state["root"]) if "node" in f and f["node"]["n"] == n)


def _closed(state: State, event: Event) -> None:
    frame = _holder(state, event["n"])
    step = frame["node"]["s"]
    _lift(frame)
    if event.get("owes"):
        frame.setdefault("undo", []).append([step, event["n"], step])
    if "out" in event:
        state["out"][step] = event["out"]
        if "round" in event["out"]:
            state.setdefault("rounds", {})[step] = event["out"]["round"]


def _skipped(state: State, event: Event) -> None:
    """A kept result stands: its effect moves to the list where it was passed again."""
    keeper = frame_at(state, tuple(event["from"]))
    record = keeper["kept"]["of"].pop(event["s"])
    state["out"][event["s"]] = record["out"]
    frame = frame_at(state, tuple(event["in"]))
    for entry in list(keeper.get("undo", ())):
        if entry[1] == record["n"]:
            _drop_owed(keeper, entry)
            frame.setdefault("undo", []).append([event["s"], entry[1], entry[2]])


def _drop_owed(frame: dict[str, Any], entry: Owed) -> None:
    frame["undo"].remove(entry)
    if not frame["undo"]:
        del frame["undo"]


def _branch_done(state: State, event: Event) -> None:
    frame = frame_at(state, (event["n"], event["key"]))
    _lift(frame)
    frame["done"] = event["counted"]


def _unwinding(state: State, event: Event) -> None:
    """Make what has to be released the active item; it is owed by this node alone from now on."""
    target = frame_at(state, tuple(event["in"]))
    _lift(target)
    serials = {entry[1] for entry in event["node"]["todo"]}
    for frame in list(frames(state["root"])):
        for entry in [e for e in frame.get("undo", ()) if e[1] in serials]:
            _drop_owed(frame, entry)
        kept = frame.get("kept", {}).get("of", {})
        for step in [s for s, record in kept.items() if record["n"] in serials]:
            del kept[step]
    target["node"] = copy(event["node"])
    state["n"] = max(state["n"], event["node"]["n"])


def _undone(state: State, event: Event) -> None:
    node = _node(state, event["n"])
    node["todo"] = [entry for entry in node["todo"] if entry[1] != event["of"]]
    for mark in ("ph", "bad"):
        node.pop(mark, None)
    state["out"].pop(event["s"], None)
    if event["how"] == "owed":
        state["later"] = True


def _returned(state: State, event: Event) -> None:
    frame = frame_at(state, tuple(event["in"]))
    _lift(frame)
    frame.pop("kept", None)
    if event["kept"]:
        frame["kept"] = copy(event["kept"])
    for step in event["forget"]:
        state["out"].pop(step, None)
        if step != "start":
            state["acted"].pop(step, None)


def _unkept(state: State, event: Event) -> None:
    """Kept results that will not be used again are forgotten; what an effect left is forgotten once it is released."""
    frame = frame_at(state, tuple(event["in"]))
    kept = frame["kept"]["of"]
    dropped = {event["s"]: kept.pop(event["s"])} if event["s"] else frame.pop("kept")["of"]
    for step, record in dropped.items():
        if record["n"] == 0:
            state["out"].pop(step, None)
            state["acted"].pop(step, None)


def _counted(state: State, event: Event) -> None:
    counts = frame_at(state, tuple(event["in"])).setdefault("ret", {})
    counts[event["key"]] = counts.get(event["key"], 0) + 1


def _named(node: Node, seats: list[Any]) -> None:
    """Whom a roll was handed to by name needs no role for it."""
    if "of" in node:
        by_name = [seat[1] for seat in seats if seat[1].startswith("user:") and seat[1] not in node["of"]]
        node["of"] = [*node["of"], *by_name]


def _escalated(state: State, event: Event) -> None:
    node = _node(state, event["n"])
    node["due"] = event["due"]
    if "seats" in event:
        node["seats"] = event["seats"]
        node.pop("handing", None)
        _named(node, event["seats"])


def _clock(state: State, event: Event) -> None:
    _node(state, event["n"])["due"] = event["due"]


def _reassigned(state: State, event: Event) -> None:
    node = _node(state, event["n"])
    node["seats"] = [event["seat"] if seat[0] == event["n"] else seat for seat in node["seats"]]
    _named(node, [event["seat"]])
    if event["how"] == "transferred":
        node.pop("nobody", None)
    if event["how"] != "unclaimed":
        _unasked(node, event["n"])


def _requested(state: State, event: Event) -> None:
    _node(state, event["n"]).setdefault("handing", {})[str(event["n"])] = {"by": event["by"], "to": event["to"]}


def _declined(state: State, event: Event) -> None:
    _unasked(_node(state, event["n"]), event["n"])


def _unasked(node: Node, n: int) -> None:
    """Whatever was asked for seat *n* is answered, or has passed."""
    handing = node.get("handing", {})
    handing.pop(str(n), None)
    if not handing:
        node.pop("handing", None)


def _reseated(state: State, event: Event) -> None:
    node = _node(state, event["n"])
    node["seats"] = event["seats"]
    for mark in ("nobody", "handing"):
        node.pop(mark, None)
    node.update({key: event[key] for key in ("of", "nobody") if key in event})
    state["n"] = max([state["n"], *(seat[0] for seat in node["seats"])])


def _incident(state: State, event: Event) -> None:
    """What failed rests, with how often it was tried, since when it fails and why it did last."""
    node = _node(state, event["n"])
    before, waits = node.get("bad", {"times": 0, "at": event["at"]}), event.get("waits", "")
    node["ph"] = "incident"
    node["bad"] = {"times": before["times"] + 1, "at": before["at"], "why": event["why"], "waits": waits}


def _retried(state: State, event: Event) -> None:
    node = _node(state, event["n"])
    node.pop("ph", None)
    if node["k"] == "do":
        node["ph"] = "run"


def _taken_back(state: State, event: Event) -> None:
    for key in ("root", "out", "par", "acted", "rounds", "data"):
        state[key] = copy(event[key])
    state["n"] = event["serial"]


def _ended(state: State, event: Event) -> None:
    state["st"] = "ended"
    state["end"] = event["end"]
    state["root"] = {"n": 0, "s": "", "k": "root", "f": {"": {}}}
    state.pop("acted", None)


def _said(state: State, event: Event) -> None:
    """For the reader, or for the outbox: the state stays."""


_CHANGES: dict[str, Callable[[State, Event], None]] = {
    "started": _started,
    "filled": _filled,
    "joined": _joined,
    "opened": _opened,
    "signed": _signed,
    "closed": _closed,
    "skipped": _skipped,
    "branch_done": _branch_done,
    "unwinding": _unwinding,
    "undone": _undone,
    "returned": _returned,
    "unkept": _unkept,
    "counted": _counted,
    "reminded": _clock,
    "escalated": _escalated,
    "clock": _clock,
    "moved": _clock,
    "reassigned": _reassigned,
    "requested": _requested,
    "declined": _declined,
    "reseated": _reseated,
    "incident": _incident,
    "retried": _retried,
    "taken_back": _taken_back,
    "ended": _ended,
    "noted": _said,
    "told": _said,
}

#: Every kind of event, in the order in which a case may meet them.
KINDS = tuple(_CHANGES)
