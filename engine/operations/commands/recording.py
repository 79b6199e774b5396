"""Writes what a command did: the journal, the case, the form, tasks, parties and jobs, each row once."""

from __future__ import annotations

from typing import Any

from engine import __version__
from engine.clock import MINUTE, Micros
from engine.extend.contributions import Committed, Reaction
from engine.operations.commands.handing_over import hand_over
from engine.operations.commands.order import Order
from engine.operations.commands.projection import belonging, cause, open_rows, project
from engine.operations.commands.redaction import Redaction
from engine.operations.commands.runs import Happened
from engine.operations.commands.work import Work
from engine.operations.content.chosen import chosen
from engine.operations.reading.glance import subject
from engine.operations.reading.views import Receipt
from engine.operations.reading.wording import Wording
from engine.runtime.shapes.events import Event
from engine.runtime.shapes.rows import VERSION, Body, Did
from engine.runtime.shapes.step_events import Filled, TakenBack
from engine.runtime.shapes.tree import State
from engine.runtime.state import units_in
from engine.store import cases, jobs, journal, search, tasks
from engine.store.schema.columns import NEVER
from engine.store.text import digest, dump

#: A human decision's notices wait this long, so that it can be taken back before anybody hears of it.
NOTICE_DELAY: Micros = MINUTE
_CLOCK_COLUMNS = ("due_at", "ping_at", "needed_by", "needed_why")


class Recording:
    """The writes of one command, in an order that foreign keys and locks allow; made before anything is decided."""

    def __init__(self, work: Work) -> None:
        self._work = work
        #: The version that is stored, 0 of a new case, and what its tables say.
        self._stored = work.case.version
        self._shown = open_rows(work.turn.state, work.case.process)
        #: The events without what people typed.
        self._said: list[Event] = []

    def told(self, command: str) -> Committed:
        """What is told of *command* once it is on disk."""
        case = self._work.case
        return Committed(case.district, case.id, case.process, command, tuple(self._said))

    def write(self, order: Order) -> Receipt:
        """Write everything; the answer. Where nothing happened, as by a clock with nothing to say, no row is."""
        work, case = self._work, self._work.case
        state, events = work.turn.state, work.turn.events
        if not events:
            return Receipt(case.id, case.number, case.version, case.status, case.end, (), "")
        case.version += 1
        self._said = scrubbed(events)
        self._changes = project(self._shown, events, state, case.process, work.ctx.now)
        self._describe()
        redacted = Redaction(
            work.definition.process, work.definition.catalogue, state["data"], questions=work.facts.used(),
            asked=work.facts.asked, events=self._said, runs=work.runs.record,
        )  # fmt: skip
        note, key = order.note or None, order.key or None
        salt, fill, data = self._form(apart=redacted.needed or note is not None)
        answer = self._answer()
        body = self._body(digest(salt, fill, note) if salt else "", redacted.said(salt))
        entry = journal.Entry(
            case.district, case.id, case.version, work.ctx.now, work.caller.person, order.name, body,
            on_behalf=work.on_behalf or None, request_key=key, request_hash=order.digest if key else None,
            answer=answer.body if key else None,
        )  # fmt: skip
        case.head = journal.append(work.tx, entry, case.head)
        self._save()
        if salt:
            kept = dump(redacted.kept) if redacted.kept else None
            cases.write_form(work.tx, case, salt=salt, fill=fill, note=note, data=data, told=kept)
        self._tasks()
        self._parties()
        self._jobs()
        return answer

    # -- the case --------------------------------------------------------------------------

    def _form(self, *, apart: bool) -> tuple[str, str | None, str]:
        """A salt where something typed is kept *apart* or is new, what was filled, and the whole form after it."""
        if not (self._changes.filled or apart):
            return "", None, ""
        case, turn = self._work.case, self._work.turn
        case.data_seq += 1
        case.data = turn.state["data"]
        filled = [typed for event in turn.events if (typed := _typed(event)) is not None]
        return self._work.ctx.ids.token(), dump(filled) if filled else None, dump(case.data)

    def _describe(self) -> None:
        """What the hot row says of the case."""
        work, case, state = self._work, self._work.case, self._work.turn.state
        case.state = {**state}
        del case.state["data"]
        case.status = "ended" if state["st"] == "ended" else "open"
        case.end = state.get("end", "")
        case.ended_at = work.ctx.now if case.status == "ended" else None
        if not self._stored or self._changes.filled or self._changes.parties:
            people = work.people
            work.facts.decided()
            wording = Wording(work.ctx, work.tx, people, case.started_at)
            said, findable = subject(work.env(), wording, state["data"])
            if wording.lacking and self._stored:
                return  # what the case was called while its plugins answered says more
            case.subject = said
            names = [people.unit_name(u) for units in _units(state) for u in units]
            names += [people.person_name(p) for p in (state["case"]["by"], state["case"]["for"]) if p]
            words = [findable, work.definition.process.title.zh, *names]
            case.search = search.search_text(case.number, *dict.fromkeys(words))

    def _save(self) -> None:
        if self._stored:
            cases.save(self._work.tx, self._work.case, expected=self._stored)
        else:
            cases.insert(self._work.tx, self._work.case)

    # -- the journal -----------------------------------------------------------------------

    def _body(self, form: str, said: Did) -> str:
        """The row's JSON: everything but what people typed, of which it holds the salted digest *form*."""
        case = self._work.case
        body: Body = {
            "v": VERSION,
            "ev": said["ev"],
            "read": said["read"],
            "def": case.def_hash,
            "chosen": chosen(self._work.ctx.district, case.process),
            "eng": __version__,
        }
        if "runs" in said:
            body["runs"] = said["runs"]
        if not self._stored:
            body["number"] = case.number
        if form:
            body["form"] = {"seq": case.data_seq, "digest": form}
        return dump(body)

    def _answer(self) -> Receipt:
        case, changes = self._work.case, self._changes
        opened = tuple(row["n"] for row in (*changes.opened, *changes.reopened) if row["status"] == "open")
        body = dump({"case": case.id, "number": case.number, "version": case.version, "status": case.status,
                     "end": case.end, "opened": opened})  # fmt: skip
        return Receipt(case.id, case.number, case.version, case.status, case.end, opened, body)

    # -- tasks, parties, jobs --------------------------------------------------------------

    def _tasks(self) -> None:
        work, tx, case = self._work, self._work.tx, self._work.case
        closed = self._changes.closed
        if closed:
            own = closed[0]
            others: tasks.TaskStatus = "cancelled"
            if len(closed) > 1:
                own = next((row for row in closed if row["status"] == "done"), own)
                others = next((row["status"] for row in closed if row["status"] != "done"), others)
            tasks.close_tasks(
                tx, case.district, case.id, [row["n"] for row in closed], at=work.ctx.now, others=others, n=own["n"],
                status=own["status"], outcome=own["outcome"] or "", actor=own["actor"] or "",
                on_behalf=own["on_behalf"],
            )  # fmt: skip
        if self._changes.reopened:
            tasks.reopen(tx, case.district, case.id, [row["n"] for row in self._changes.reopened])
        if self._changes.opened:
            tasks.open_tasks(tx, case.district, [_task(case.id, row) for row in self._changes.opened])
        for row in (*self._changes.reopened, *self._changes.changed):
            self._change(row)

    def _change(self, row: dict[str, Any]) -> None:
        tx, case = self._work.tx, self._work.case
        had = {key: row[key] for key in ("assignee", "audience", "wants")}
        tasks.assign(tx, case.district, case.id, row["n"], since=row.get("since"), **had)
        clock = {key: row[key] for key in _CLOCK_COLUMNS}
        clock["needed_by"] = None if clock["needed_by"] == NEVER else clock["needed_by"]
        tasks.set_clock(tx, case.district, case.id, row["n"], **clock)

    def _parties(self) -> None:
        """Whose case it is, wherever that may have changed: parties follow the form, and a decision taken back."""
        work = self._work
        if not self._stored and self._changes.parties:
            cases.add_parties(work.tx, work.case, belonging(work.turn.state))
        elif self._changes.parties or self._changes.restored:
            cases.set_parties(work.tx, work.case, belonging(work.turn.state))

    def _jobs(self) -> None:
        """What leaves the database leaves by a job of this transaction; what was taken back does not leave."""
        work, events = self._work, self._work.turn.events
        recalled = [event["n"] for event in events if event["e"] == "noted" and event.get("how") == "take_back"]
        if recalled:
            jobs.cancel(work.tx, work.ctx.id, work.case.id, recalled)
        told: list[dict[str, Any]] = [
            {"to": to, "what": what, **self._acted(what)} for to, what in self._changes.told
        ]
        grace = NOTICE_DELAY if work.caller.person else 0
        hand_over(work, cause(events), told=told, happened=self._happened(), grace=grace)

    def _acted(self, what: str) -> dict[str, Any]:
        """Who did what is told, where it is a person's deed: they know of it."""
        person = self._work.caller.person
        if what == "comment":
            return {"by": person, "seq": self._work.case.data_seq}
        return {"by": person} if "." in what and person else {}

    def _happened(self) -> list[Happened]:
        work = self._work
        if not work.ctx.registry.given(Reaction, work.ctx.enabled):
            return []
        return [*map(_happened, self._said), *work.runs.ended]


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


