"""A case's history: its journal with what people typed put back."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from engine.operations.commands.redaction import SALTED, restored
from engine.runtime.evolve import apply
from engine.runtime.shapes.events import Event
from engine.runtime.shapes.rows import Body
from engine.runtime.shapes.tree import State
from engine.runtime.state import fresh
from engine.store import cases, journal, upcast
from engine.store.journal import Entry
from engine.store.text import load
from engine.store.transactions.runner import Tx

#: What a case owed is settled in a journal of its own: the case may have ended, or go on at the very moment.
SETTLED = "owed:"


@dataclass(frozen=True)
class Turn:
    """One command of a case: its journal row, its body, its events with the values that are still kept."""

    entry: Entry
    body: Body
    events: list[Event]
    note: str
    erased: bool


@dataclass(frozen=True, slots=True)
class Settled:
    """How one thing that a case owed ended: *how* its plugin says, or ``dropped`` by an administrator."""

    entry: Entry
    n: int
    undo: str
    step: str
    how: str


def settlements(tx: Tx, district: str, case_id: str, state: State) -> list[Settled]:
    """How what a case in *state* owed ended, as far as it has; nothing is read of one that never owed anything."""
    entries = journal.read(tx, district, f"{SETTLED}{case_id}") if "later" in state else ()
    return [Settled(entry, **each) for entry in entries for each in load(entry.body)["settled"]]


def turns(tx: Tx, district: str, case_id: str, entries: tuple[Entry, ...] | None = None) -> list[Turn]:
    """Every command of a case, oldest first; *entries* are its journal, where it was read before."""
    typed = {row.seq: row for row in cases.forms(tx, district, case_id)}
    found = []
    for entry in journal.read(tx, district, case_id) if entries is None else entries:
        place = f"{case_id}.{entry.seq}"
        said = upcast.said_of(entry.body, place)
        row = typed.get(said["form"]["seq"]) if "form" in said else None
        if SALTED in entry.body:
            said = restored(said, load(row.told) or {} if row is not None else {})
        body = upcast.in_shape(said, place)
        wants = [event for event in body["ev"] if event["e"] in ("filled", "taken_back")]
        fill = load(row.fill) if row is not None and row.fill is not None else None
        erased = bool(wants) and fill is None
        found.append(Turn(entry, body, _restored(body["ev"], fill), (row.note or "") if row else "", erased))
    return found


def _restored(events: list[Event], fill: list[dict[str, Any]] | None) -> list[Event]:
    """The events with the values that were taken out of the journal; erased ones stay empty."""
    values = iter(fill or ())
    restored: list[Event] = []
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


@dataclass(frozen=True, slots=True)
class Change:
    """A field of a form that says something else than it did: what stood there, what stands now, and whose doing."""

    was: Any
    now: Any
    actor: str


def forms(history: list[Turn]) -> Iterator[tuple[Turn, dict[str, Any]]]:
    """The whole form as each command left it, oldest first. Taking back restores one, it fills nothing in."""
    form: dict[str, Any] = {}
    for turn in history:
        for event in turn.events:
            if event["e"] == "filled":
                form = {**form, **event["values"]}
            elif event["e"] == "taken_back":
                form = event["data"]
        yield turn, form


def before_last(history: list[Turn]) -> dict[str, Any]:
    """What stood in each field before it was last filled in or taken back."""
    held: dict[str, Any] = {}
    before: dict[str, Any] = {}
    for turn, form in forms(history):
        filled = {name for event in turn.events if event["e"] == "filled" for name in event["values"]}
        before |= {name: held.get(name) for name in {**held, **form} if name in filled or _other(held, form, name)}
        held = form
    return before


def changed_since(history: list[Turn], version: int, reader: str) -> dict[str, Change]:
    """The fields that say something else now than *reader* knows, who saw *version* and knows their own changes."""
    known: dict[str, Any] = {}
    held: dict[str, Any] = {}
    last: dict[str, str] = {}
    for turn, form in forms(history):
        changed = [name for name in {**held, **form} if _other(held, form, name)]
        last |= dict.fromkeys(changed, turn.entry.actor)
        if turn.entry.seq <= version:
            known = form
        elif turn.entry.actor == reader:
            known = {**known, **{name: form.get(name) for name in changed}}
        held = form
    return {
        name: Change(known.get(name), held.get(name), last[name])
        for name in {**known, **held}
        if _other(known, held, name)
    }


def _other(one: dict[str, Any], another: dict[str, Any], name: str) -> bool:
    return bool(one.get(name) != another.get(name))


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
