"""What is read of a whole district at once, for those who check it: journals, versions, jobs, rows of nothing."""

from __future__ import annotations

from typing import Any

from sqlalchemy import bindparam, exists, func, select, union_all

from engine.audience import AudienceKey, role_key, user_key
from engine.store.databases.sql import Statement, among, constant
from engine.store.schema import tables
from engine.store.text import digest, dump
from engine.store.transactions.runner import Tx

_HERE: Any = bindparam("district")
_c, _s, _j, _d, _w, _v = (
    tables.cases.c, tables.stream.c, tables.journal.c, tables.district.c, tables.job.c, tables.definition.c,
)  # fmt: skip
#: Tables whose rows belong to a case, by the column that names it.
_OF_A_CASE = {
    tables.task: "case_id", tables.case_data: "case_id", tables.party: "case_id",
    tables.notice: "case_id", tables.uncovered: "case_id", tables.job: "stream",
}  # fmt: skip
_CASES = Statement(select(_c.id).where(_c.district_id == _HERE).order_by(_c.id))
_CASE = Statement(select(*_c).where(_c.district_id == _HERE, _c.id == bindparam("case")))
_t = tables.task.c
_TASKS = Statement(select(*_t).where(_t.district_id == _HERE, _t.case_id == bindparam("case")).order_by(_t.n))
_STREAMS = Statement(select(_s.id, _s.seq, _s.head).where(_s.district_id == _HERE).order_by(_s.id))
_CHOSEN = Statement(select(_d.key, _d.value).where(_d.district_id == _HERE))
_DISTRICTS = Statement(select(_d.district_id).distinct())
_JOBS = Statement(select(*_w).where(_w.district_id == _HERE).order_by(_w.id))
_OF_CASE = Statement(select(_w.kind, _w.body).where(_w.district_id == _HERE, _w.stream == bindparam("case")))
_VERSIONS = Statement(select(*_v).where(_v.district_id == _HERE).order_by(_v.process, _v.hash))
_UNCOVERED = Statement(select(*tables.uncovered.c).where(tables.uncovered.c.district_id == _HERE))
_k = tables.content.c
_CONTENTS = Statement(select(_k.hash, _k.body).where(_k.district_id == _HERE).order_by(_k.hash))
_USED = Statement(select(_c.def_hash, _c.process, _c.status).where(_c.district_id == _HERE).distinct())
_n, _g, _p = tables.notice.c, tables.role_grant.c, tables.deputy.c
_NOTICES = Statement(select(*_n).where(_n.district_id == _HERE, _n.case_id == bindparam("case")).order_by(_n.id))
_STRAY = Statement(select(_n.person).where(_n.district_id == _HERE, _n.case_id.is_(None)).order_by(_n.id))
_NOTICED = Statement(
    select(_n.person, _n.read_at, func.count().label("many"))
    .where(_n.district_id == _HERE, _n.read_at.is_not(None))
    .group_by(_n.person, _n.read_at)
)
_ROLES = Statement(select(_g.person, _g.role).where(_g.district_id == _HERE, among(_g.person, "whom")), lists=["whom"])
_PRINCIPALS = Statement(
    select(_p.deputy, _p.person).where(_p.district_id == _HERE, among(_p.deputy, "whom")), lists=["whom"]
)
_STILL_TO_COME = Statement(
    union_all(
        select(_w.id.label("of")).where(
            _w.district_id == _HERE, _w.stream == bindparam("case"), _w.kind == constant("notice")
        ),
        select(_j.stream.label("of")).where(
            _j.district_id == _HERE, _j.stream == constant("jobs"), _j.command == constant("drop_job")
        ),
    ).limit(1)
)
#: Units and people with all that says what they may do, as their rows stand.
_WHO = {
    table.name: Statement(select(*(c for c in table.c if c.name != "district_id")).where(table.c.district_id == _HERE))
    for table in (
        tables.unit, tables.unit_member, tables.person, tables.role_grant, tables.deputy, tables.rota,
    )
}  # fmt: skip


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


def districts(tx: Tx) -> list[str]:
    """Every district that has chosen anything."""
    return [row.district_id for row in tx.rows(_DISTRICTS)]


def case_ids(tx: Tx, district: str) -> list[str]:
    """Every case, oldest first."""
    return [row.id for row in tx.rows(_CASES, district=district)]


def case(tx: Tx, district: str, case: str) -> Any:
    """The row of a case as it is stored, or None."""
    return tx.one(_CASE, district=district, case=case)


def tasks(tx: Tx, district: str, case: str) -> list[Any]:
    """The task rows of a case as they are stored."""
    return tx.rows(_TASKS, district=district, case=case)


def streams(tx: Tx, district: str) -> list[Any]:
    """The journals that are no case's: ``id``, ``seq`` and ``head``."""
    return tx.rows(_STREAMS, district=district)


def chosen(tx: Tx, district: str) -> dict[str, str]:
    """What the district's own table says, by key."""
    return {row.key: row.value for row in tx.rows(_CHOSEN, district=district)}


def versions(tx: Tx, district: str) -> list[Any]:
    """Every published version as it is stored."""
    return tx.rows(_VERSIONS, district=district)


def used_versions(tx: Tx, district: str) -> list[Any]:
    """The versions that cases are on: ``def_hash``, ``process`` and ``status``, each three once."""
    return tx.rows(_USED, district=district)


def contents(tx: Tx, district: str) -> dict[str, str]:
    """Every content that is kept, by its hash."""
    return {row.hash: row.body for row in tx.rows(_CONTENTS, district=district)}


def jobs(tx: Tx, district: str) -> list[Any]:
    """Every job as it is stored."""
    return tx.rows(_JOBS, district=district)


def owed(tx: Tx, district: str, case: str) -> list[str]:
    """What each job that has still to undo something of a case says."""
    return [row.body for row in tx.rows(_OF_CASE, district=district, case=case) if row.kind.startswith("owed:")]


def uncovered(tx: Tx, district: str) -> list[Any]:
    """The whole log of what was uncovered."""
    return tx.rows(_UNCOVERED, district=district)


def orphans(tx: Tx, district: str) -> list[tuple[str, str]]:
    """Tables that hold rows of a case or journal that is not there, and whose."""
    return [(row.place, row.of) for row in tx.rows(_LOST, district=district)]


def who(tx: Tx, district: str) -> dict[str, str]:
    """A digest of the rows of each table that says who is who, by its name."""
    return {name: digest(*sorted(dump(row) for row in tx.rows(rows, district=district))) for name, rows in _WHO.items()}


def notices(tx: Tx, district: str, case: str) -> list[Any]:
    """The notices of a case as they are stored."""
    return tx.rows(_NOTICES, district=district, case=case)


def stray_notices(tx: Tx, district: str) -> list[Any]:
    """Whose (``person``) the notices are that belong to no case."""
    return tx.rows(_STRAY, district=district)


def read_notices(tx: Tx, district: str) -> list[Any]:
    """How ``many`` notices each ``person`` read at each moment (``read_at``)."""
    return tx.rows(_NOTICED, district=district)


def undelivered(tx: Tx, district: str, case: str) -> bool:
    """Whether a notice of the case is still to come, or somebody let one of the district never be delivered."""
    return tx.one(_STILL_TO_COME, district=district, case=case) is not None


def answered_to(tx: Tx, district: str, persons: list[str]) -> dict[str, set[AudienceKey]]:
    """Each of *persons* with whom they could ever be, themselves or as a deputy: a role is told without its unit."""
    principals = [(row.deputy, row.person) for row in tx.rows(_PRINCIPALS, district=district, whom=persons)]
    whom = sorted({*persons, *(principal for _, principal in principals)})
    own = {person: {user_key(person)} for person in whom}
    for row in tx.rows(_ROLES, district=district, whom=whom):
        own[row.person].add(role_key(row.role))
    found = {person: set(own[person]) for person in persons}
    for deputy, principal in principals:
        found[deputy] |= own[principal]
    return found
