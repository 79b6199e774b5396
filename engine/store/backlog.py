"""A district's backlog in a few counts: what is due and not done, and what waits for an administrator."""

from __future__ import annotations

from typing import NamedTuple

from sqlalchemy import bindparam, case, func, select

from engine.clock import Micros
from engine.store.databases.sql import Statement, constant
from engine.store.schema import tables
from engine.store.transactions.runner import Tx


class Backlog(NamedTuple):
    """Jobs that may run now, those that might have for a while, those that failed; the same of clocks; failed steps."""

    jobs_due: int
    jobs_late: int
    jobs_failed: int
    clocks_late: int
    steps_failed: int


_j, _t = tables.job.c, tables.task.c
_JOBS = Statement(
    select(
        func.count(case((_j.run_at <= bindparam("now"), 1))).label("due"),
        func.count(case((_j.run_at <= bindparam("late"), 1))).label("late"),
        func.count(_j.error).label("failed"),
    ).where(_j.district_id == bindparam("district"))
)
_CLOCKS = Statement(
    select(func.count()).where(_t.district_id == bindparam("district"), _t.ping_at <= bindparam("late"))
)
_STEPS = Statement(
    select(func.count()).where(_t.district_id == bindparam("district"), _t.status == constant("incident"))
)


def backlog(tx: Tx, district: str, *, now: Micros, late: Micros) -> Backlog:
    """The counts *now*; what was to be done at *late* or before is late."""
    jobs = tx.one(_JOBS, district=district, now=now, late=late)
    clocks, steps = tx.one(_CLOCKS, district=district, late=late)[0], tx.one(_STEPS, district=district)[0]
    return Backlog(jobs.due, jobs.late, jobs.failed, clocks, steps)
