"""Task rows: one for each seat that is asked, clock that runs and step that failed; a closed row is its history."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from sqlalchemy import bindparam, case, func, null, or_, select, update

from engine.audience import AudienceKey
from engine.clock import Micros
from engine.store.databases.sql import Insert, Statement, among, constant
from engine.store.schema import tables
from engine.store.schema.columns import NEVER
from engine.store.text import dump, load
from engine.store.transactions.runner import Tx

TaskStatus = Literal["open", "timer", "incident", "done", "returned", "cancelled", "withdrawn"]


@dataclass(slots=True)  # made for each row, and freezing so many columns costs more than writing them
class Task:
    """A seat that was asked (``audience`` is its key); without an audience a running clock (``timer``) or a step that
    failed and waits for an administrator (``incident``). ``wants`` says what an open task wants of administrators:
    "", ``nobody`` where nobody else could be asked, ``consent`` to hand it further than its step asks.

    ``since`` is when it came to whoever has it now, ``ping_at`` when the worker looks next. ``needed_by`` is None when
    nothing hurries; ``needed_why`` is ``due``, ``before`` or "". ``seen`` holds digests of what the actor saw.
    """

    case: str
    n: int
    process: str
    step: str
    opened_at: Micros
    since: Micros
    item: str = ""
    audience: AudienceKey | None = None
    assignee: str | None = None
    wants: str = ""
    status: TaskStatus = "open"
    outcome: str | None = None
    actor: str | None = None
    on_behalf: str | None = None
    due_at: Micros | None = None
    ping_at: Micros | None = None
    needed_by: Micros | None = None
    needed_why: str = ""
    done_at: Micros | None = None
    seen: dict[str, str] | None = None


_t = tables.task.c
_OF_CASE = (_t.district_id == bindparam("district"), _t.case_id == bindparam("case"))
_ONE = (*_OF_CASE, _t.n == bindparam("the_n"))
#: What a task says only once it is closed.
_CLOSING = ("outcome", "actor", "on_behalf", "done_at", "seen")
_INSERT = Insert(tables.task, [c.name for c in _t if c.name not in _CLOSING])
_is_actors = _t.n == bindparam("the_n")
#: The acting seat and its siblings close in one statement. Guarded by the version of the case, which is locked.
_CLOSE = Statement(
    update(tables.task)
    .where(*_OF_CASE, among(_t.n, "ns"))
    .values(
        status=case((_is_actors, bindparam("own_status")), else_=bindparam("other_status")),
        outcome=case((_is_actors, bindparam("own_outcome")), else_=_t.outcome),
        actor=case((_is_actors, bindparam("own_actor")), else_=_t.actor),
        on_behalf=case((_is_actors, bindparam("own_on_behalf")), else_=_t.on_behalf),
        seen=case((_is_actors, bindparam("own_seen")), else_=_t.seen),
        done_at=bindparam("at"),
        ping_at=null(),
    ),
    lists=["ns"],
)
#: The same for a seat without siblings, at half the cost.
_CLOSE_ONE = Statement(
    update(tables.task)
    .where(*_ONE)
    .values(
        status=bindparam("own_status"),
        outcome=bindparam("own_outcome"),
        actor=bindparam("own_actor"),
        on_behalf=bindparam("own_on_behalf"),
        seen=bindparam("own_seen"),
        done_at=bindparam("at"),
        ping_at=null(),
    )
)
_GET = Statement(select(*tables.task.c).where(*_ONE))
_ALL = Statement(select(*tables.task.c).where(*_OF_CASE).order_by(_t.n))
_LIVE = Statement(
    select(*tables.task.c)
    .where(*_OF_CASE, or_(_t.status == constant("open"), _t.status == constant("timer")))
    .order_by(_t.n)
)
_ASSIGN = Statement(
    update(tables.task)
    .where(*_ONE, _t.done_at.is_(None))
    .values(
        assignee=bindparam("who"), audience=bindparam("to"), wants=bindparam("what"),
        since=func.coalesce(bindparam("at"), _t.since),
    )
)
_CLOCK = Statement(
    update(tables.task)
    .where(*_ONE, _t.done_at.is_(None))
    .values(
        due_at=bindparam("due"),
        ping_at=bindparam("ping"),
        needed_by=bindparam("needed"),
        needed_why=bindparam("why"),
    )
)
_REOPEN = Statement(
    update(tables.task)
    .where(*_OF_CASE, among(_t.n, "ns"))
    .values(
        status=case((_t.audience.is_(None), constant("timer")), else_=constant("open")),
        **dict.fromkeys(_CLOSING, null()),
    ),
    lists=["ns"],
)
_RINGING = Statement(
    select(_t.case_id, _t.n, _t.ping_at)
    .where(_t.district_id == bindparam("district"), _t.ping_at <= bindparam("now"))
    .order_by(_t.ping_at)
    .limit(bindparam("limit"))
)
_NEXT_RING = Statement(
    select(_t.ping_at)
    .where(_t.district_id == bindparam("district"), _t.ping_at.is_not(None))
    .order_by(_t.ping_at)
    .limit(1)
)
_CLOCKED = Statement(
    select(_t.case_id)
    .where(_t.district_id == bindparam("district"), _t.case_id > bindparam("after"))
    .where(_t.done_at.is_(None), or_(_t.ping_at.is_not(None), _t.due_at.is_not(None)))
    .distinct()
    .order_by(_t.case_id)
    .limit(bindparam("limit"))
)


def open_tasks(tx: Tx, district: str, rows: Sequence[Task]) -> None:
    """Insert tasks; one statement however many."""
    tx.insert_later(_INSERT, [_row(district, task) for task in rows])


def _row(district: str, task: Task) -> dict[str, Any]:
    return {
        "district_id": district,
        "case_id": task.case,
        "n": task.n,
        "process": task.process,
        "step": task.step,
        "item": task.item,
        "audience": task.audience,
        "assignee": task.assignee,
        "wants": task.wants,
        "status": task.status,
        "opened_at": task.opened_at,
        "since": task.since,
        "due_at": task.due_at,
        "ping_at": task.ping_at,
        "needed_by": NEVER if task.needed_by is None else task.needed_by,
        "needed_why": task.needed_why,
    }


def close_tasks(
    tx: Tx,
    district: str,
    case: str,
    ns: Iterable[int],
    *,
    at: Micros,
    others: TaskStatus,
    n: int = -1,
    status: TaskStatus = "done",
    outcome: str = "",
    actor: str = "",
    on_behalf: str | None = None,
    seen: dict[str, str] | None = None,
) -> int:
    """Close the tasks *ns* in one statement: *n*, if given, as *status* by *actor*, the rest as *others*; how many."""
    listed = sorted({*ns, n} - {-1})
    if not listed:
        return 0
    own = {
        "the_n": n,
        "own_status": status,
        "own_outcome": outcome,
        "own_actor": actor or None,
        "own_on_behalf": on_behalf,
        "own_seen": None if seen is None else dump(seen),
    }
    if listed == [n]:
        return tx.change(_CLOSE_ONE, district=district, case=case, at=at, **own)
    return tx.change(_CLOSE, district=district, case=case, at=at, ns=listed, other_status=others, **own)


def get(tx: Tx, district: str, case: str, n: int) -> Task | None:
    """The task, open or closed, or None."""
    row = tx.one(_GET, district=district, case=case, the_n=n) if abs(n) < NEVER else None
    return None if row is None else from_row(row)


def of_case(tx: Tx, district: str, case: str, *, live: bool = False) -> tuple[Task, ...]:
    """The tasks of a case in the order they were opened; with *live* only open ones and running clocks."""
    return tuple(from_row(row) for row in tx.rows(_LIVE if live else _ALL, district=district, case=case))


def from_row(row: Any) -> Task:
    """The task in a row of the whole table."""
    return Task(
        case=row.case_id,
        n=row.n,
        process=row.process,
        step=row.step,
        opened_at=row.opened_at,
        since=row.since,
        item=row.item,
        audience=row.audience,
        assignee=row.assignee,
        wants=row.wants,
        status=row.status,
        outcome=row.outcome,
        actor=row.actor,
        on_behalf=row.on_behalf,
        due_at=row.due_at,
        ping_at=row.ping_at,
        needed_by=None if row.needed_by == NEVER else row.needed_by,
        needed_why=row.needed_why,
        done_at=row.done_at,
        seen=load(row.seen),
    )


def assign(
    tx: Tx, district: str, case: str, n: int, *, assignee: str | None, audience: AudienceKey | None, wants: str = "",
    since: Micros | None = None,
) -> bool:  # fmt: skip
    """Give an open task to a person, or back to its audience, at *since* if it changes hands; False when closed."""
    given = {"who": assignee, "to": audience, "what": wants, "at": since}
    return bool(tx.change(_ASSIGN, district=district, case=case, the_n=n, **given))


def set_clock(
    tx: Tx,
    district: str,
    case: str,
    n: int,
    *,
    due_at: Micros | None,
    ping_at: Micros | None,
    needed_by: Micros | None,
    needed_why: str,
) -> bool:
    """Set a task's deadline and when the worker looks next; False when it is closed."""
    needed = NEVER if needed_by is None else needed_by
    return bool(
        tx.change(
            _CLOCK, district=district, case=case, the_n=n, due=due_at, ping=ping_at, needed=needed, why=needed_why
        )
    )


def reopen(tx: Tx, district: str, case: str, ns: Iterable[int]) -> int:
    """Open closed tasks again, as if nobody had acted; one statement. Clocks are set apart."""
    return tx.change(_REOPEN, district=district, case=case, ns=sorted(ns))


def ringing(tx: Tx, district: str, now: Micros, limit: int = 100) -> list[tuple[str, int]]:
    """The (case, n) whose clock has come, the longest waiting first."""
    return [(row.case_id, row.n) for row in tx.rows(_RINGING, district=district, now=now, limit=limit)]


def clocked(tx: Tx, district: str, after: str, limit: int) -> list[str]:
    """Cases in which a clock runs, by id, those behind *after*."""
    return [row.case_id for row in tx.rows(_CLOCKED, district=district, after=after, limit=limit)]


def next_ring(tx: Tx, district: str) -> Micros | None:
    """When the next clock comes, or None."""
    row = tx.one(_NEXT_RING, district=district)
    return None if row is None else row.ping_at


def moved_lately(tx: Tx, district: str, since: Micros, now: Micros) -> list[str]:
    """Cases with an open task that was opened after *since*, or has come to its deadline since then."""
    moved = or_(_t.opened_at >= since, (_t.due_at >= since) & (_t.due_at <= now))
    rows = tx.read(select(_t.case_id).where(_t.district_id == district, _t.status == "open", moved))
    return sorted({row.case_id for row in rows})
