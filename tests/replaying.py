"""Decides every command of a case again, with nothing but what its journal row says and the content that it names."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

from engine.audience import RoleAt, parse_audience
from engine.clock import Micros
from engine.definition.calendar.working import Calendar, calendar_from
from engine.definition.district.roles import ADMIN, ANY_ADMIN
from engine.errors import Unanswered
from engine.i18n import both, from_stored
from engine.operations.content import chosen
from engine.operations.content.publish import by_hash
from engine.operations.context import Context
from engine.operations.reading.history import Turn as Row
from engine.operations.reading.history import turns
from engine.runtime import commands as c
from engine.runtime.decide import take
from engine.runtime.draft import Definition
from engine.runtime.kinds.table import begin
from engine.runtime.pending import Request, pending
from engine.runtime.shapes.events import Event
from engine.runtime.state import State, copy
from engine.runtime.turn import Turn
from engine.store import cases, content, people, verify_reads
from engine.store.text import load
from engine.store.transactions.runner import Tx


class NotRecordedError(Exception):
    """A decision asks what its row does not say."""


class RecordedFacts:
    """The facts that one journal row records; whatever else is asked is missing."""

    def __init__(self, tx: Tx, district: str, row: Row, before: list[list[Event]]) -> None:
        choice = content.read(tx, district, row.body["chosen"])
        assert choice is not None
        calendar, _ = (content.read(tx, district, part) for part in chosen.parts(choice))
        self._at, self._settings, self._before = row.entry.at, load(choice)["settings"], before
        self._calendar = calendar_from(*load(calendar))
        self._known = {_key(question): question[-1] for question in row.body["read"]}
        self._epoch = 0
        stuck = {event["node"]["n"] for event in row.events if event["e"] == "opened" and event["node"]["k"] == "stuck"}
        self._silences = [event for event in row.events if event["e"] == "incident" and event["n"] in stuck]

    def _said(self, *question: Any) -> Any:
        if question not in self._known:
            if not self._silences:
                raise NotRecordedError(question)
            why = self._silences[0]  # no answer is no line of its own: a step rests because there was none
            raise Unanswered(both(""), why=from_stored(why["why"]), plugin=why.get("waits", ""), waits="waits" in why)
        return self._known[question]

    def forget(self) -> None:
        """An action has run."""
        self._epoch += 1

    def now(self) -> Micros:
        return self._at

    def settings(self) -> dict[str, Any]:
        return self._settings

    def calendar(self, unit: str) -> Calendar:
        return self._calendar

    def attr(self, type_name: str, key: str, attribute: str) -> Any:
        if type_name in ("unit", "person"):
            return self._said("attr", type_name, key, attribute)
        record = self._said("record", self._epoch, type_name, key)
        if record is not None and attribute not in record:
            raise NotRecordedError((type_name, key, attribute))
        return record and record[attribute]

    def _nearest(self, role: str, unit: str, excluded: tuple[str, ...]) -> tuple[str, tuple[str, ...]] | None:
        held = {at: tuple(persons) for at, persons in self._said("held", role, unit)}
        return people.nearest(held, role, excluded)

    def seat(self, role: str, unit: str, excluded: tuple[str, ...]) -> str | None:
        found = self._nearest(role, unit, excluded)
        return found[0] if found else None

    def holders(self, role: str, unit: str, excluded: tuple[str, ...]) -> tuple[str, ...]:
        found = self._nearest(role, unit, excluded)
        return found[1] if found else ()

    def rota(self, name: str, unit: str, date: str) -> str | None:
        return self._said("rota", name, unit, date)

    def resolve(self, resolver: str, args: dict[str, Any]) -> tuple[str, ...]:
        asked = sorted((name, str(value)) for name, value in args.items())
        return tuple(self._said("resolve", self._epoch, resolver, *asked))

    def answered(self, ask: Callable[[], Any]) -> Any:
        return ask()

    def nobody(self, unit: str) -> str:
        return self.seat(ADMIN, unit, ()) or ANY_ADMIN

    def may(self, person: str, audience: str) -> bool:
        meant = parse_audience(audience)
        if isinstance(meant, RoleAt):
            shown = (held for question, held in self._known.items() if question[:2] == ("held", meant.role))
            if any(unit == meant.unit and person in persons for held in shown for unit, persons in held):
                return True
        return self._said("may", person, audience)

    def principal(self, person: str, audience: str) -> str:
        return self._known.get(("principal", person, audience), "")

    def history(self) -> list[list[Event]]:
        return self._before


def _key(question: list[Any]) -> tuple[Any, ...]:
    return tuple(tuple(part) if isinstance(part, list) else part for part in question[:-1])


def differences(ctx: Context) -> dict[str, str]:
    """The cases of a district that do not replay, by number, each with the first that is other; erased ones left out."""
    found: dict[str, str] = {}

    def look(tx: Tx, id_: str) -> None:
        case = cases.load_case(tx, ctx.id, id=id_)
        assert case is not None
        history = turns(tx, ctx.id, id_)
        if not any(row.erased for row in history):
            definition = by_hash(ctx, tx, case.def_hash)
            fault = next(_other(tx, ctx.id, definition, history), "")
            found.update({case.number: fault} if fault else {})

    for id_ in ctx.runner.run(lambda tx: verify_reads.case_ids(tx, ctx.id), write=False):
        ctx.runner.run(lambda tx, id_=id_: look(tx, id_), write=False)
    return found


def _other(tx: Tx, district: str, definition: Definition, history: list[Row]) -> Iterator[str]:
    state: State | None = None
    for at, row in enumerate(history):
        facts = RecordedFacts(tx, district, row, [one.events for one in history[:at]])
        turn = begin(definition, copy(state) if state else None, facts)
        try:
            take(turn, _command(definition, row))
            _rest(turn, facts, row)
        except NotRecordedError as missing:
            yield f"row {row.entry.seq} ({row.entry.command}) does not say {missing}"
            return
        wanted = json.loads(json.dumps([_without_names(event) for event in row.events]))
        got = json.loads(json.dumps(turn.events))
        if got != wanted:
            first = next((n for n, pair in enumerate(zip(got, wanted, strict=False)) if pair[0] != pair[1]), len(got))
            yield f"row {row.entry.seq} ({row.entry.command}): {got[first:first + 1]} and not {wanted[first:first + 1]}"
            return
        state = turn.state


def _without_names(event: Event) -> Event:
    return {key: value for key, value in event.items() if key != "names"} if event["e"] == "filled" else event


def _rest(turn: Turn, facts: RecordedFacts, row: Row) -> None:
    """What ran by itself ends as the row says."""
    runs, events = list(row.body.get("runs", ())), list(row.events)
    for _ in range(100):
        request = pending(turn.state)
        if request is None:
            return
        facts.forget()
        try:
            take(turn, _answer(turn, request, runs, events))
        except Unanswered as silence:
            raise NotRecordedError(silence) from silence


def _answer(turn: Turn, request: Request, runs: list[dict[str, Any]], events: list[Event]) -> c.Command:
    kind = "do" if request.kind == "do" else "undo"
    failed = _taken(events, lambda e: e["e"] == "incident" and e["n"] == request.n)
    run = None if failed else _taken(runs, lambda run: run["n"] == request.of and kind in run)
    if run is not None and kind == "do":
        return c.Result(request.n, run["result"], run["out"])
    if failed is not None:
        return c.Failed(request.n, from_stored(failed["why"]), failed.get("waits", ""))
    undone = _taken(events, lambda e: e["e"] == "undone" and e["of"] == request.of)
    if undone is None:
        raise NotRecordedError(request)
    return c.Undone(request.n, request.of, undone["how"])


def _taken(among: list[Any], fits: Callable[[Any], bool]) -> Any:
    """The first that *fits*, taken out."""
    found = next((one for one in among if fits(one)), None)
    if found is not None:
        among.remove(found)
    return found


def _command(definition: Definition, row: Row) -> c.Command:
    """The command that *row* says, as far as deciding needs it."""
    events = row.events
    told = next(event for event in events if event["e"] in _TOLD.get(row.entry.command, (events[0]["e"],)))
    return COMMANDS[row.entry.command](definition, row, told)


#: Which events say what a command was about.
_TOLD = {
    "act": ("signed",), "tick": ("noted", "reminded", "escalated"), "claim": ("reassigned",), "unclaim": ("reassigned",),
    "transfer": ("reassigned", "requested"), "answer_transfer": ("reassigned", "declined"), "take_back": ("noted",),
    "retry": ("retried",),
}  # fmt: skip


#: What each command on a case was, by the name that its row has: from the row and the event that says what it was about.
COMMANDS: dict[str, Callable[[Definition, Row, Any], c.Command]] = {
    "start": lambda _, row, told: c.Start(row.entry.actor, told["unit"], _filled(row.events, 1), told["for"]),
    "act": lambda definition, row, told: c.Act(
        row.entry.actor, told["n"], told["x"], _typed(definition, told, row.events), _noted(row)
    ),
    "tick": lambda _, row, told: c.Tick(told["n"]),
    "claim": lambda _, row, told: c.Claim(row.entry.actor, told["n"]),
    "unclaim": lambda _, row, told: c.Claim(row.entry.actor, told["n"], release=True),
    "transfer": lambda _, row, told: c.Transfer(
        row.entry.actor, told["n"], told["to"], _noted(row), "consent" if told["e"] == "requested" else "reason"
    ),
    "answer_transfer": lambda _, row, told: c.Consent(row.entry.actor, told["n"], told["e"] == "reassigned"),
    "take_back": lambda _, row, told: c.TakeBack(row.entry.actor, told["n"]),
    "comment": lambda _, row, told: c.Comment(row.entry.actor),
    "cancel": lambda _, row, told: c.Cancel(row.entry.actor),
    "retry": lambda _, row, told: c.Retry(told["by"], told["n"]),
    "recheck": lambda _, row, told: c.Recheck(),
    "recount": lambda _, row, told: c.Recount(),
}


def _noted(row: Row) -> str:
    """What was written beside it; where that was erased, some words."""
    return row.note or "…"


def _filled(events: list[Event], at: int) -> dict[str, Any]:
    return dict(events[at]["values"]) if len(events) > at and events[at]["e"] == "filled" else {}


def _typed(definition: Definition, signed: Event, events: list[Event]) -> dict[str, Any]:
    """What was filled in with a decision: what follows it, where the step or the exit asks for that."""
    filled = _filled(events, events.index(signed) + 1)
    if signed["s"] == "start":
        names: set[str] = set(definition.process.start.fill)
    else:
        step = definition.process.index[signed["s"]][0]
        taken = step.exit(signed["x"])
        assert taken is not None
        names = {*getattr(step, "fill", ()), *taken.fill, *taken.must}
    return filled if set(filled) <= names else {}
