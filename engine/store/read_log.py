"""The log of what was uncovered of cases: who looked at which field, and whom it concerns."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy import bindparam, insert, select

from engine.clock import Micros
from engine.store.databases.sql import Statement
from engine.store.schema import tables
from engine.store.transactions.runner import Tx

_u, _c = tables.uncovered.c, tables.cases.c
_of_case = (
    select(_u.seq, _u.reader, _u.field, _u.at)
    .where(_u.district_id == bindparam("district"), _u.case_id == bindparam("case"))
    .distinct()
    .order_by(_u.seq.desc())
    .limit(bindparam("limit"))
)
_OF_CASE = Statement(_of_case)
_OF_CASE_FOR = Statement(_of_case.where(_u.person == bindparam("person")))
_ABOUT = Statement(
    select(_u.reader, _u.field, _u.at, _c.def_hash, _c.number)
    .join_from(tables.uncovered, tables.cases, (_c.district_id == _u.district_id) & (_c.id == _u.case_id))
    .where(_u.district_id == bindparam("district"), _u.person == bindparam("person"))
    .order_by(_u.at.desc(), _u.case_id, _u.seq.desc())
    .limit(bindparam("limit"))
)


def add(
    tx: Tx, district: str, case: str, *, seq: int, reader: str, field: str, persons: Iterable[str], now: Micros
) -> None:
    """Note that *reader* uncovered *field*: a row for each of *persons*, whom it concerns and of whom there is one."""
    line = {"district_id": district, "case_id": case, "seq": seq, "reader": reader, "field": field, "at": now}
    tx.connection.execute(insert(tables.uncovered), [{**line, "person": person} for person in persons])


def of_case(tx: Tx, district: str, case: str, limit: int, person: str | None = None) -> list[Any]:
    """Who (``reader``) uncovered which ``field`` of the case and when (``at``), newest first; all, or what concerns
    *person*.
    """
    asked = {"district": district, "case": case, "limit": limit}
    return tx.rows(_OF_CASE, **asked) if person is None else tx.rows(_OF_CASE_FOR, person=person, **asked)


def about(tx: Tx, district: str, person: str, limit: int) -> list[Any]:
    """The same of whatever concerns *person*, with ``number`` and ``def_hash`` of its case."""
    return tx.rows(_ABOUT, district=district, person=person, limit=limit)
