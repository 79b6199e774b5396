"""The inbox as people see it: rows told apart by subject, sorted by when they are needed, and today's load."""

from __future__ import annotations

import hashlib
from collections import Counter
from functools import lru_cache
from typing import Any, get_args

from engine.audience import ANYBODY, user_key
from engine.clock import Micros
from engine.definition.model import Process
from engine.definition.values.moments import day_end, to_datetime, to_micros
from engine.operations.content.publish import by_hash
from engine.operations.context import Caller, Context
from engine.operations.reading.people import People, people_of
from engine.operations.reading.views import DueClass, InboxPage, LoadView, TaskRow
from engine.runtime.titles import outcome_title, step_title
from engine.store import answering, incidents
from engine.store import inbox as store
from engine.store.answering import Answers
from engine.store.transactions.runner import Tx

#: The boxes and the filters by deadline that there are; the first of each is what nobody chose.
BOXES: tuple[str, ...] = get_args(store.Box)
DUE: tuple[str, ...] = get_args(store.DueFilter)


def is_cursor(after: str) -> bool:
    """Whether *after* is where a page of a box ended."""
    return store.InboxCursor.parse(after) is not None


@lru_cache(maxsize=8)
def day_of(now: Micros) -> store.Day:
    """Now, and the first end that is not of today in the district's time: 24:00 is today's still."""
    return store.Day(now, to_micros(day_end(to_datetime(now).date())) + 1)


def class_of(needed_by: Micros | None, now: Micros) -> DueClass:
    """``late``, ``today``, ``later``, or ``none`` where nothing hurries."""
    if needed_by is None:
        return "none"
    day = day_of(now)
    if needed_by < day.now:
        return "late"
    return "today" if needed_by < day.tomorrow else "later"


def inbox(
    ctx: Context,
    caller: Caller,
    box: str = "mine",
    process: str = "",
    due: str = "",
    q: str = "",
    after: str = "",
    limit: int = 20,
) -> InboxPage:
    """One page of a box. An unknown box or filter reads as the first one; a bad cursor starts anew."""
    which: Any = box if box in BOXES else "mine"
    when: Any = due if due in DUE else ""

    filters: dict[str, Any] = {"box": which, "process": process, "q": q}

    def work(tx: Tx) -> InboxPage:
        # Who is anybody's of a unit is asked nowhere but in the boxes that show it.
        answers = answering.answers(tx, ctx.id, caller.person, ctx.now, above=which != "mine")
        reader, day = _reader(caller, answers), day_of(ctx.now)
        found, following = store.page(
            tx, ctx.id, reader, day, due=when, after=store.InboxCursor.parse(after), limit=limit, **filters
        )
        rows = _rows(ctx, tx, caller, answers, found)
        whole = not (after or when or following)
        load = _tally(which, rows) if whole else _load(tx, ctx, reader, day, filters)
        coming = None
        if not rows and when:
            coming = store.page(tx, ctx.id, reader, day, limit=1, **filters)[0]
        failed = incidents.count(tx, ctx.id) if answers.admin else None
        return InboxPage(
            which, rows, load, str(following) if following else "", _tag(rows, load, failed),
            next_due=_rows(ctx, tx, caller, answers, coming)[0] if coming else None, incidents=failed,
        )  # fmt: skip

    return ctx.runner.run(work, write=False)


def first(ctx: Context, tx: Tx, caller: Caller) -> tuple[str, int] | None:
    """The task that the inbox begins with, by its case's number and its own; None for an empty one."""
    answers = answering.answers(tx, ctx.id, caller.person, ctx.now, above=False)
    found, _ = store.page(tx, ctx.id, _reader(caller, answers), day_of(ctx.now), box="mine", limit=1)
    return (found[0].number, found[0].task.n) if found else None


def _reader(caller: Caller, answers: Answers) -> store.InboxReader:
    lent = tuple((key, whose) for key, persons in answers.standing_in.items() for whose in persons)
    return store.InboxReader(caller.person, answers.keys, lent)


def _tally(box: str, rows: tuple[TaskRow, ...]) -> LoadView:
    """The load of a box that fits on its page; what is done is none."""
    classes = Counter("later" if row.due_class == "none" else row.due_class for row in rows if box != "done")
    return LoadView(classes["late"], classes["today"], classes["later"])


def _load(tx: Tx, ctx: Context, reader: store.InboxReader, day: store.Day, filters: dict[str, Any]) -> LoadView:
    if filters["box"] == "done":
        return LoadView(0, 0, 0)
    found = store.load(tx, ctx.id, reader, day, **filters)
    capped = any(count > store.CAP for count in found)
    late, today, later = (min(count, store.CAP) for count in found)
    return LoadView(late, today, later, capped)


def _tag(rows: tuple[TaskRow, ...], load: LoadView, failed: int | None) -> str:
    """Names what a page shows, so that a reader who has seen it is told nothing: a claim or a new hour changes it."""
    said = [(row.number, row.n, row.due_class, row.needed_by, row.assignee) for row in rows]
    return hashlib.sha256(repr((said, load, failed)).encode()).hexdigest()[:16]


def _rows(
    ctx: Context, tx: Tx, caller: Caller, answers: Answers, rows: tuple[store.InboxRow, ...]
) -> tuple[TaskRow, ...]:
    names = people_of(ctx, tx)
    parties = store.parties_of(tx, ctx.id, {row.task.case for row in rows})
    names.want_names(
        units={unit for pairs in parties.values() for _, unit in pairs} | {row.unit for row in rows},
        persons={person for row in rows for person in (row.task.assignee, row.task.actor) if person},
    )
    now = ctx.now
    processes = {hashed: by_hash(ctx, tx, hashed).process for hashed in {row.def_hash for row in rows}}
    return tuple(
        _row(caller, answers, names, row, processes[row.def_hash], parties.get(row.task.case, ()), now) for row in rows
    )


def _ordered(process: Process, parties: tuple[tuple[str, str], ...]) -> tuple[tuple[str, str], ...]:
    """Parties and their units as the process names them."""
    if len(parties) < 2:
        return parties
    order = {party.name: place for place, party in enumerate(process.parties)}
    return tuple(sorted(parties, key=lambda pair: order.get(pair[0], 99)))


def _row(
    caller: Caller, answers: Answers, names: People, row: store.InboxRow, process: Process,
    parties: tuple[tuple[str, str], ...], now: Micros,
) -> TaskRow:  # fmt: skip
    task, has = row.task, row.task.actor or row.task.assignee
    step = process.index[task.step][0] if task.step in process.index else None
    units = [unit for _, unit in _ordered(process, parties)] or [row.unit]
    return TaskRow(
        case=task.case,
        n=task.n,
        process=task.process,
        process_title=process.title,
        step=task.step,
        step_title=step_title(process, task.step),
        subject=row.subject,
        number=row.number,
        units=tuple(dict.fromkeys(names.unit_name(unit) for unit in units)),
        opened_at=task.opened_at,
        since=task.since,
        due_at=task.due_at,
        needed_by=task.needed_by,
        needed_why=task.needed_why,  # type: ignore[arg-type]
        due_class=class_of(task.needed_by, now),
        assignee=names.view(task.assignee),
        holder=names.audience(user_key(has) if has else task.audience or ANYBODY),
        done_at=task.done_at,
        closed_as=outcome_title(process, task.step, task.outcome) if task.outcome else None,
        mine=task.assignee == caller.person or task.audience == user_key(caller.person),
        bulk=step.bulk if step else "",
        behalf=names.view(answers.principal(task.audience, task.assignee or "") if task.audience else ""),
    )
