"""Finding cases again: by number, name, unit or pinyin initials; the reader sees only what is theirs to see."""

from __future__ import annotations

from collections.abc import Iterable

from engine.clock import DAY
from engine.i18n import Text
from engine.operations.access import Sight
from engine.operations.context import Caller, Context
from engine.operations.people import People, people_of
from engine.operations.publish import by_hash
from engine.operations.views import CaseRow
from engine.runtime.state import nodes
from engine.runtime.telling import end_title
from engine.store import cases
from engine.store import search as store
from engine.store.cases import Case
from engine.store.transaction import Tx

#: Without being asked to look wider, search looks back this far.
YEAR = 366 * DAY
_MOST = 20
_LOOKED_AT = 200


def search(
    ctx: Context, caller: Caller, q: str, *, wide: bool = False, process: str = "", limit: int = _MOST
) -> tuple[CaseRow, ...]:
    """Cases in which every word of *q* stands, newest first, the reader's own units before others."""

    def work(tx: Tx) -> tuple[CaseRow, ...]:
        units = Sight(ctx, tx, caller.person).answers.units
        since = 0 if wide else ctx.now - YEAR
        found = store.find_cases(tx, ctx.id, q, units=units, since=since, process=process, limit=_LOOKED_AT)
        return _rows(ctx, tx, caller, (hit.id for hit in found), limit)

    return ctx.runner.run(work, write=False)


def cases_numbered(ctx: Context, caller: Caller, numbers: Iterable[str]) -> tuple[CaseRow, ...]:
    """The cases with these numbers that the reader may see, in that order."""

    def work(tx: Tx) -> tuple[CaseRow, ...]:
        found = (cases.load_case(tx, ctx.id, number=number) for number in list(numbers)[:_MOST])
        return _rows(ctx, tx, caller, (case.id for case in found if case is not None), _MOST)

    return ctx.runner.run(work, write=False)


def _rows(ctx: Context, tx: Tx, caller: Caller, ids: Iterable[str], limit: int) -> tuple[CaseRow, ...]:
    sight = Sight(ctx, tx, caller.person)
    people = people_of(ctx, tx)
    rows: list[CaseRow] = []
    for case_id in ids:
        case = cases.load_case(tx, ctx.id, id=case_id)
        if case is not None and sight.sees(case):
            rows.append(_row(ctx, tx, people, case))
        if len(rows) == limit:
            break
    return tuple(rows)


def _row(ctx: Context, tx: Tx, people: People, case: Case) -> CaseRow:
    process = by_hash(ctx, tx, case.def_hash).process
    units = dict.fromkeys(
        unit for held in case.state["par"].values() for unit in (held if isinstance(held, list) else [held])
    )
    return CaseRow(
        case=case.id,
        number=case.number,
        process=case.process,
        process_title=process.title,
        subject=case.subject,
        units=tuple(people.unit_name(unit) for unit in units),
        status=case.status,
        end=case.end,
        end_title=end_title(process, case.end) if case.end else None,
        started_at=case.started_at,
        ended_at=case.ended_at,
        holder=_holder(people, case),
    )


def _holder(people: People, case: Case) -> Text | None:
    for node in nodes(case.state["root"]):
        for seat in node.get("seats", ()):
            return people.audience(seat[1])
    return None
