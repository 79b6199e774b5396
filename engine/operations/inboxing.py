"""The inbox as people see it: rows told apart by subject, sorted by when they are needed, and today's load."""

from __future__ import annotations

import hashlib
from datetime import timedelta
from functools import lru_cache
from typing import Any, get_args

from engine.clock import Micros
from engine.definition.values import midnight, to_datetime, to_micros
from engine.operations.context import Caller, Context
from engine.operations.people import People, people_of
from engine.operations.publish import by_hash
from engine.operations.views import DueClass, InboxPage, Load, TaskRow
from engine.runtime.telling import step_title
from engine.store import inbox as store
from engine.store import people
from engine.store.transaction import Tx


@lru_cache(maxsize=8)
def day_of(now: Micros) -> store.Day:
    """Now, and the first moment of tomorrow in the district's time."""
    tomorrow = midnight(to_datetime(now).date() + timedelta(days=1))
    return store.Day(now, to_micros(tomorrow))


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
    which: Any = box if box in get_args(store.Box) else "mine"
    when: Any = due if due in get_args(store.DueFilter) else ""

    def work(tx: Tx) -> InboxPage:
        keys = people.audience_keys(tx, ctx.id, caller.person, ctx.now)
        reader = store.Reader(caller.person, keys)
        day = day_of(ctx.now)
        rows, following = store.page(
            tx, ctx.id, reader, day, box=which, process=process, due=when, q=q,
            after=store.Place.parse(after), limit=limit,
        )  # fmt: skip
        load = Load(0, 0, 0) if which == "done" else _load(tx, ctx, reader, day, which)
        shown = _rows(ctx, tx, caller, rows)
        first = shown[0] if shown and not after and shown[0].needed_by else None
        return InboxPage(which, shown, load, str(following) if following else "", _tag(shown, load), next_due=first)

    return ctx.runner.run(work, write=False)


def _load(tx: Tx, ctx: Context, reader: store.Reader, day: store.Day, box: Any) -> Load:
    found = store.load(tx, ctx.id, reader, day, box=box)
    capped = any(count > store.CAP for count in found)
    late, today, later = (min(count, store.CAP) for count in found)
    return Load(late, today, later, capped)


def _tag(rows: tuple[TaskRow, ...], load: Load) -> str:
    """Names what a page holds, so that a reader who has seen it is told nothing."""
    said = "|".join(f"{row.number}.{row.n}" for row in rows) + f"|{load.late}|{load.all}"
    return hashlib.sha256(said.encode()).hexdigest()[:16]


def _rows(ctx: Context, tx: Tx, caller: Caller, rows: tuple[store.Row, ...]) -> tuple[TaskRow, ...]:
    names = people_of(ctx, tx)
    parties = store.parties_of(tx, ctx.id, {row.task.case for row in rows})
    names.want_names(
        units={unit for pairs in parties.values() for _, unit in pairs} | {row.unit for row in rows},
        persons={row.task.assignee for row in rows if row.task.assignee},
    )
    return tuple(_row(ctx, tx, caller, names, row, parties.get(row.task.case, ())) for row in rows)


def _row(
    ctx: Context, tx: Tx, caller: Caller, names: People, row: store.Row, parties: tuple[tuple[str, str], ...]
) -> TaskRow:
    process = by_hash(ctx, tx, row.def_hash).process
    task = row.task
    step = process.index[task.step][0] if task.step in process.index else None
    order = {party.name: place for place, party in enumerate(process.parties)}
    units = [unit for _, unit in sorted(parties, key=lambda pair: order.get(pair[0], 99))] or [row.unit]
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
        due_at=task.due_at,
        needed_by=task.needed_by,
        needed_why=task.needed_why,  # type: ignore[arg-type]
        due_class=class_of(task.needed_by, ctx.now),
        assignee=names.view(task.assignee),
        mine=task.assignee == caller.person or task.audience == f"user:{caller.person}",
        bulk=getattr(step, "bulk", ""),
    )
