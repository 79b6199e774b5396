"""The rows of notices: one for each person who should hear of something, whether it was read, and what it wants."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any, Final

from sqlalchemy import bindparam, insert, or_, select, update

from engine.clock import Micros
from engine.store.databases.sql import Statement, among, constant
from engine.store.schema import tables
from engine.store.transactions.runner import Tx

_n, _c, _t = tables.notice.c, tables.cases.c, tables.task.c
#: What an exit or an end of the process told of a case: a notice of a kind with a dot.
_DEED: Final = "%.%"
_LATELY = Statement(
    select(_n.case_id, _n.kind, _n.zh, _n.en, _n.at, _n.read_at, _c.number, _c.subject)
    .outerjoin(tables.cases, (_c.district_id == _n.district_id) & (_c.id == _n.case_id))
    .where(_n.district_id == bindparam("district"), _n.person == bindparam("person"))
    .order_by(_n.at.desc(), _n.id.desc())
    .limit(bindparam("limit"))
)
_WAITING = Statement(
    select(_t.case_id, _t.step)
    .where(_t.district_id == bindparam("district"), among(_t.case_id, "cases"))
    .where(or_(_t.status == constant("open"), _t.status == constant("incident"))),
    lists=["cases"],
)
_TOLD = Statement(
    select(_n.id)
    .where(_n.district_id == bindparam("district"), _n.person == bindparam("person"))
    .where(_n.case_id == bindparam("case"), _n.kind.like(bindparam("deed")))
    .limit(1)
)


def add(tx: Tx, rows: Sequence[dict[str, Any]]) -> None:
    """Insert whole *rows*, of which there is one at least."""
    tx.connection.execute(insert(tables.notice), rows)


def lately(tx: Tx, district: str, person: str, limit: int) -> list[Any]:
    """What *person* was told, newest first, with ``number`` and ``subject`` of its case, None where it is of none."""
    return tx.rows(_LATELY, district=district, person=person, limit=limit)


def waiting(tx: Tx, district: str, cases: Collection[str]) -> set[tuple[str, str]]:
    """Of *cases* the (case, step) pairs that still wait for somebody; nothing is read where there are none."""
    if not cases:
        return set()
    return {(row.case_id, row.step) for row in tx.rows(_WAITING, district=district, cases=list(cases))}


def told(tx: Tx, district: str, case: str, person: str) -> bool:
    """Whether an exit or an end of the process told *person* of the case."""
    return tx.one(_TOLD, district=district, case=case, person=person, deed=_DEED) is not None


def mark_read(tx: Tx, district: str, person: str, now: Micros, upto: Micros | None = None) -> int:
    """What *person* had not read, up to and with *upto*, is read *now*; how many there were."""
    unread = (_n.district_id == district) & (_n.person == person) & _n.read_at.is_(None)
    if upto is not None:
        unread &= _n.at <= upto
    return tx.connection.execute(update(tables.notice).where(unread).values(read_at=now)).rowcount
