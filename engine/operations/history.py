"""A case's history: its journal with what people typed put back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from engine.operations.commands.apart import SALTED, restored
from engine.runtime.evolve import Event, apply
from engine.runtime.state import State, fresh
from engine.store import cases, journal
from engine.store.journal import Entry
from engine.store.text import load
from engine.store.transaction import Tx


@dataclass(frozen=True)
class Turn:
    """One command of a case: its journal row, its body, its events with the values that are still kept."""

    entry: Entry
    body: dict[str, Any]
    events: list[Event]
    note: str
    erased: bool


def turns(tx: Tx, district: str, case_id: str, entries: tuple[Entry, ...] | None = None) -> list[Turn]:
    """Every command of a case, oldest first; *entries* are its journal, where it was read before."""
    typed = {row.seq: row for row in cases.forms(tx, district, case_id)}
    found = []
    for entry in journal.read(tx, district, case_id) if entries is None else entries:
        body = load(entry.body)
        row = typed.get(body["form"]["seq"]) if "form" in body else None
        if SALTED in entry.body:
            body = restored(body, load(row.told) or {} if row is not None else {})
        wants = [event for event in body["ev"] if event["e"] in ("filled", "taken_back")]
        fill = load(row.fill) if row is not None and row.fill is not None else None
        erased = bool(wants) and fill is None
        found.append(Turn(entry, body, _restored(body["ev"], fill), (row.note or "") if row else "", erased))
    return found


def _restored(events: list[Event], fill: list[dict[str, Any]] | None) -> list[Event]:
    """The events with the values that were taken out of the journal; erased ones stay empty."""
    values = iter(fill or ())
    restored = []
    for event in events:
        if event["e"] == "filled":
            restored.append({"e": "filled", "values": next(values, {}), "names": event["names"]})
        elif event["e"] == "taken_back":
            restored.append({**event, "data": next(values, {})})
        else:
            restored.append(event)
    return restored


def typed_before(history: list[Turn]) -> list[dict[str, Any]]:
    """Every set of values that somebody filled in, oldest first."""
    return [event["values"] for turn in history for event in turn.events if event["e"] == "filled"]


def state_now(tx: Tx, district: str, case_id: str) -> State:
    """The state that a case's journal leads to, with what is still kept of what was typed."""
    state = fresh()
    for turn in turns(tx, district, case_id):
        for event in turn.events:
            apply(state, event)
    return state


def events_of(history: list[Turn]) -> list[list[Event]] | None:
    """The events of each command; None where what was typed has been erased, so that they say no state any more."""
    return None if any(turn.erased for turn in history) else [turn.events for turn in history]
