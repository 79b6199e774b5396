"""Writes what a command did: the journal, the case, the form, tasks, parties and jobs, each row once."""

from __future__ import annotations

from typing import Any

from engine import __version__
from engine.clock import MINUTE, Micros
from engine.extend.contributions import Reaction
from engine.operations.commands.handing_over import hand_over
from engine.operations.commands.projection import Changes, Row, belonging, cause, project
from engine.operations.commands.redaction import Redaction
from engine.operations.commands.runs import Happened, Runs
from engine.operations.content.chosen import chosen
from engine.operations.context import Caller, Context
from engine.operations.facts import OperationFacts
from engine.operations.reading.glance import subject
from engine.operations.reading.people import People
from engine.operations.reading.views import Receipt
from engine.operations.reading.wording import Wording
from engine.runtime.draft import Definition
from engine.runtime.env import CaseEnv
from engine.runtime.rights import on_behalf
from engine.runtime.shapes.events import Event
from engine.runtime.shapes.rows import VERSION, Body, Did
from engine.runtime.shapes.step_events import Filled, TakenBack
from engine.runtime.shapes.tree import State
from engine.runtime.state import units_in
from engine.store import cases, jobs, journal, search, tasks
from engine.store.cases import Case
from engine.store.schema.columns import NEVER
from engine.store.text import digest, dump
from engine.store.transactions.runner import Tx

#: A human decision's notices wait this long, so that it can be taken back before anybody hears of it.
NOTICE_DELAY: Micros = MINUTE
_CLOCK_COLUMNS = ("due_at", "ping_at", "needed_by", "needed_why")


class Recording:
    """The writes of one command, in an order that foreign keys and locks allow.

    *said* are its *events* without what people typed.
    """

    def __init__(
        self,
        ctx: Context,
        tx: Tx,
        people: People,
        caller: Caller,
        case: Case,
        definition: Definition,
        shown: dict[int, Row],
        after: State,
        events: list[Event],
        said: list[Event],
        runs: Runs,
        facts: OperationFacts,
        now: Micros,
        *,
        is_new: bool,
    ) -> None:
        self.ctx, self.tx, self.people, self.caller = ctx, tx, people, caller
        self.case, self.definition = case, definition
        self.after, self.events, self.said, self.runs = after, events, said, runs
        self.facts, self.now, self.is_new = facts, now, is_new
        self.changes: Changes = project(shown, events, after, case.process, now)

    def write(self, command: str, key: str, asked: str, note: str) -> Receipt:
        """Write everything; the answer."""
        case, expected = self.case, self.case.version
        case.version += 1
        self._describe()
        redacted = Redaction(
            self.definition.process, self.definition.catalogue, self.after["data"], questions=self.facts.used(),
            asked=self.facts.asked, events=self.said, runs=self.runs.record,
        )  # fmt: skip
        salt, fill, data = self._form(note, redacted.needed)
        answer = self._answer()
        body = self._body(salt, fill, note, redacted.said(salt))
        entry = journal.Entry(
            case.district, case.id, case.version, self.now, self.caller.person, command, body,
            on_behalf=on_behalf(self.events) or None,
            request_key=key or None, request_hash=asked if key else None, answer=answer.body if key else None,
        )  # fmt: skip
        case.head = journal.append(self.tx, entry, case.head)
        self._save(expected)
        if salt:
            cases.write_form(
                self.tx, case, salt=salt, fill=fill, note=note or None, data=data,
                told=dump(redacted.kept) if redacted.kept else None,
            )
        self._tasks()
        self._parties()
        self._jobs(human=bool(self.caller.person))
        return answer

    # -- the case --------------------------------------------------------------------------

    def _form(self, note: str, apart: bool) -> tuple[str, str | None, str]:
        """A salt when something typed is kept *apart* or new, what was filled, and the whole form after it."""
        if not (self.changes.filled or note or apart):
            return "", None, ""
        self.case.data_seq += 1
        self.case.data = self.after["data"]
        filled = [typed for event in self.events if (typed := _typed(event)) is not None]
        return self.ctx.ids.token(), dump(filled) if filled else None, dump(self.case.data)

    def _describe(self) -> None:
        """What the hot row says of the case."""
        case, state = self.case, self.after
        case.state = {**state}
        del case.state["data"]
        case.status = "ended" if state["st"] == "ended" else "open"
        case.end = state.get("end", "")
        case.ended_at = self.now if case.status == "ended" else None
        if self.is_new or self.changes.filled or self.changes.parties:
            people, definition = self.people, self.definition
            self.facts.decided()
            env = CaseEnv(definition.process, state, self.facts, definition.catalogue, self.caller.person)
            wording = Wording(self.ctx, self.tx, people, case.started_at)
            said, findable = subject(env, wording, state["data"])
            if wording.lacking and not self.is_new:
                return  # what the case was called while its plugins answered says more
            case.subject = said
            names = [people.unit_name(u) for units in _units(state) for u in units]
            names += [people.person_name(p) for p in (state["case"]["by"], state["case"]["for"]) if p]
            words = [findable, definition.process.title.zh, *names]
            case.search = search.search_text(case.number, *dict.fromkeys(words))

    def _save(self, expected: int) -> None:
        if self.is_new:
            cases.insert(self.tx, self.case)
        else:
            cases.save(self.tx, self.case, expected=expected)

    # -- the journal -----------------------------------------------------------------------

    def _body(self, salt: str, fill: str | None, note: str, said: Did) -> str:
        """The row's JSON: everything but what people typed, of which it holds a salted digest."""
        body: Body = {
            "v": VERSION,
            "ev": said["ev"],
            "read": said["read"],
            "def": self.case.def_hash,
            "chosen": chosen(self.ctx.district, self.case.process),
            "eng": __version__,
        }
        if "runs" in said:
            body["runs"] = said["runs"]
        if self.is_new:
            body["number"] = self.case.number
        if salt:
            body["form"] = {"seq": self.case.data_seq, "digest": digest(salt, fill, note or None)}
        return dump(body)

    def _answer(self) -> Receipt:
        case, changes = self.case, self.changes
        opened = tuple(row["n"] for row in (*changes.opened, *changes.reopened) if row["status"] == "open")
        body = dump({"case": case.id, "number": case.number, "version": case.version, "status": case.status,
                     "end": case.end, "opened": opened})  # fmt: skip
        return Receipt(case.id, case.number, case.version, case.status, case.end, opened, body)

    # -- tasks, parties, jobs --------------------------------------------------------------

    def _tasks(self) -> None:
        tx, case = self.tx, self.case
        closed = self.changes.closed
        if closed:
            own = closed[0]
            others: tasks.TaskStatus = "cancelled"
            if len(closed) > 1:
                own = next((row for row in closed if row["status"] == "done"), own)
                others = next((row["status"] for row in closed if row["status"] != "done"), others)
            tasks.close_tasks(
                tx, case.district, case.id, [row["n"] for row in closed], at=self.now, others=others, n=own["n"],
                status=own["status"], outcome=own["outcome"] or "", actor=own["actor"] or "",
                on_behalf=own["on_behalf"],
            )  # fmt: skip
        if self.changes.reopened:
            tasks.reopen(tx, case.district, case.id, [row["n"] for row in self.changes.reopened])
        if self.changes.opened:
            tasks.open_tasks(tx, case.district, [_task(case.id, row) for row in self.changes.opened])
        for row in (*self.changes.reopened, *self.changes.changed):
            self._change(row)

    def _change(self, row: dict[str, Any]) -> None:
        tx, case = self.tx, self.case
        had = {key: row[key] for key in ("assignee", "audience", "wants")}
        tasks.assign(tx, case.district, case.id, row["n"], since=row.get("since"), **had)
        clock = {key: row[key] for key in _CLOCK_COLUMNS}
        clock["needed_by"] = None if clock["needed_by"] == NEVER else clock["needed_by"]
        tasks.set_clock(tx, case.district, case.id, row["n"], **clock)

    def _parties(self) -> None:
        """Whose case it is, wherever that may have changed: parties follow the form, and a decision taken back."""
        if self.is_new and self.changes.parties:
            cases.add_parties(self.tx, self.case, belonging(self.after))
        elif self.changes.parties or self.changes.restored:
            cases.set_parties(self.tx, self.case, belonging(self.after))

    def _jobs(self, *, human: bool) -> None:
        """What leaves the database leaves by a job of this transaction; what was taken back does not leave."""
        recalled = [event["n"] for event in self.events if event["e"] == "noted" and event.get("how") == "take_back"]
        if recalled:
            jobs.cancel(self.tx, self.ctx.id, self.case.id, recalled)
        told: list[dict[str, Any]] = [
            {"to": to, "what": what, **self._acted(what)} for to, what in self.changes.told
        ]
        hand_over(
            self.ctx, self.tx, self.case.id, cause(self.events), self.runs, told=told, happened=self._happened(),
            grace=NOTICE_DELAY if human else 0,
        )  # fmt: skip

    def _acted(self, what: str) -> dict[str, Any]:
        """Who did what is told, where it is a person's deed: they know of it."""
        if what == "comment":
            return {"by": self.caller.person, "seq": self.case.data_seq}
        return {"by": self.caller.person} if "." in what and self.caller.person else {}

    def _happened(self) -> list[Happened]:
        if not self.ctx.registry.given(Reaction, self.ctx.enabled):
            return []
        return [*map(_happened, self.said), *self.runs.ended]


def _happened(event: Event) -> Happened:
    step = event["s"] if "s" in event else ""  # noqa: SIM401 - not every kind has one
    return Happened(event["e"], event, step or "", event["n"] if "n" in event else 0)  # noqa: SIM401 - nor this


def _units(state: State) -> list[list[str]]:
    return [units_in(held) for held in (state["case"]["unit"], *state["par"].values())]


def scrubbed(events: list[Event]) -> list[Event]:
    """The *events* without what people typed."""
    return [_scrubbed(event) if event["e"] in ("filled", "taken_back") else event for event in events]


def _scrubbed(event: Filled | TakenBack) -> Event:
    if event["e"] == "filled":
        return {"e": "filled", "names": sorted(event["values"])}
    bare: TakenBack = {**event}
    del bare["data"]
    return bare


def _typed(event: Event) -> dict[str, Any] | None:
    """What *event* brings of what people typed, which the journal leaves out; None for nothing."""
    if event["e"] == "filled":
        return event["values"]
    return event["data"] if event["e"] == "taken_back" else None


def _task(case: str, row: dict[str, Any]) -> tasks.Task:
    needed = None if row["needed_by"] == NEVER else row["needed_by"]
    return tasks.Task(case=case, **{**row, "needed_by": needed})


