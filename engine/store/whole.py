"""What is read of a whole district at once, for those who check it: journals, versions, jobs, rows of nothing."""

from __future__ import annotations

from typing import Any

from sqlalchemy import bindparam, exists, select, union_all

from engine.store import tables
from engine.store.sql import Statement, constant
from engine.store.transaction import Tx

_HERE: Any = bindparam("district")
_c, _s, _j, _d, _w, _v = (
    tables.cases.c, tables.stream.c, tables.journal.c, tables.district.c, tables.job.c, tables.definition.c,
)  # fmt: skip
#: Tables whose rows belong to a case, by the column that names it.
_OF_A_CASE = {
    tables.task: "case_id", tables.case_data: "case_id", tables.party: "case_id", tables.branch: "case_id",
    tables.notice: "case_id", tables.attachment: "case_id", tables.uncovered: "case_id", tables.job: "stream",
}  # fmt: skip
_CASES = Statement(select(_c.id).where(_c.district_id == _HERE).order_by(_c.id))
_STREAMS = Statement(select(_s.id, _s.seq, _s.head).where(_s.district_id == _HERE).order_by(_s.id))
_CHOSEN = Statement(select(_d.key, _d.value).where(_d.district_id == _HERE))
_JOBS = Statement(select(_w.id, _w.status, _w.kind, _w.attempts, _w.fence).where(_w.district_id == _HERE))
_VERSIONS = Statement(
    select(_v.process, _v.hash, _v.document, _v.current).where(_v.district_id == _HERE).order_by(_v.process, _v.hash)
)
_UNCOVERED = Statement(select(*tables.uncovered.c).where(tables.uncovered.c.district_id == _HERE))
_USED = Statement(select(_c.def_hash, _c.status).where(_c.district_id == _HERE).distinct())


def _lost() -> Any:
    def gone(of: Any, table: Any) -> Any:
        return ~exists().where(table.district_id == _HERE, table.id == of)

    found = [
        select(constant(table.name).label("place"), table.c[column].label("of"))
        .where(table.c.district_id == _HERE, table.c[column].is_not(None), gone(table.c[column], _c))
        .distinct()
        for table, column in _OF_A_CASE.items()
    ]
    of_nothing = (
        select(constant("journal").label("place"), _j.stream.label("of"))
        .where(_j.district_id == _HERE, gone(_j.stream, _c), gone(_j.stream, _s))
        .distinct()
    )
    return union_all(*found, of_nothing)


_LOST = Statement(_lost())


def case_ids(tx: Tx, district: str) -> list[str]:
    """Every case, oldest first."""
    return [row.id for row in tx.rows(_CASES, district=district)]


def streams(tx: Tx, district: str) -> list[Any]:
    """The journals that are no case's: ``id``, ``seq`` and ``head``."""
    return tx.rows(_STREAMS, district=district)


def chosen(tx: Tx, district: str) -> dict[str, str]:
    """What the district's own table says, by key."""
    return {row.key: row.value for row in tx.rows(_CHOSEN, district=district)}


def versions(tx: Tx, district: str) -> list[Any]:
    """Every published version: ``process``, ``hash``, ``document`` and ``current``."""
    return tx.rows(_VERSIONS, district=district)


def used_versions(tx: Tx, district: str) -> dict[str, set[str]]:
    """The hashes of versions that cases are on, with the cases' statuses."""
    found: dict[str, set[str]] = {}
    for row in tx.rows(_USED, district=district):
        found.setdefault(row.def_hash, set()).add(row.status)
    return found


def jobs(tx: Tx, district: str) -> list[Any]:
    """Every job: ``id``, ``status``, ``kind``, ``attempts`` and ``fence``."""
    return tx.rows(_JOBS, district=district)


def uncovered(tx: Tx, district: str) -> list[Any]:
    """The whole log of what was uncovered."""
    return tx.rows(_UNCOVERED, district=district)


def orphans(tx: Tx, district: str) -> list[tuple[str, str]]:
    """Tables that hold rows of a case or journal that is not there, and whose."""
    return [(row.place, row.of) for row in tx.rows(_LOST, district=district)]
