"""From the events of a command to the rows that change: pure, so that it can be tested without a database."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, TypeGuard

from engine.audience import RoleAt, parse_audience
from engine.clock import Micros
from engine.definition.district.roles import ADMIN
from engine.runtime.clocks import needed
from engine.runtime.shapes.events import Event
from engine.runtime.shapes.parts import Seat
from engine.runtime.shapes.step_events import Signed
from engine.runtime.shapes.task_events import Noted
from engine.runtime.shapes.tree import AskNode, Node, State
from engine.runtime.state import failed_at, failing, is_timer, nodes, open_seats, units_in
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
    if "due" not in node:
        return {"due_at": None, "ping_at": None, "needed_by": NEVER, "needed_why": ""}
    clock, (moment, why) = node["due"], needed(node)
    return {
        "due_at": None if "left" in clock else clock.get("at"),
        "ping_at": clock.get("ping"),
        "needed_by": NEVER if moment is None else moment,
        "needed_why": why,
    }


def open_rows(state: State, process: str) -> dict[int, Row]:
    """Every open task, timer and incident of *state*, by serial, as the columns that describe it now."""
    found: dict[int, Row] = {}
    if state["st"] == "new":
        return found
    for node in nodes(state["root"]):
        if "seats" in node:
            for seat in open_seats(node):
                found[seat.n] = {
                    "step": node["s"], "status": "open", "audience": seat.audience, "assignee": seat.holder or None,
                    "wants": _wants(node, seat), **_clock_columns(node), "process": process,
                }  # fmt: skip
        failed = failed_at(node)
        if failed is not None or is_timer(node):
            found[node["n"]] = {
                "step": node["s"] if failed is None else failing(failed),
                "status": "timer" if failed is None else "incident", "audience": None, "assignee": None, "wants": "",
                **_clock_columns(node), "process": process,
            }  # fmt: skip
    return found


def _wants(node: AskNode, seat: Seat) -> str:
    """What an administrator has to do about a task: let it go further, or mend that nobody can be asked."""
    if "handing" in node and str(seat.n) in node["handing"]:
        return "consent"
    stray = "of" in node and seat.audience not in node["of"] and _with_administrators(seat)
    return "nobody" if node.get("nobody") or stray else ""


def _with_administrators(seat: Seat) -> bool:
    audience = parse_audience(seat.audience)
    return isinstance(audience, RoleAt) and audience.role == ADMIN


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


def _decides(event: Event) -> TypeGuard[Signed | Noted]:
    """Whether the event takes an outcome, in a person's name or in silence's."""
    return event["e"] == "signed" or (event["e"] == "noted" and event.get("how") in ("late", "lapsed", "came"))


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
    if "taken_back" in kinds or any(event["e"] == "noted" and event.get("how") == "take_back" for event in events):
        return "withdrawn"
    return "returned" if "returned" in kinds else "cancelled"


def _closing(signed: Signed | Noted | None, ending: str) -> Row:
    if signed is None:
        return {"status": ending, "outcome": None, "actor": None, "on_behalf": None}
    on_behalf = signed["for"] or None if signed["e"] == "signed" else None
    return {"status": "done", "outcome": signed["x"], "actor": signed.get("by"), "on_behalf": on_behalf}
