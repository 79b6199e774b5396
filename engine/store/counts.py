"""How many cases there are: of whom, of which process and version, and how they ended."""

from __future__ import annotations

from typing import Any

from sqlalchemy import bindparam, func, select

from engine.clock import Micros
from engine.store.databases.sql import Statement
from engine.store.schema import tables
from engine.store.transactions.runner import Tx

_c, _t = tables.cases.c, tables.task.c
_STARTED = Statement(
    select(_c.process, func.count().label("many"))
    .where(_c.district_id == bindparam("district"), _c.started_by == bindparam("person"))
    .where(_c.started_at > bindparam("since"))
    .group_by(_c.process)
)


def started_by(tx: Tx, district: str, person: str, since: Micros) -> dict[str, int]:
    """How many cases of each process *person* has started after *since*."""
    return {row.process: row.many for row in tx.rows(_STARTED, district=district, person=person, since=since)}


def by_process_and_end(tx: Tx, district: str) -> list[Any]:
    """How ``many`` cases of each ``process`` there are, by ``status`` and ``end_name``."""
    counted = select(_c.process, _c.status, _c.end_name, func.count().label("many")).where(_c.district_id == district)
    return list(tx.read(counted.group_by(_c.process, _c.status, _c.end_name)))


def late_by_process(tx: Tx, district: str, now: Micros) -> dict[str, int]:
    """How many cases of each process have an open task that is late at *now*."""
    late = select(_t.process, func.count(_t.case_id.distinct()).label("many")).where(
        _t.district_id == district, _t.status == "open", _t.due_at < now
    )
    return {row.process: row.many for row in tx.read(late.group_by(_t.process))}


def not_ended_by_version(tx: Tx, district: str) -> list[tuple[str, str, int]]:
    """How many cases that have not ended are on each version: (process, hash of the definition, how many)."""
    used = select(_c.process, _c.def_hash, func.count().label("many"))
    used = used.where(_c.district_id == district, _c.status != "ended").group_by(_c.process, _c.def_hash)
    return [(row.process, row.def_hash, row.many) for row in tx.read(used)]
