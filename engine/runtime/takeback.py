"""拿回: taking back one's own last decision, as long as nobody has acted on what it opened.

What others did meanwhile stands: the case becomes what its history makes of it without that one command.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple, TypeGuard

from engine.errors import REFUSALS
from engine.runtime import commands as c
from engine.runtime import refusals
from engine.runtime.clocks import recounted
from engine.runtime.evolve import apply
from engine.runtime.people import audiences
from engine.runtime.rights import for_whom
from engine.runtime.shapes.events import Event, History
from engine.runtime.shapes.parts import Owed
from engine.runtime.shapes.step_events import Signed
from engine.runtime.shapes.task_events import Noted, Reassigned
from engine.runtime.shapes.tree import Node, State
from engine.runtime.start import START
from engine.runtime.state import ROOT, copy, fresh, has_signed, nodes, owed, seats, seats_of
from engine.runtime.turn import Turn

#: What a clock does about an open step, which is gone with the step.
_PASSING = ("reminded", "clock", "moved")


class Decision(NamedTuple):
    """A decision that may be taken back: the seat, the event that says it, and the case as it would be without it."""

    n: int
    event: Signed | Reassigned
    before: State


def last_decision(state: State, history: History, person: str) -> Decision | None:
    """The last decision of *person*, or the last task they handed on, if it may be taken back now."""
    if state["st"] != "open" or any("todo" in node for node in nodes(state["root"])):
        return None
    for at in range(len(history) - 1, -1, -1):
        said = next((found for event in history[at] if (found := _deed(event)) and found["by"] == person), None)
        if said is not None:
            before = None if said["s"] == START else _without(history, at, said["n"])
            return None if before is None else Decision(said["n"], said, before)
    return None


def _deed(event: Event) -> Signed | Reassigned | None:
    """*event* where somebody took an outcome or handed a task on; what an administrator let go is theirs no more."""
    if event["e"] == "signed":
        return event
    handed_on = event["e"] == "reassigned" and event["how"] == "transferred" and "agreed" not in event
    return event if event["e"] == "reassigned" and handed_on else None


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
        if own.isdisjoint(_touched(event)):
            apply(state, event)
        elif event["e"] not in _PASSING:
            return None
    is_open = n in seats(state) or any(node["n"] == n for node in nodes(state["root"]))
    return state if is_open else None


def _touched(event: Event) -> Iterator[int]:
    """The serials that *event* names."""
    if "n" in event:
        yield event["n"]
    if "in" in event:
        yield event["in"][0]
    if "from" in event:
        yield event["from"][0]


def offered(turn: Turn, history: History | None, person: str) -> Decision | None:
    """What *person* may take back now: it is offered exactly where it would be carried out."""
    try:
        return _allowed(turn, history, person)
    except REFUSALS:
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
    return {entry.n: entry for entry in owed(state["root"])}


def take_back(turn: Turn, command: c.TakeBack) -> None:
    """Release what ran since the decision, then put the case back to what it would be without it."""
    history = turn.facts.history()
    events = (event for events in history or () for event in events)
    if any(_takes_back(event, command.n) and event["by"] == command.actor for event in events):
        raise refusals.taken_back_already()
    found = _allowed(turn, history, command.actor)
    if found.n != command.n:
        raise refusals.cannot_take_back()
    turn.emit({"e": "noted", "by": command.actor, "how": "take_back", "n": command.n})
    then = _owed(found.before)
    todo = [entry for n, entry in _owed(turn.state).items() if n not in then]
    if not turn.unwind(ROOT, todo, {"go": "take_back", "n": command.n}):
        _put_back(turn, found)


def _may_still(turn: Turn, person: str, found: Decision) -> None:
    """Refuse whoever has left, or may no longer decide what they would open again."""
    event = found.event
    taken = turn.step(event["s"]).exit(event["x"]) if event["e"] == "signed" else None
    asked = seats(found.before).get(found.n)
    keys = audiences(taken.by.who, turn.env) if taken and taken.by.who else [asked[1].audience] if asked else []
    if for_whom(turn.facts, person, keys) is None:
        raise refusals.not_asked()


def restore(turn: Turn, n: int) -> None:
    """Go on taking back what was decided at seat *n*, now that all it led to is released."""
    history = turn.facts.history()
    assert history is not None, "asked and answered when the take-back began"
    begun = next((i for i, events in enumerate(history) if any(_takes_back(event, n) for event in events)), None)
    history = history[:begun]
    at, said = next(
        (i, deed)
        for i in range(len(history) - 1, -1, -1)
        for event in history[i]
        if (deed := _deed(event)) and deed["n"] == n
    )
    before = _without(history, at, n)
    assert before is not None, "asked and answered when the take-back began"
    _put_back(turn, Decision(n, said, before))


def _takes_back(event: Event, n: int) -> TypeGuard[Noted]:
    return event["e"] == "noted" and event.get("how") == "take_back" and event["n"] == n


def _put_back(turn: Turn, found: Decision) -> None:
    """Make the tree what it would be without the decision.

    The seats of its step get new serials; whatever else is open then, up to serial ``known``, is open as it was. What
    derives from the form is reckoned again, since others may have filled in something meanwhile.
    """
    root, before = copy(found.before["root"]), found.before
    known = serial = turn.state["n"]
    for node in nodes(root):
        if node["n"] == found.n or any(seat.n == found.n for seat in seats_of(node)):
            serial = _renumber(node, serial)
        if "due" in node:  # the calendar may have changed since
            node["due"] = recounted(node["due"], turn.due_of(node), turn.env)
    turn.emit({
        "e": "taken_back", "n": found.n, "root": root, "known": known, "serial": serial, "out": before["out"],
        "par": before["par"], "data": before["data"], "acted": before.get("acted", {}),
        "rounds": before.get("rounds", {}),
    })  # fmt: skip
    turn.fill({})


def _renumber(node: Node, serial: int) -> int:
    if "seats" not in node or not node["seats"]:
        return serial
    node.pop("handing", None)
    for seat, n in zip(node["seats"], range(serial + 1, serial + 1 + len(node["seats"])), strict=True):
        if has_signed(node, seat):
            node["sig"][str(n)] = node["sig"].pop(str(seat.n))
    node["seats"] = [seat._replace(n=n) for n, seat in enumerate(node["seats"], serial + 1)]
    node["n"] = serial + 1
    return serial + len(node["seats"])
