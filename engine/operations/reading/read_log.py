"""谁看过: the log of what was uncovered, for whom it concerns and for administrators."""

from __future__ import annotations

from typing import Any

from sqlalchemy import bindparam, select

from engine.i18n import both
from engine.operations.access import require_here
from engine.operations.content.publish import by_hash
from engine.operations.context import Caller, Context
from engine.operations.reading.parts import Showing
from engine.operations.reading.people import People, people_of
from engine.operations.reading.read_log_views import ReadingView
from engine.store.databases.sql import Statement
from engine.store.schema import tables
from engine.store.transactions.runner import Tx

_MOST = 50
_u, _c = tables.uncovered.c, tables.cases.c
_of_case = (
    select(_u.seq, _u.reader, _u.field, _u.at)
    .where(_u.district_id == bindparam("district"), _u.case_id == bindparam("case"))
    .distinct()
    .order_by(_u.seq.desc())
    .limit(bindparam("most"))
)
_OF_CASE = Statement(_of_case)
_OF_CASE_FOR = Statement(_of_case.where(_u.person == bindparam("person")))
_ABOUT = Statement(
    select(_u.reader, _u.field, _u.at, _c.def_hash, _c.number)
    .join_from(tables.uncovered, tables.cases, (_c.district_id == _u.district_id) & (_c.id == _u.case_id))
    .where(_u.district_id == bindparam("district"), _u.person == bindparam("person"))
    .order_by(_u.at.desc(), _u.case_id, _u.seq.desc())
    .limit(bindparam("most"))
)


def of_case(show: Showing, *, everything: bool) -> tuple[ReadingView, ...]:
    """Who uncovered what of the case, newest first: *everything* for administrators, for others what concerns them."""
    tx, ctx, case = show.tx, show.ctx, show.case
    asked: dict[str, Any] = {"district": ctx.id, "case": case.id, "most": _MOST}
    found = tx.rows(_OF_CASE, **asked) if everything else tx.rows(_OF_CASE_FOR, person=show.caller.person, **asked)
    return _lines(ctx, tx, show.people, [(row, case.def_hash, case.number) for row in found])


def about(ctx: Context, caller: Caller) -> tuple[ReadingView, ...]:
    """谁看过我的信息: who lately uncovered what concerns the caller, newest first."""

    def work(tx: Tx) -> tuple[ReadingView, ...]:
        require_here(ctx, tx, caller)
        found = tx.rows(_ABOUT, district=ctx.id, person=caller.person, most=_MOST)
        return _lines(ctx, tx, people_of(ctx, tx), [(row, row.def_hash, row.number) for row in found])

    return ctx.runner.run(work, write=False)


def _lines(ctx: Context, tx: Tx, people: People, found: list[tuple[Any, str, str]]) -> tuple[ReadingView, ...]:
    """The lines *found*, each with its definition and the number of its case; who looked is read once for all."""
    people.want(persons=[row.reader for row, _, _ in found])
    readers = (people.person(row.reader) for row, _, _ in found)
    people.want(units=[reader.unit for reader in readers if reader])
    return tuple(_line(ctx, tx, people, *one) for one in found)


def _line(ctx: Context, tx: Tx, people: People, row: Any, def_hash: str, number: str) -> ReadingView:
    found, field = people.person(row.reader), by_hash(ctx, tx, def_hash).process.field_named(row.field)
    unit = people.unit_name(found.unit) if found else ""
    return ReadingView(row.at, people.person_name(row.reader), unit, field.title if field else both(row.field), number)
