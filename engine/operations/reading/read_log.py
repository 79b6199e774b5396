"""谁看过: the log of what was uncovered, for whom it concerns and for administrators."""

from __future__ import annotations

from typing import Any

from engine.i18n import both
from engine.operations.access import require_here
from engine.operations.content.publish import by_hash
from engine.operations.context import Caller, Context
from engine.operations.reading.parts import Showing
from engine.operations.reading.people import People, people_of
from engine.operations.reading.read_log_views import ReadingView
from engine.store import read_log
from engine.store.transactions.runner import Tx

_MOST = 50


def of_case(show: Showing, *, everything: bool) -> tuple[ReadingView, ...]:
    """Who uncovered what of the case, newest first: *everything* for administrators, for others what concerns them."""
    tx, ctx, case = show.tx, show.ctx, show.case
    found = read_log.of_case(tx, ctx.id, case.id, _MOST, None if everything else show.caller.person)
    return _lines(ctx, tx, show.people, [(row, case.def_hash, case.number) for row in found])


def about(ctx: Context, caller: Caller) -> tuple[ReadingView, ...]:
    """谁看过我的信息: who lately uncovered what concerns the caller, newest first."""

    def work(tx: Tx) -> tuple[ReadingView, ...]:
        require_here(ctx, tx, caller)
        found = read_log.about(tx, ctx.id, caller.person, _MOST)
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
