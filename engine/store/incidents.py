"""What waits for an administrator: steps and jobs that failed, tasks that nobody else can move."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Text as Words
from sqlalchemy import bindparam, case, delete, func, literal_column, select, update

from engine.clock import Micros
from engine.i18n import Text
from engine.store.databases.sql import Statement, among, constant
from engine.store.failure_words import said_in
from engine.store.schema import tables
from engine.store.text import dump
from engine.store.transactions.runner import Tx


@dataclass(frozen=True, slots=True)
class FailedStep:
    """An automatic step that rests until an administrator lets it run again."""

    case: str
    number: str
    n: int
    since: Micros


@dataclass(frozen=True, slots=True)
class FailedJob:
    """A job that failed: after how many tries, with what error and since when; ``number`` is its case's, or "".

    ``again`` is when it runs next, None for one that was given up.
    """

    id: str
    number: str
    kind: str
    attempts: int
    error: Text
    since: Micros
    again: Micros | None


@dataclass(frozen=True, slots=True)
class Wanting:
    """An open task that wants something of administrators; ``wants`` says what, as the task does."""

    case: str
    number: str
    n: int
    wants: str
    since: Micros


_t, _c, _j = tables.task.c, tables.cases.c, tables.job.c
_n, _d = tables.journal.c, tables.case_data.c
_FAILED = (_t.district_id == bindparam("district"), _t.status == constant("incident"))
_UNDONE = (_j.district_id == bindparam("district"), _j.error.is_not(None))
_OLDEST = (
    select(_t.case_id, _c.number, _t.n, _t.opened_at)
    .join(tables.cases, (_c.district_id == _t.district_id) & (_c.id == _t.case_id))
    .where(*_FAILED)
    .order_by(_t.opened_at, _t.case_id, _t.n)
    .limit(bindparam("limit"))
)
_STEPS = Statement(_OLDEST)
_OWED = select(_j.id).where(
    _j.district_id == _t.district_id, _j.stream == _t.case_id, _j.kind == bindparam("owed", type_=Words)
)
#: A state tells of each step in it what that waits for; what people typed stands in no state with a bare ".
_WAITING = Statement(_OLDEST.where(_c.state.like(bindparam("said", type_=Words)), ~_OWED.exists()))
#: When a job runs next; nothing for one that was given up.
_AGAIN = case((_j.status == constant("waiting"), _j.run_at))
_SINCE = func.coalesce(_j.failed_at, _j.run_at)
_JOBS = Statement(
    select(_j.id, func.coalesce(_c.number, ""), _j.kind, _j.attempts, _j.error, _SINCE, _AGAIN)
    .outerjoin(tables.cases, (_c.district_id == _j.district_id) & (_c.id == _j.stream))
    .where(*_UNDONE)
    .order_by(_j.failed_at, _j.id)
    .limit(bindparam("limit"))
)
_KINDS = Statement(select(_j.kind, func.count()).where(*_UNDONE).group_by(_j.kind).order_by(_j.kind))
_WANTING = (_t.district_id == bindparam("district"), _t.status == constant("open"), _t.wants != literal_column("''"))
_TASKS = Statement(
    select(_t.case_id, _c.number, _t.n, _t.wants, _t.opened_at)
    .join(tables.cases, (_c.district_id == _t.district_id) & (_c.id == _t.case_id))
    .where(*_WANTING)
    .order_by(_t.opened_at, _t.case_id, _t.n)
    .limit(bindparam("limit"))
)
_TRANSFERS = Statement(
    select(_n.stream, _n.body)
    .where(_n.district_id == bindparam("district"), among(_n.stream, "cases"), _n.command == constant("transfer"))
    .order_by(_n.stream, _n.seq),
    lists=["cases"],
)
_NOTES = Statement(
    select(_d.case_id, _d.seq, _d.note).where(
        _d.district_id == bindparam("district"), among(_d.case_id, "cases"), among(_d.seq, "seqs")
    ),
    lists=["cases", "seqs"],
)
_COUNT = Statement(
    select(
        select(func.count()).select_from(tables.task).where(*_FAILED).scalar_subquery()
        + select(func.count()).select_from(tables.task).where(*_WANTING).scalar_subquery()
        + select(func.count()).select_from(tables.job).where(*_UNDONE).scalar_subquery()
    )
)
_AT_ONCE = {"status": constant("waiting"), "attempts": 0, "error": None, "failed_at": None,
            "run_at": bindparam("again")}  # fmt: skip
_RETRY = Statement(update(tables.job).where(*_UNDONE, _j.id == bindparam("job")).values(_AT_ONCE).returning(_j.kind))
_RETRY_ALL = Statement(update(tables.job).where(*_UNDONE, _j.kind == bindparam("of")).values(_AT_ONCE))
_DROP = Statement(
    delete(tables.job).where(*_UNDONE, _j.id == bindparam("job")).returning(_j.stream, _j.kind, _j.body)
)


def failed_steps(tx: Tx, district: str, limit: int) -> tuple[FailedStep, ...]:
    """The steps that failed, the longest waiting first."""
    return tuple(FailedStep(*row) for row in tx.rows(_STEPS, district=district, limit=limit))


def waiting_steps(tx: Tx, district: str, plugin: str, limit: int) -> tuple[FailedStep, ...]:
    """The steps of cases in which one waits for *plugin* and which owe it nothing, the longest waiting first."""
    said = {"said": f'%"waits":{dump(plugin)}%', "owed": f"owed:{plugin}"}
    return tuple(FailedStep(*row) for row in tx.rows(_WAITING, district=district, limit=limit, **said))


def wanting_tasks(tx: Tx, district: str, limit: int) -> tuple[Wanting, ...]:
    """The tasks that want something of administrators, the longest waiting first."""
    return tuple(Wanting(*row) for row in tx.rows(_TASKS, district=district, limit=limit))


def failed_jobs(tx: Tx, district: str, limit: int) -> tuple[FailedJob, ...]:
    """The jobs that failed, the longest waiting first."""
    rows = tx.rows(_JOBS, district=district, limit=limit)
    return tuple(FailedJob(row[0], row[1], row[2], row[3], said_in(row.error), row[5], row[6]) for row in rows)


def failed_kinds(tx: Tx, district: str) -> tuple[tuple[str, int], ...]:
    """Each kind of job that failed, and how many of it did."""
    return tuple((row[0], row[1]) for row in tx.rows(_KINDS, district=district))


def transfers(tx: Tx, district: str, cases: Iterable[str]) -> tuple[tuple[str, str], ...]:
    """The case and the journal body of each hand-over in *cases*, those of a case oldest first, in one query."""
    return tuple((row.stream, row.body) for row in tx.rows(_TRANSFERS, district=district, cases=list(cases)))


def notes(tx: Tx, district: str, forms: Collection[tuple[str, int]]) -> dict[tuple[str, int], str]:
    """The words that people wrote with the *forms*, each named by its case and number, in one query."""
    cases, seqs = sorted({case for case, _ in forms}), sorted({seq for _, seq in forms})
    rows = tx.rows(_NOTES, district=district, cases=cases, seqs=seqs)
    return {(row.case_id, row.seq): row.note or "" for row in rows}


def count(tx: Tx, district: str) -> int:
    """How many there are of all of them."""
    row = tx.one(_COUNT, district=district)
    return int(row[0]) if row is not None else 0


def retry_job(tx: Tx, district: str, job: str, *, now: Micros) -> str:
    """Let a job that failed run at once, from the first try: its kind, "" for none. A lease stays what it is."""
    row = tx.one(_RETRY, district=district, job=job, again=now)
    return "" if row is None else str(row.kind)


def retry_jobs(tx: Tx, district: str, kind: str, *, now: Micros) -> int:
    """The same for every job of *kind* that failed; how many."""
    return tx.change(_RETRY_ALL, district=district, of=kind, again=now)


def drop_job(tx: Tx, district: str, job: str) -> Any:
    """Let a job that failed never run: its ``stream``, ``kind`` and ``body``; None when it is none."""
    return tx.one(_DROP, district=district, job=job)
