"""What the slots of pages hand to plugins: frozen views of a row, a task, a case and a form, without what was typed."""

from __future__ import annotations

from dataclasses import dataclass

from engine.clock import Micros


@dataclass(frozen=True, slots=True)
class CaseShown:
    """A case on a page; ``parties`` are names of parties with a unit's id each, ``end`` is "" while it is open."""

    id: str
    number: str
    process: str
    subject: str
    status: str
    end: str
    parties: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class TaskShown:
    """A task on its page; ``can_act`` says whether the reader decides it."""

    case: CaseShown
    n: int
    step: str
    open: bool
    due_at: Micros | None
    can_act: bool


@dataclass(frozen=True, slots=True)
class RowShown:
    """A row of the inbox; ``case`` is the id of its case."""

    case: str
    number: str
    process: str
    step: str
    n: int
    subject: str


@dataclass(frozen=True, slots=True)
class FormShown:
    """The form that starts a case of ``process``; ``units`` are those from which the reader may start it."""

    process: str
    units: tuple[str, ...]
