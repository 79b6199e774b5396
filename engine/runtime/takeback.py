"""拿回: taking back one's own last decision, as long as nobody has acted on what it opened.

What others did meanwhile stands: the case becomes what its history makes of it without that one command.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from engine.errors import RongtongError
from engine.runtime import commands as c
from engine.runtime import refusals
from engine.runtime.clocks import recounted
from engine.runtime.evolve import Event, apply
from engine.runtime.people import audiences
from engine.runtime.rights import for_whom
from engine.runtime.start import START
from engine.runtime.state import ROOT, Node, Owed, State, copy, fresh, nodes, owed, seats
from engine.runtime.turn import Turn

#: A case's commands, oldest first, each with all its events.
History = list[list[Event]]
#: What a clock does about an open step, which is gone with the step.
_PASSING = ("reminded", "clock", "moved")


class Decision(NamedTuple):
    """A decision that may be taken back: the seat, the event that says it, and the case as it would be without it."""

    n: int
    event: Event
    before: State


def last_decision(state: State, history: History, person: str) -> Decision | None:
    """The last decision of *person*, or the last task they handed on, if it may be taken back now."""
    if state["st"] != "open" or any(node["k"] == "unwind" for node in nodes(state["root"])):
        return None
    for at in range(len(history) - 1, -1, -1):
        said = next((event for event in history[at] if _decides(event, person)), None)
        if said is not None:
            before = None if said["s"] == START else _without(history, at, said["n"])
            return None if before is None else Decision(said["n"], said, before)
    return None


def _decides(event: Event, person: str) -> bool:
    """Whether *person* took an outcome or handed a task on; what an administrator let go is theirs no more."""
    handed_on = event["e"] == "reassigned" and event["how"] == "transferred" and "agreed" not in event
    return bool((event["e"] == "signed" or handed_on) and event["by"] == person)


def _without(history: History, at: int, n: int) -> State | None:
    """The case without the command *at*, in which seat *n* is open again; None where what followed hangs on it."""
    if any(event["e"] == "closed" and event.get("final") for event in history[at]):
        return None
    state = fresh()
    for event in (event for events in history[:at] for event in events):
        apply(state, event)
    known, after = state["n"], copy(state)
    for event in history[at]:
        apply(after, event)
    own = {n, *range(known + 1, after["n"] + 1)}
    for event in (event for events in history[at + 1 :] for event in events):
        if own.isdisjoint((event.get("n", -1), *(event[way][0] for way in ("in", "from") if way in event))):
            apply(state, event)
        elif event["e"] not in _PASSING:
            return None
    is_open = n in seats(state) or any(node["n"] == n for node in nodes(state["root"]))
    return state if is_open else None


def offered(turn: Turn, history: History | None, person: str) -> Decision | None:
    """What *person* may take back now: it is offered exactly where it would be carried out."""
    try:
        return _allowed(turn, history, person)
    except RongtongError:
        return None


def _allowed(turn: Turn, history: History | None, person: str) -> Decision:
    """The last decision of *person*; refused where somebody has acted since, or it has released what it would need."""
    found = last_decision(turn.state, history, person) if history is not None else None
    if found is None or _owed(found.before).keys() - _owed(turn.state).keys():
        raise refusals.cannot_take_back()
    _may_still(turn, person, found)
    return found


def _owed(state: State) -> dict[int, Owed]:
    """Every effect that the case owes, by the serial of its action."""
    return {entry[1]: entry for entry in owed(state["root"])}


def take_back(turn: Turn, command: c.TakeBack) -> None:
    """Release what ran since the decision, then put the case back to what it would be without it."""
    history = turn.facts.history()
    before = (event for events in history or () for event in events if _takes_back(event, command.n))
    if any(event["by"] == command.actor for event in before):
        raise refusals.taken_back_already()
    found = _allowed(turn, history, command.actor)
    if found.n != command.n:
        raise refusals.cannot_take_back()
    turn.emit("noted", by=command.actor, how="take_back", n=command.n)
    then = _owed(found.before)
    todo = [entry for n, entry in _owed(turn.state).items() if n not in then]
    if not turn.unwind(ROOT, todo, {"go": "take_back", "n": command.n}):
        _put_back(turn, found)


def _may_still(turn: Turn, person: str, found: Decision) -> None:
    """Refuse whoever has left, or may no longer decide what they would open again."""
    taken = turn.step(found.event["s"]).exit(found.event.get("x", ""))
    asked = seats(found.before).get(found.n)
    keys = audiences(taken.by.who, turn.env) if taken and taken.by.who else [asked[1][1]] if asked else []
    if for_whom(turn.facts, person, keys) is None:
        raise refusals.not_asked()


def restore(turn: Turn, n: int) -> None:
    """Go on taking back what was decided at seat *n*, now that all it led to is released."""
    history = turn.facts.history()
    assert history is not None, "asked and answered when the take-back began"
    begun = next((i for i, events in enumerate(history) if any(_takes_back(event, n) for event in events)), None)
    history = history[:begun]
    at = next(i for i in range(len(history) - 1, -1, -1) if any(_said_at(event, n) for event in history[i]))
    said = next(event for event in history[at] if _said_at(event, n))
    before = _without(history, at, n)
    assert before is not None, "asked and answered when the take-back began"
    _put_back(turn, Decision(n, said, before))


def _takes_back(event: Event, n: int) -> bool:
    return event["e"] == "noted" and event.get("how") == "take_back" and event["n"] == n


def _said_at(event: Event, n: int) -> bool:
    return event.get("n") == n and _decides(event, event.get("by", ""))


def _put_back(turn: Turn, found: Decision) -> None:
    """Make the tree what it would be without the decision.

    The seats of its step get new serials; whatever else is open then, up to serial ``known``, is open as it was. What
    derives from the form is reckoned again, since others may have filled in something meanwhile.
    """
    root: Node = copy(found.before["root"])
    known = serial = turn.state["n"]
    for node in nodes(root):
        numbers = [seat[0] for seat in node.get("seats", ())]
        if found.n in numbers or node["n"] == found.n:
            serial = _renumber(node, serial)
        if "due" in node:  # the calendar may have changed since
            node["due"] = recounted(node["due"], turn.due_of(node), turn.env)
    kept: dict[str, Any] = {key: found.before.get(key, {}) for key in ("out", "par", "data", "acted", "rounds")}
    turn.emit("taken_back", n=found.n, root=root, known=known, serial=serial, **kept)
    turn.fill({})


def _renumber(node: Node, serial: int) -> int:
    if not node.get("seats"):
        return serial
    node.pop("handing", None)
    signed = {int(k): v for k, v in node.get("sig", {}).items()}
    for seat in node["seats"]:
        serial += 1
        if seat[0] in signed:
            node["sig"][str(serial)] = node["sig"].pop(str(seat[0]))
        seat[0] = serial
    node["n"] = node["seats"][0][0]
    return serial
