"""拿回: taking back one's own last decision, whole, as long as nobody has acted on what it opened."""

from __future__ import annotations

from typing import Any

from engine.runtime import commands as c
from engine.runtime import refusals
from engine.runtime.clocks import recounted
from engine.runtime.people import audiences
from engine.runtime.rights import for_whom
from engine.runtime.state import ROOT, Node, State, copy, nodes, owed, seats
from engine.runtime.turn import Turn


def can_take_back(state: State, person: str) -> int | None:
    """The seat that *person* may take back now, or None.

    ``last`` names the newest human decision and is forgotten as soon as a clock, a claim or another person moves.
    """
    last = state.get("last")
    if state["st"] != "open" or not last or last["by"] != person or last["s"] == "start":
        return None
    return int(last["n"])


def take_back(turn: Turn, command: c.TakeBack) -> None:
    """Release what ran since the decision, then put the case back to just before it."""
    if can_take_back(turn.state, command.actor) != command.n:
        raise refusals.cannot_take_back()
    before = turn.facts.before(command.n)
    if before is None:
        raise refusals.cannot_take_back()
    _may_still(turn, command, before)
    then = {entry[1] for entry in owed(before["root"])}
    now = {entry[1]: entry for entry in owed(turn.state["root"])}
    if then - now.keys() or any(node["k"] == "unwind" for node in nodes(turn.state["root"])):
        raise refusals.cannot_take_back()
    turn.emit("noted", by=command.actor, how="take_back", n=command.n)
    todo = [entry for n, entry in now.items() if n not in then]
    if not turn.unwind(ROOT, todo, {"go": "take_back", "n": command.n}):
        restore(turn, command.n)


def _may_still(turn: Turn, command: c.TakeBack, before: State) -> None:
    """Refuse whoever has left, or may no longer decide what they would open again."""
    last = turn.state["last"]
    taken, asked = turn.step(last["s"]).exit(last["x"]), seats(before).get(command.n)
    keys = audiences(taken.by.who, turn.env) if taken and taken.by.who else [asked[1][1]] if asked else []
    if for_whom(turn.facts, command.actor, keys) is None:
        raise refusals.not_asked()


def restore(turn: Turn, n: int) -> None:
    """Put back the tree as it was before seat *n* was signed.

    Its own seats get new serials; whatever else was open then, up to serial ``known``, is open again as it was.
    """
    before = turn.facts.before(n)
    assert before is not None, "asked and answered when the take-back began"
    root: Node = copy(before["root"])
    known = serial = turn.state["n"]
    for node in nodes(root):
        numbers = [seat[0] for seat in node.get("seats", ())]
        if n in numbers or node["n"] == n:
            serial = _renumber(node, serial)
        if "due" in node:  # the calendar may have changed since
            node["due"] = recounted(node["due"], turn.due_of(node), turn.env)
    kept: dict[str, Any] = {key: before.get(key, {}) for key in ("out", "par", "data", "acted", "rounds")}
    turn.emit("taken_back", n=n, root=root, known=known, serial=serial, **kept)


def _renumber(node: Node, serial: int) -> int:
    if not node.get("seats"):
        return serial
    signed = {int(k): v for k, v in node.get("sig", {}).items()}
    for seat in node["seats"]:
        serial += 1
        if seat[0] in signed:
            node["sig"][str(serial)] = node["sig"].pop(str(seat[0]))
        seat[0] = serial
    node["n"] = node["seats"][0][0]
    return serial
