"""The frozen values that doors show: what an inbox row, a task, a case and a form hold. No markup, no SQL."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, NamedTuple

from engine.clock import Micros
from engine.i18n import Text
from engine.operations.reading.form_views import FormField, Option
from engine.operations.reading.grounds import EvidenceView, Why
from engine.operations.reading.read_log_views import ReadingView

DueClass = Literal["late", "today", "later", "none"]


@dataclass(frozen=True, slots=True)
class PersonView:
    """A person as others see them."""

    id: str
    name: str
    unit: str = ""


@dataclass(frozen=True, slots=True)
class TaskRow:
    """One row of the inbox. ``needed_by`` is the earlier of deadline and event; ``needed_why`` says which.

    ``since`` is when it came to whoever has it now, and ``holder`` who that is, or who did it; ``behalf`` for whom the
    reader stands in, where the task is not their own. One that is done says when and how.
    """

    case: str
    n: int
    process: str
    process_title: Text
    step: str
    step_title: Text
    subject: str
    number: str
    units: tuple[str, ...]
    opened_at: Micros
    since: Micros
    due_at: Micros | None
    needed_by: Micros | None
    needed_why: Literal["due", "before", ""]
    due_class: DueClass
    assignee: PersonView | None
    holder: Text
    mine: bool
    done_at: Micros | None = None
    closed_as: Text | None = None
    bulk: str = ""
    behalf: PersonView | None = None


@dataclass(frozen=True, slots=True)
class LoadView:
    """Today's load in figures; each is capped at 1,000 (``capped`` says that one was)."""

    late: int
    today: int
    later: int
    capped: bool = False

    @property
    def all(self) -> int:
        """Everything that waits."""
        return self.late + self.today + self.later


@dataclass(frozen=True, slots=True)
class InboxPage:
    """One keyset page of an inbox box; ``after`` is the next cursor, "" at the end. ``tag`` names the content.

    ``incidents`` counts what waits for an administrator; None for a reader who is none.
    """

    box: str
    rows: tuple[TaskRow, ...]
    load: LoadView
    after: str
    tag: str
    next_due: TaskRow | None = None
    incidents: int | None = None


@dataclass(frozen=True, slots=True)
class Shown:
    """A field as read: title, words and, where it changed lately, the words before; whether they are a mask."""

    name: str
    title: Text
    words: Text
    was: Text | None = None
    href: str = ""
    covered: bool = False
    may_uncover: bool = False


@dataclass(frozen=True, slots=True)
class OutcomeView:
    """A press: its verb, whether an opinion is asked, what it will do, why it cannot be taken now.

    ``asks`` names every field that it takes; ``fields`` are those of them that no other press of the page asks.
    """

    name: str
    title: Text
    opinion: Literal["must", "may", "none"]
    fields: tuple[FormField, ...]
    asks: tuple[str, ...]
    will_do: tuple[Text, ...]
    reasons: tuple[str, ...] = ()
    main: bool = False
    blocked: Text | None = None


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the timeline: a sentence with its moment; ``kind`` human, system or comment."""

    at: Micros
    sentence: Text
    who: PersonView | None
    kind: Literal["human", "system", "comment"]
    quote: str = ""
    version: int = 0


@dataclass(frozen=True, slots=True)
class PartyView:
    """A unit the case belongs to."""

    name: str
    title: Text
    unit: str
    unit_name: str


@dataclass(frozen=True, slots=True)
class Holder:
    """An open step and who has it: "now with whom, since when, until when"."""

    n: int
    step: str
    step_title: Text
    who: Text
    since: Micros
    due_at: Micros | None
    can_open: bool
    incident: bool = False


@dataclass(frozen=True, slots=True)
class TakeBackOffer:
    """The strip that offers 撤回: ``n`` is the task that the reader finished last."""

    n: int
    sentence: Text


@dataclass(frozen=True, slots=True)
class CaseView:
    """All that a case page shows."""

    id: str
    number: str
    process: str
    process_title: Text
    subject: str
    status: Literal["open", "suspended", "ended"]
    end: str
    end_title: Text | None
    started_at: Micros
    started_by: PersonView | None
    for_person: PersonView | None
    version: int
    parties: tuple[PartyView, ...]
    facts: tuple[Shown, ...]
    holders: tuple[Holder, ...]
    timeline: tuple[Line, ...]
    visited: tuple[str, ...]
    active: tuple[str, ...]
    exits: tuple[tuple[int, OutcomeView], ...] = ()
    take_back: TakeBackOffer | None = None
    can_cancel: bool = False
    can_start_again: bool = False
    definition_hash: str = ""
    ended_at: Micros | None = None
    readings: tuple[ReadingView, ...] = ()


@dataclass(frozen=True, slots=True)
class TaskView:
    """All that a task page shows; ``case`` brings facts, timeline and parties.

    ``receivers`` are whom the reader may hand it to, None where it is not in their hands.
    """

    case: CaseView
    n: int
    step: str
    step_title: Text
    open: bool
    closed_as: Text | None
    opened_at: Micros
    due_at: Micros | None
    needed_by: Micros | None
    needed_why: str
    due_class: DueClass
    assignee: PersonView | None
    can_act: bool
    why: Why
    evidence: tuple[EvidenceView, ...]
    outcomes: tuple[OutcomeView, ...]
    fields: tuple[FormField, ...]
    facts: tuple[Shown, ...]
    claimable: bool = False
    claimed: bool = False
    receivers: tuple[Option, ...] | None = None


@dataclass(frozen=True, slots=True)
class CaseRow:
    """One hit of the case search."""

    case: str
    number: str
    process: str
    process_title: Text
    subject: str
    units: tuple[str, ...]
    status: str
    end: str
    end_title: Text | None
    started_at: Micros
    ended_at: Micros | None
    holder: Text | None


@dataclass(frozen=True, slots=True)
class NoticeView:
    """Something the reader was told about a case, or of none (""); ``settled``: what it urges has been done since."""

    at: Micros
    text: Text
    number: str
    unread: bool
    subject: str = ""
    settled: bool = False


@dataclass(frozen=True, slots=True)
class Incident:
    """What the engine could not do: task ``n`` of case ``number``, or job ``id``; ``cause`` names the fault in code.

    It fails, or waits, ``since`` then, however often it was tried.

    A job has the kind ``job`` by which all of its kind are tried at once, and is tried ``again`` at that moment; None
    where the system has given up by itself.
    """

    id: str
    kind: Literal["step", "job", "nobody", "consent"]
    number: str
    n: int
    subject: str
    process_title: Text
    step_title: Text
    action: Text
    sentence: Text
    cause: Text
    tries: int
    since: Micros
    again: Micros | None = None
    job: str = ""


class Receipt(NamedTuple):
    """What a command answered; ``body`` is the stored bytes a repeated key gets again."""

    case: str
    number: str
    version: int
    status: str
    end: str
    opened: tuple[int, ...]
    body: str
