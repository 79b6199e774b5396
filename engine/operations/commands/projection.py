"""From the events of a command to the rows that change: pure, so that it can be tested without a database."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from engine.clock import Micros
from engine.definition.district.roles import ADMIN
from engine.runtime.clocks import needed
from engine.runtime.evolve import Event
from engine.runtime.rights import Seat
from engine.runtime.state import Node, State, failing, is_incident, is_timer, nodes, open_seats, units_in
from engine.store.schema.columns import NEVER

Row = dict[str, Any]


@dataclass
class Changes:
    """The rows of one command: tasks to open, to open again, to close and to change; parties; who is told."""

    opened: list[Row] = field(default_factory=list)
    reopened: list[Row] = field(default_factory=list)
    closed: list[Row] = field(default_factory=list)
    changed: list[Row] = field(default_factory=list)
    parties: dict[str, list[str]] = field(default_factory=dict)
    told: list[tuple[str, str]] = field(default_factory=list)
    filled: bool = False
    #: Whether a decision was taken back, and by it the whole case put back.
    restored: bool = False


def _clock_columns(node: Node) -> Row:
    """The columns of a task row that its clock decides."""
    clock = node.get("due", {})
    moment, why = needed(node)
    return {
        "due_at": None if "left" in clock else clock.get("at"),
        "ping_at": None if "ph" in node else clock.get("ping"),
        "needed_by": NEVER if moment is None else moment,
        "needed_why": why,
    }


def open_rows(state: State, process: str) -> dict[int, Row]:
    """Every open task, timer and incident of *state*, by serial, as the columns that describe it now."""
    found: dict[int, Row] = {}
    if state["st"] == "new":
        return found
    for node in nodes(state["root"]):
        for seat in open_seats(node):
            found[seat[0]] = {
                "step": node["s"], "status": "open", "audience": seat[1],
                "assignee": seat[2] if len(seat) > 2 else None, "wants": _wants(node, seat), **_clock_columns(node),
                "process": process,
            }  # fmt: skip
        failed = is_incident(node)
        if failed or is_timer(node):
            found[node["n"]] = {
                "step": failing(node), "status": "incident" if failed else "timer", "audience": None,
                "assignee": None, "wants": "", **_clock_columns(node), "process": process,
            }  # fmt: skip
    return found


def _wants(node: Node, seat: Seat) -> str:
    """What an administrator has to do about a task: let it go further, or mend that nobody can be asked."""
    if str(seat[0]) in node.get("handing", {}):
        return "consent"
    stray = "of" in node and seat[1].startswith(f"role:{ADMIN}@") and seat[1] not in node["of"]
    return "nobody" if node.get("nobody") or stray else ""


def belonging(state: State) -> set[tuple[str, str]]:
    """The (party, unit) pairs that the case of *state* belongs to."""
    return {(party, unit) for party, held in state["par"].items() for unit in units_in(held)}


def project(old: dict[int, Row], events: list[Event], after: State, process: str, now: Micros) -> Changes:
    """What the tables must say so that they show *after*, by way of *events*, where they showed the rows *old*."""
    changes = Changes()
    new = open_rows(after, process)
    _gather(events, changes)
    restored = next((event["known"] for event in events if event["e"] == "taken_back"), -1) if changes.restored else -1
    for n, row in new.items():
        if n not in old and n <= restored:
            changes.reopened.append({"n": n, **row, **_UNDONE})
        elif n not in old:
            changes.opened.append({"n": n, "item": "", "opened_at": now, "since": now, **row})
        elif row != old[n]:
            changes.changed.append({"n": n, **row, **({} if _hands(row) == _hands(old[n]) else {"since": now})})
    if gone := sorted(old.keys() - new.keys()):
        signed = {event["n"]: event for event in events if _decides(event)}
        ending = _ending(events)
        changes.closed = [{"n": n, "done_at": now, **_closing(signed.get(n), ending)} for n in gone]
    return changes


def _hands(row: Row) -> tuple[str | None, str | None]:
    """In whose hands a row is."""
    return row["audience"], row["assignee"]


#: What a task says that nobody has dealt with.
_UNDONE: Row = {"outcome": None, "actor": None, "on_behalf": None, "done_at": None}


def _decides(event: Event) -> bool:
    """Whether the event takes an outcome, in a person's name or in silence's."""
    return event["e"] == "signed" or event.get("how") in ("late", "lapsed", "came")


def cause(events: list[Event]) -> int | None:
    """The task by which *events* came about; what they send can be taken back together with it."""
    return next((event["n"] for event in events if event["e"] in ("signed", "reassigned")), None)


def _gather(events: list[Event], changes: Changes) -> None:
    for event in events:
        match event["e"]:
            case "filled":
                changes.filled = True
            case "taken_back":
                changes.filled = changes.restored = True
            case "joined":
                changes.parties[event["party"]] = units_in(event["unit"])
            case "told":
                changes.told += [(audience, event["what"]) for audience in event["to"]]


def _ending(events: list[Event]) -> str:
    """How tasks that nobody signed were closed by these events."""
    kinds = {event["e"] for event in events}
    if "taken_back" in kinds or any(event.get("how") == "take_back" for event in events):
        return "withdrawn"
    return "returned" if "returned" in kinds else "cancelled"


def _closing(signed: Event | None, ending: str) -> Row:
    if signed is None:
        return {"status": ending, "outcome": None, "actor": None, "on_behalf": None}
    actor, on_behalf = signed.get("by"), signed.get("for") or None
    return {"status": "done", "outcome": signed["x"], "actor": actor, "on_behalf": on_behalf}
