"""Jobs: what follows from a command, after commit and at least once, by whoever holds the lease and the fence."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import bindparam, case, delete, func, select, update

from engine.clock import MINUTE, SECOND, Micros
from engine.i18n import Text, both
from engine.store.databases.drivers import Mended
from engine.store.databases.sql import Statement, among, constant, insert_into
from engine.store.failure_words import kept
from engine.store.schema import tables
from engine.store.schema.columns import NEVER
from engine.store.text import dump, load
from engine.store.transactions.runner import Tx

#: What a job can be for, by the first word of its kind: a notice, its sending, a plugin's own work, an undoing that
#: waits for its plugin.
KINDS = frozenset({"notice", "send", "plugin", "owed"})
#: Those of them that leave the machine, and are claimed apart from the others.
OUTBOUND = frozenset({"send"})
#: What is written of a job whose worker ended in the middle of it, and of one that says no longer what is to be done.
LOST: Final = both("lost")
UNREADABLE: Final = Text("要办的内容已经读不出来", "what it is to do cannot be read")
#: After this many tries a job rests as an incident until a person lets it run again.
MOST_ATTEMPTS = 8
_FIRST_DELAY = 10 * SECOND
#: A job that could not be begun lets others go first for so long, each time twice as long.
_FIRST_REST, _LONGEST_REST = 2 * SECOND, MINUTE


@dataclass(frozen=True, slots=True)
class Job:
    """A claimed job. ``fence`` rises with each claim: only the latest claimant can end the job.

    ``stream`` is the case (or other stream) it belongs to, ``n`` the task that caused it. ``until`` is the wall time
    at which its lease ends, ``attempts`` counts this try as well.
    """

    district: str
    id: str
    stream: str
    n: int | None
    kind: str
    body: Any
    run_at: Micros
    fence: int
    attempts: int
    until: Micros


_j = tables.job.c
_INSERT = insert_into(tables.job)
_FIRST = (
    select(_j.id)
    .where(
        _j.district_id == bindparam("district"),
        _j.status == constant("waiting"),
        _j.out == bindparam("outbound"),
        _j.run_at <= bindparam("now"),
        _j.lease_until <= bindparam("wall"),
    )
    .order_by(_j.run_at, _j.id)
    .limit(1)
)
_DUE = Statement(_FIRST)
#: Whoever ends a try, in whatever way, gives the lease back.
_WAS_LOST = _j.lease_until > 0
#: Since when these tries fail: not only the last of them.
_SINCE = func.coalesce(_j.failed_at, bindparam("now"))
_CLAIM = Statement(
    update(tables.job)
    .where(
        _j.district_id == bindparam("district"),
        _j.id == _FIRST.with_for_update(skip_locked=True).scalar_subquery(),
    )
    .values(
        lease_until=bindparam("until"),
        fence=_j.fence + 1,
        attempts=_j.attempts + 1,
        error=case((_WAS_LOST, func.coalesce(_j.error, bindparam("lost"))), else_=_j.error),
        failed_at=case((_WAS_LOST, _SINCE), else_=_j.failed_at),
    )
    .returning(_j.id, _j.stream, _j.n, _j.kind, _j.body, _j.run_at, _j.fence, _j.attempts, _j.error)
)
#: Still claimed as it was. Whatever ends a claim ends the lease or the job, so that it is said once, however often.
_LEASED = (
    _j.district_id == bindparam("district"),
    _j.id == bindparam("job"),
    _j.fence == bindparam("fenced"),
    _j.lease_until == bindparam("leased"),
)
#: The tries before this one; none where somebody let it run from the first try meanwhile.
_UNTRIED = case((_j.attempts > 0, bindparam("tried")), else_=0)
_IS_LEASED = Statement(select(_j.id).where(*_LEASED))
_FINISH = Statement(delete(tables.job).where(*_LEASED))
_FAIL = Statement(
    update(tables.job)
    .where(*_LEASED)
    .values(
        status=bindparam("becomes"),
        run_at=bindparam("again"),
        lease_until=0,
        attempts=bindparam("tried"),
        error=bindparam("said"),
        failed_at=_SINCE,
    )
)
_PUT_BACK = Statement(
    update(tables.job)
    .where(*_LEASED)
    .values(run_at=bindparam("again"), attempts=_UNTRIED, lease_until=0)
)
_PARK = Statement(
    update(tables.job)
    .where(*_LEASED)
    .values(run_at=bindparam("never"), attempts=_UNTRIED, lease_until=0)
)
_PARKED = Statement(
    select(_j.id, _j.kind, _j.stream)
    .where(_j.district_id == bindparam("district"), _j.status == constant("waiting"), _j.run_at == bindparam("never"))
    .order_by(_j.id)
)
_UNPARK = Statement(
    update(tables.job)
    .where(_j.district_id == bindparam("district"), among(_j.id, "ids"), _j.run_at == bindparam("never"))
    .values(run_at=bindparam("now")),
    lists=["ids"],
)
_OLDEST = Statement(
    select(_j.id)
    .where(_j.district_id == bindparam("district"), _j.stream == bindparam("of"), _j.kind == bindparam("called"))
    .order_by(_j.id)
    .limit(1)
)
_CANCEL = Statement(
    delete(tables.job).where(
        _j.district_id == bindparam("district"), _j.stream == bindparam("of"), among(_j.n, "ns")
    ),
    lists=["ns"],
)
_NEXT = Statement(
    select(_j.run_at)
    .where(_j.district_id == bindparam("district"), _j.status == constant("waiting"))
    .order_by(_j.run_at, _j.id)
    .limit(1)
)


def enqueue(
    tx: Tx,
    district: str,
    *,
    id: str,  # noqa: A002 - the column's name
    stream: str,
    n: int | None,
    kind: str,
    body: Any,
    run_at: Micros,
) -> None:
    """Insert a job to run not before *run_at* (business time); *body* is any JSON value."""
    tx.later(
        _INSERT,
        district_id=district,
        id=id,
        stream=stream,
        n=n,
        kind=kind,
        body=dump(body),
        status="waiting",
        out=int(kind.partition(":")[0] in OUTBOUND),
        run_at=run_at,
        lease_until=0,
        fence=0,
        attempts=0,
        error=None,
        failed_at=None,
    )


def due(tx: Tx, district: str, *, outbound: bool, now: Micros, wall: Micros) -> bool:
    """Whether ``claim`` would find a job: a look that waits for nobody."""
    return tx.one(_DUE, district=district, outbound=int(outbound), now=now, wall=wall) is not None


def claim(tx: Tx, district: str, *, outbound: bool, now: Micros, wall: Micros, lease: Micros) -> Job | None:
    """Take the job that has been due longest at *now*, for *lease* from *wall* on; None when there is none.

    One at a time, to be begun at once: so the claim is the attempt, and a job that kills its worker costs no other
    job anything. It comes again when its lease has run out; one that used up its tries becomes an incident here, and
    so does one whose body was spoilt.
    """
    until = wall + lease
    asked = {"district": district, "outbound": int(outbound), "now": now, "wall": wall, "until": until}
    asked["lost"] = kept(LOST)
    while (row := tx.one(_CLAIM, **asked)) is not None:
        body = body_of(row.body)
        job = Job(district, row.id, row.stream, row.n, row.kind, body, row.run_at, row.fence, row.attempts, until)
        if job.attempts <= MOST_ATTEMPTS and body is not SPOILT:
            return job
        _rest(tx, job, now, kept(UNREADABLE) if body is SPOILT else row.error)
    return None


#: In place of a body that is not what was written.
SPOILT = object()


def body_of(text: str) -> Any:
    """The stored body of a job, or ``SPOILT``."""
    try:
        return SPOILT if isinstance(text, Mended) else load(text)
    except ValueError:
        return SPOILT


def _lease(job: Job) -> dict[str, Any]:
    """What ``_LEASED`` asks for."""
    return {"district": job.district, "job": job.id, "fenced": job.fence, "leased": job.until}


def is_leased(tx: Tx, job: Job) -> bool:
    """Whether the job is still there and nobody else's: looked at before anything leaves the machine."""
    return tx.one(_IS_LEASED, **_lease(job)) is not None


def put_back(tx: Tx, job: Job, *, again: Micros | None = None) -> bool:
    """Give back a job that was claimed and not begun, as if it had not been; False when it was taken over.

    It is due when it was, or from *again* on (business time).
    """
    due_from = job.run_at if again is None else again
    return bool(tx.change(_PUT_BACK, **_lease(job), again=due_from, tried=job.attempts - 1))


def rest_of(job: Job) -> Micros:
    """How long a job that could not be begun lets others go first.

    Twice as long for each claim that is no longer counted as a try: it was given back or put by, or somebody let it
    run from the first try again.
    """
    uncounted = job.fence - job.attempts
    return min(_FIRST_REST << min(uncounted, 8), _LONGEST_REST)


def finish(tx: Tx, job: Job) -> bool:
    """End a job that was done; False when another worker took it over, and then nothing of it may be kept."""
    return bool(tx.change(_FINISH, **_lease(job)))


def fail(tx: Tx, job: Job, *, now: Micros, error: Text) -> bool:
    """Let the job run again later, each time twice as late, or rest as an incident; False when it was taken over."""
    if job.attempts >= MOST_ATTEMPTS:
        return _rest(tx, job, now, kept(error))
    return _give_back(tx, job, "waiting", now + _FIRST_DELAY * 2 ** (job.attempts - 1), now, kept(error))


def _rest(tx: Tx, job: Job, now: Micros, said: str) -> bool:
    return _give_back(tx, job, "incident", job.run_at, now, said)


def _give_back(tx: Tx, job: Job, status: str, again: Micros, now: Micros, said: str) -> bool:
    tried = min(job.attempts, MOST_ATTEMPTS)
    return bool(tx.change(_FAIL, **_lease(job), becomes=status, again=again, now=now, tried=tried, said=said))


def park(tx: Tx, job: Job) -> bool:
    """Put a claimed job by, as if it had not been, until what it needs is back; False when it was taken over."""
    return bool(tx.change(_PARK, **_lease(job), never=NEVER, tried=job.attempts - 1))


def parked(tx: Tx, district: str) -> list[Any]:
    """The jobs that were put by, oldest first: ``id``, ``kind`` and ``stream``."""
    return tx.rows(_PARKED, district=district, never=NEVER)


def unpark(tx: Tx, district: str, ids: list[str], *, now: Micros) -> int:
    """Let those of *ids* that are still put by run now; how many."""
    return tx.change(_UNPARK, district=district, ids=ids, now=now, never=NEVER)


def oldest(tx: Tx, district: str, stream: str, kind: str) -> str:
    """The id of the oldest job of *kind* for *stream* that is not done yet, or ""."""
    row = tx.one(_OLDEST, district=district, of=stream, called=kind)
    return "" if row is None else str(row.id)


def cancel(tx: Tx, district: str, stream: str, ns: list[int]) -> int:
    """Delete the jobs that tasks *ns* of a case caused; how many. Whoever has begun one finds it gone at its end."""
    return tx.change(_CANCEL, district=district, of=stream, ns=ns)


def next_run(tx: Tx, district: str) -> Micros | None:
    """When the next job may run (business time), or None."""
    row = tx.one(_NEXT, district=district)
    return None if row is None else int(row.run_at)
