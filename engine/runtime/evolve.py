"""evolve: what each event does to the state. It needs no definition; the event says the whole change."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, cast

from engine.audience import person_of
from engine.runtime.shapes import step_events as steps
from engine.runtime.shapes import task_events as tasks
from engine.runtime.shapes.events import Event
from engine.runtime.shapes.parts import Clock, Owed, Seat
from engine.runtime.shapes.tree import AskNode, Frame, Node, State, Unentered, is_run, may_fail, may_have_clock
from engine.runtime.state import at_seat, bare, copy, frame_at, frames, fresh, owed, seats_of


def evolve(state: State | None, event: Event) -> State:
    """The state after *event*; *state* itself is left as it was. None means "no case yet"."""
    after: State = fresh() if state is None else copy(state)
    apply(after, event)
    return after


def replay(events: Iterable[Event]) -> State:
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


def _started(state: State, event: steps.Started) -> None:
    state["st"] = "open"
    state["case"] = {"by": event["by"], "for": event["for"], "unit": event["unit"], "at": event["at"]}
    state["acted"] = {"start": sorted({event["by"], event["for"], event.get("as", "")} - {""})}


def _filled(state: State, event: steps.Filled) -> None:
    for name, value in event["values"].items():
        if value is None:
            state["data"].pop(name, None)
        else:
            state["data"][name] = value


def _joined(state: State, event: steps.Joined) -> None:
    state["par"][event["party"]] = event["unit"]


def _opened(state: State, event: steps.Opened) -> None:
    node = copy(event["node"])
    frame_at(state, event["in"])["node"] = node
    state["n"] = max([state["n"], node["n"], *(seat.n for seat in seats_of(node))])


def _signed(state: State, event: steps.Signed) -> None:
    who = {event["by"], event["for"]} - {""}
    acted = state.setdefault("acted", {})
    acted[event["s"]] = sorted(who.union(acted.get(event["s"], ())))
    if event.get("partial"):
        node = _asked(state, event["n"])
        node.setdefault("sig", {})[str(event["n"])] = event["x"]
        _unasked(node, event["n"])


def _lift(frame: Frame) -> None:
    """Take the frame's node away; what its inside still owes becomes owed by this list."""
    node = frame.pop("node", None)
    inside = [entry._replace(item=node["s"]) for entry in owed(node)] if node else []
    if inside:
        frame.setdefault("undo", []).extend(inside)


def _holder(state: State, n: int) -> Frame:
    return next(f for f in frames(state["root"]) if "node" in f and f["node"]["n"] == n)


def _closed(state: State, event: steps.Closed) -> None:
    frame = _holder(state, event["n"])
    step = frame["node"]["s"]
    _lift(frame)
    if event.get("owes"):
        frame.setdefault("undo", []).append(Owed(step, event["n"], step))
    if "out" in event:
        state["out"][step] = event["out"]
        if "round" in event["out"]:
            state.setdefault("rounds", {})[step] = event["out"]["round"]


def _skipped(state: State, event: steps.Skipped) -> None:
    """A kept result stands: its effect moves to the list where it was passed again."""
    keeper = frame_at(state, event["from"])
    record = keeper["kept"]["of"].pop(event["s"])
    state["out"][event["s"]] = record["out"]
    frame = frame_at(state, event["in"])
    for entry in list(keeper.get("undo", ())):
        if entry.n == record["n"]:
            _drop_owed(keeper, entry)
            frame.setdefault("undo", []).append(entry._replace(item=event["s"]))


def _drop_owed(frame: Frame, entry: Owed) -> None:
    frame["undo"].remove(entry)
    if not frame["undo"]:
        del frame["undo"]


def _branch_done(state: State, event: steps.BranchDone) -> None:
    frame = frame_at(state, (event["n"], event["key"]))
    _lift(frame)
    frame["done"] = event["counted"]


def _unwinding(state: State, event: steps.Unwinding) -> None:
    """Make what has to be released the active item; it is owed by this node alone from now on."""
    target = frame_at(state, event["in"])
    _lift(target)
    serials = {entry.n for entry in event["node"]["todo"]}
    for frame in list(frames(state["root"])):
        for entry in [e for e in frame.get("undo", ()) if e.n in serials]:
            _drop_owed(frame, entry)
        kept = frame["kept"]["of"] if "kept" in frame else {}
        for step in [s for s, record in kept.items() if record["n"] in serials]:
            del kept[step]
    target["node"] = copy(event["node"])
    state["n"] = max(state["n"], event["node"]["n"])


def _undone(state: State, event: steps.Undone) -> None:
    node = at_seat(state, event["n"])
    assert "todo" in node, "what is undone is being released"
    node["todo"] = [entry for entry in node["todo"] if entry.n != event["of"]]
    node.pop("ph", None)
    node.pop("bad", None)
    state["out"].pop(event["s"], None)
    if event["how"] == "owed":
        state["later"] = True


def _returned(state: State, event: steps.Returned) -> None:
    frame = frame_at(state, event["in"])
    _lift(frame)
    frame.pop("kept", None)
    if event["kept"]:
        frame["kept"] = copy(event["kept"])
    for step in event["forget"]:
        state["out"].pop(step, None)
        if step != "start":
            state["acted"].pop(step, None)


def _unkept(state: State, event: steps.Unkept) -> None:
    """Kept results that will not be used again are forgotten; what an effect left is forgotten once it is released."""
    frame = frame_at(state, event["in"])
    kept = frame["kept"]["of"]
    dropped = {event["s"]: kept.pop(event["s"])} if event["s"] else frame.pop("kept")["of"]
    for step, record in dropped.items():
        if record["n"] == 0:
            state["out"].pop(step, None)
            state["acted"].pop(step, None)


def _counted(state: State, event: steps.Counted) -> None:
    counts = frame_at(state, event["in"]).setdefault("ret", {})
    counts[event["key"]] = counts.get(event["key"], 0) + 1


def _named(node: AskNode, seats: list[Seat]) -> None:
    """Whom a roll was handed to by name needs no role for it."""
    if "of" in node:
        by_name = [seat.audience for seat in seats if person_of(seat.audience)]
        node["of"] = [*node["of"], *(key for key in by_name if key not in node["of"])]


def _asked(state: State, n: int) -> AskNode:
    node = at_seat(state, n)
    assert "seats" in node, "only an ask has seats"
    return node


def _set_clock(node: Node, due: Clock) -> None:
    assert may_have_clock(node), "nothing else has a clock"
    node["due"] = due


def _clock(state: State, event: tasks.ClockSet | tasks.Reminded | tasks.Moved) -> None:
    _set_clock(at_seat(state, event["n"]), event["due"])


def _escalated(state: State, event: tasks.Escalated) -> None:
    _set_clock(at_seat(state, event["n"]), event["due"])
    if "seats" in event:
        node = _asked(state, event["n"])
        node["seats"] = event["seats"]
        node.pop("handing", None)
        _named(node, event["seats"])


def _reassigned(state: State, event: tasks.Reassigned) -> None:
    node = _asked(state, event["n"])
    node["seats"] = [event["seat"] if seat.n == event["n"] else seat for seat in node["seats"]]
    _named(node, [event["seat"]])
    if event["how"] == "transferred":
        node.pop("nobody", None)
    if event["how"] != "unclaimed":
        _unasked(node, event["n"])


def _requested(state: State, event: tasks.Requested) -> None:
    handing = _asked(state, event["n"]).setdefault("handing", {})
    handing[str(event["n"])] = {"by": event["by"], "to": event["to"]}


def _declined(state: State, event: tasks.Declined) -> None:
    _unasked(_asked(state, event["n"]), event["n"])


def _unasked(node: AskNode, n: int) -> None:
    """Whatever was asked for seat *n* is answered, or has passed."""
    handing = node.get("handing", {})
    handing.pop(str(n), None)
    if not handing:
        node.pop("handing", None)


def _reseated(state: State, event: tasks.Reseated) -> None:
    node = _asked(state, event["n"])
    node["seats"] = event["seats"]
    node.pop("nobody", None)
    node.pop("handing", None)
    if "of" in event:
        node["of"] = event["of"]
    if "nobody" in event:
        node["nobody"] = event["nobody"]
    state["n"] = max([state["n"], *(seat.n for seat in node["seats"])])


def _incident(state: State, event: tasks.Incident) -> None:
    """What failed rests, with how often it was tried, since when it fails and why it did last."""
    node = at_seat(state, event["n"])
    assert may_fail(node), "only what runs by itself fails"
    times, since = (node["bad"]["times"], node["bad"]["at"]) if "bad" in node else (0, event["at"])
    node["ph"] = "incident"
    node["bad"] = {"times": times + 1, "at": since, "why": event["why"], "waits": event.get("waits", "")}


def _retried(state: State, event: tasks.Retried) -> None:
    node = at_seat(state, event["n"])
    if is_run(node):
        node["ph"] = "run"
    elif may_fail(node):
        cast(Unentered, node).pop("ph", None)
    else:
        raise AssertionError("only what failed is tried again")


def _taken_back(state: State, event: steps.TakenBack) -> None:
    state["root"], state["out"], state["par"] = copy(event["root"]), copy(event["out"]), copy(event["par"])
    state["acted"], state["rounds"] = copy(event["acted"]), copy(event["rounds"])
    state["data"] = copy(event["data"])
    state["n"] = event["serial"]


def _ended(state: State, event: steps.Ended) -> None:
    state["st"] = "ended"
    state["end"] = event["end"]
    state["root"] = bare()
    state.pop("acted", None)


def _said(state: State, event: tasks.Noted | tasks.Told) -> None:
    """For the reader, or for the outbox: the state stays."""


_CHANGES: dict[str, Callable[[State, Any], None]] = {
    "started": _started, "filled": _filled, "joined": _joined, "opened": _opened, "signed": _signed,
    "closed": _closed, "skipped": _skipped, "branch_done": _branch_done, "unwinding": _unwinding, "undone": _undone,
    "returned": _returned, "unkept": _unkept, "counted": _counted, "reminded": _clock, "escalated": _escalated,
    "clock": _clock, "moved": _clock, "reassigned": _reassigned, "requested": _requested, "declined": _declined,
    "reseated": _reseated, "incident": _incident, "retried": _retried, "taken_back": _taken_back, "ended": _ended,
    "noted": _said, "told": _said,
}  # fmt: skip

#: Every kind of event, in the order in which a case may meet them.
KINDS = tuple(_CHANGES)
