"""What people read: the inbox, a task, a case, search, what may be started."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple, TypeVar

from engine.audience import person_of
from engine.definition.model import Process
from engine.i18n import Text
from engine.operations.access import require_sight
from engine.operations.content.publish import by_hash, current
from engine.operations.context import Caller, Context, no_case
from engine.operations.reading.case_page import case_view
from engine.operations.reading.colleagues import receivers
from engine.operations.reading.evidence import evidence, sums
from engine.operations.reading.grounds import EvidenceView
from engine.operations.reading.inbox import BOXES, DUE, class_of, first, inbox, is_cursor
from engine.operations.reading.parts import Showing
from engine.operations.reading.presses import pressable, take_back
from engine.operations.reading.search import cases_numbered, search
from engine.operations.reading.start import start_form, startable
from engine.operations.reading.views import CaseView, TaskView
from engine.operations.reading.why import closed_why, why
from engine.runtime.shapes.parts import Seat
from engine.runtime.shapes.tree import AskNode
from engine.runtime.state import seats
from engine.runtime.titles import outcome_title, step_title
from engine.store import tasks
from engine.store.tasks import Task
from engine.store.transactions.runner import Tx

T = TypeVar("T")

__all__ = [
    "BOXES", "DUE", "after", "can_act", "case", "cases_numbered", "definition", "inbox", "is_cursor", "process_of",
    "search", "sheet", "start_form", "startable", "task",
]  # fmt: skip


class After(NamedTuple):
    """What follows a decision: whether it could be taken back, and the task that the inbox begins with now."""

    back: bool
    following: tuple[str, int] | None


def _reading(ctx: Context, work: Callable[[Tx], T]) -> T:
    return ctx.runner.run(work, write=False)


def case(ctx: Context, caller: Caller | None, number: str) -> CaseView:
    """The case page; ``NotFound`` for what the caller may not see. None reads as the engine, which sees all."""
    reader = caller or Caller("")

    def work(tx: Tx) -> CaseView:
        return case_view(Showing(ctx, tx, reader, require_sight(ctx, tx, reader, number)))

    return _reading(ctx, work)


def sheet(ctx: Context, caller: Caller, number: str) -> tuple[CaseView, tuple[EvidenceView, ...]]:
    """The case for paper: its page, and the sums that it comes to."""

    def work(tx: Tx) -> tuple[CaseView, tuple[EvidenceView, ...]]:
        show = Showing(ctx, tx, caller, require_sight(ctx, tx, caller, number))
        return case_view(show), sums(show)

    return _reading(ctx, work)


def task(ctx: Context, caller: Caller, number: str, n: int) -> TaskView:
    """The task page: open with its presses, or closed with how it went."""
    return _reading(ctx, lambda tx: _task(ctx, tx, caller, number, n))


def can_act(ctx: Context, caller: Caller, number: str, n: int) -> bool:
    """Whether the task is open and in the caller's hands, or could be."""

    def work(tx: Tx) -> bool:
        show, _, held = _seat(ctx, tx, caller, number, n)
        return held is not None and show.may_press(*held)

    return _reading(ctx, work)


def _seat(
    ctx: Context, tx: Tx, caller: Caller, number: str, n: int
) -> tuple[Showing, Task, tuple[AskNode, Seat] | None]:
    """The case as the caller sees it, the task's row, and while it is open its node and seat."""
    found = require_sight(ctx, tx, caller, number)
    row = tasks.get(tx, ctx.id, found.id, n)
    if row is None or row.audience is None:
        raise no_case()
    show = Showing(ctx, tx, caller, found)
    return show, row, seats(show.state).get(n)


def _task(ctx: Context, tx: Tx, caller: Caller, number: str, n: int) -> TaskView:
    show, row, held = _seat(ctx, tx, caller, number, n)
    step = show.step(row.step)
    names = step.show or None
    mine = held is not None and show.may_press(*held)
    fields, presses = pressable(show, held[0]) if held is not None and mine else ((), ())
    holder = show.held_by(*held) if held is not None else row.assignee
    closed = None
    if held is None:
        closed = outcome_title(show.process, row.step, row.outcome) if row.outcome else _CLOSED[row.status]
    return TaskView(
        case=case_view(show),
        n=n,
        step=row.step,
        step_title=step_title(show.process, row.step),
        open=held is not None,
        closed_as=closed,
        opened_at=row.opened_at,
        due_at=row.due_at,
        needed_by=row.needed_by,
        needed_why=row.needed_why,
        due_class=class_of(row.needed_by, ctx.now),
        assignee=show.people.view(holder),
        can_act=mine,
        why=why(show, held[0], held[1]) if held else closed_why(show, row),
        evidence=evidence(show) if mine else (),
        outcomes=presses,
        fields=fields,
        facts=show.facts_shown(names),
        claimable=held is not None and mine and not holder and not person_of(held[1].audience),
        claimed=mine and row.assignee == caller.person,
        receivers=receivers(show, *held) if held is not None and mine else None,
    )


_CLOSED = {
    "returned": Text("已随退回关闭", "Closed by a return"),
    "cancelled": Text("不用再办", "No longer needed"),
    "withdrawn": Text("已撤回", "Taken back"),
    "done": Text("已办", "Done"),
    "open": Text("待办", "Open"),
    "timer": Text("计时", "A clock"),
}


def after(ctx: Context, caller: Caller, number: str, n: int) -> After:
    """What follows what the caller has just decided at *n*."""

    def work(tx: Tx) -> After:
        offer = take_back(Showing(ctx, tx, caller, require_sight(ctx, tx, caller, number)))
        return After(offer is not None and offer.n == n, first(ctx, tx, caller))

    return _reading(ctx, work)


def process_of(ctx: Context, view: CaseView) -> Process:
    """The definition that a case runs on."""
    return _reading(ctx, lambda tx: by_hash(ctx, tx, view.definition_hash)).process


def definition(ctx: Context, process: str) -> Process:
    """The current definition of a process."""
    return _reading(ctx, lambda tx: current(ctx, tx, process)).process
