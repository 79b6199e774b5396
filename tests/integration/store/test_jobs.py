"""Jobs run at least once, by one worker at a time; what nobody can do becomes an incident."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest

from engine.clock import HOUR, SECOND
from engine.i18n import Text, both
from engine.ids import SeededIds
from engine.store import incidents, jobs
from engine.store.databases.database import Database
from engine.store.jobs import Job
from engine.store.transactions.runner import Runner, Tx
from tests.integration.store.conftest import NOON, D

LEASE = 60 * SECOND


@pytest.fixture
def queue(runner: Runner, ids: SeededIds) -> Runner:
    """Three jobs: two are due, of which the second has waited longer, and one waits for a minute."""
    for n, run_at in ((1, NOON), (2, NOON - SECOND), (3, NOON + 60 * SECOND)):
        enqueue(runner, ids, n, run_at)
    return runner


def enqueue(runner: Runner, ids: SeededIds, n: int, run_at: int = NOON) -> None:
    """Add the job that task *n* of case ``c1`` caused."""
    runner.run(
        lambda tx: jobs.enqueue(tx, D, id=ids.new(), stream="c1", n=n, kind="notice", body={"n": n}, run_at=run_at)
    )


def claim(runner: Runner, wall: int = NOON, now: int = NOON, *, outbound: bool = False) -> Job | None:
    """Claim the job that has been due longest."""
    return runner.run(lambda tx: jobs.claim(tx, D, outbound=outbound, now=now, wall=wall, lease=LEASE))


def claimed(runner: Runner, wall: int = NOON, now: int = NOON) -> Job:
    """The job that has been due longest, which there is."""
    job = claim(runner, wall, now)
    assert job is not None
    return job


def test_the_longest_waiting_comes_first_and_none_before_its_time(queue: Runner) -> None:
    assert [claimed(queue).body, claimed(queue).body] == [{"n": 2}, {"n": 1}]
    assert claim(queue) is None
    assert queue.run(lambda tx: jobs.next_run(tx, D), write=False) == NOON - SECOND


def test_a_look_tells_whether_there_is_a_job_to_claim_and_takes_none(queue: Runner) -> None:
    def due(now: int) -> bool:
        return queue.run(lambda tx: jobs.due(tx, D, outbound=False, now=now, wall=NOON), write=False)

    assert [due(NOON - 2 * SECOND), due(NOON), due(NOON)] == [False, True, True]
    assert [claimed(queue).attempts, claimed(queue).attempts] == [1, 1]
    assert [due(NOON), due(NOON + HOUR)] == [False, True]


def test_what_leaves_the_machine_is_claimed_apart(queue: Runner, ids: SeededIds) -> None:
    for kind in ("send:post.pigeon", "plugin:post.tidy"):
        queue.run(
            lambda tx, kind=kind: jobs.enqueue(
                tx, D, id=ids.new(), stream="c1", n=4, kind=kind, body={}, run_at=NOON - HOUR
            )
        )
    sending = claim(queue, outbound=True)
    assert sending is not None
    assert sending.kind == "send:post.pigeon"
    assert claim(queue, outbound=True) is None
    assert claimed(queue).kind == "plugin:post.tidy"


def test_a_claimed_job_is_nobody_elses_until_its_lease_ends(queue: Runner) -> None:
    first = claimed(queue), claimed(queue)
    assert claim(queue, NOON + LEASE - 1) is None
    again = claimed(queue, NOON + LEASE), claimed(queue, NOON + LEASE)
    assert [(job.id, job.fence, job.attempts) for job in again] == [(job.id, 2, 2) for job in first]
    assert [job.until for job in (*first, *again)] == [NOON + LEASE] * 2 + [NOON + 2 * LEASE] * 2


def test_a_job_that_was_taken_over_cannot_be_ended(queue: Runner) -> None:
    zombie = claimed(queue)
    assert queue.run(lambda tx: jobs.is_leased(tx, zombie), write=False)
    owner = claimed(queue, NOON + LEASE)
    assert owner.id == zombie.id
    assert not queue.run(lambda tx: jobs.is_leased(tx, zombie), write=False)
    assert not queue.run(lambda tx: jobs.finish(tx, zombie))
    assert not queue.run(lambda tx: jobs.fail(tx, zombie, now=NOON, error=both("late")))
    assert not queue.run(lambda tx: jobs.put_back(tx, zombie))
    assert queue.run(lambda tx: jobs.finish(tx, owner))
    assert not queue.run(lambda tx: jobs.finish(tx, owner))


def test_a_job_that_was_not_begun_is_put_back_and_has_not_been_tried(queue: Runner) -> None:
    late = claimed(queue)
    assert queue.run(lambda tx: jobs.put_back(tx, late))
    again = claimed(queue)
    assert (again.id, again.fence, again.attempts) == (late.id, 2, 1)


def test_a_job_that_could_not_begin_rests_a_little_longer_each_time_and_is_behind_the_others(queue: Runner) -> None:
    queue.run(lambda tx: jobs.cancel(tx, D, "c1", [3]))
    now, waits = NOON, []
    for _ in range(8):
        held_up = claimed(queue, now, now)
        assert (held_up.n, held_up.attempts) == (2, 1)
        waits.append(jobs.rest_of(held_up) // SECOND)
        again = now + jobs.rest_of(held_up)
        assert queue.run(lambda tx, job=held_up, at=again: jobs.put_back(tx, job, again=at))
        if len(waits) == 1:
            other = claimed(queue, now, now)
            assert queue.run(lambda tx, job=other: jobs.finish(tx, job)), "it goes first"
            assert claim(queue, now, now) is None
        now = again
    assert waits == [2, 4, 8, 16, 32, 60, 60, 60]
    assert queue.run(lambda tx: incidents.count(tx, D), write=False) == 0


GIVEN_BACK: dict[str, Callable[[Tx, Job], bool]] = {
    "put back": jobs.put_back, "put by": jobs.park,
    "failed": lambda tx, job: jobs.fail(tx, job, now=NOON, error=both("no line")),
}  # fmt: skip


def stored(runner: Runner) -> list[tuple[object, ...]]:
    """The tries, the error and the next run of each job."""
    asked = "SELECT attempts, error, run_at, status FROM job ORDER BY id"
    return runner.run(lambda tx: [tuple(row) for row in tx.connection.exec_driver_sql(asked)], write=False)


@pytest.mark.parametrize("how", GIVEN_BACK)
@pytest.mark.parametrize("tries", [1, 3, jobs.MOST_ATTEMPTS])
def test_what_became_of_a_job_is_said_once_however_often_it_is_said(
    runner: Runner, ids: SeededIds, how: str, tries: int
) -> None:
    enqueue(runner, ids, 1)
    for at in range(tries - 1):
        assert claimed(runner, NOON + at * LEASE)
    mine = claimed(runner, NOON + tries * LEASE)
    assert runner.run(lambda tx: GIVEN_BACK[how](tx, mine))
    once = stored(runner)
    assert once[0][0] == (tries if how == "failed" else tries - 1)
    for again in GIVEN_BACK.values():
        assert not runner.run(lambda tx, again=again: again(tx, mine))
    assert not runner.run(lambda tx: jobs.finish(tx, mine))
    assert not runner.run(lambda tx: jobs.is_leased(tx, mine), write=False)
    assert stored(runner) == once


@pytest.mark.parametrize("how", GIVEN_BACK)
def test_what_somebody_let_run_again_while_it_was_tried_counts_no_less_than_no_try(
    runner: Runner, ids: SeededIds, how: str
) -> None:
    enqueue(runner, ids, 1)
    first = claimed(runner)
    assert runner.run(lambda tx: jobs.fail(tx, first, now=NOON, error=both("no line")))
    mine = claimed(runner, NOON + HOUR, NOON + HOUR)
    assert runner.run(lambda tx: incidents.retry_job(tx, D, mine.id, now=NOON))
    assert runner.run(lambda tx: GIVEN_BACK[how](tx, mine))
    assert stored(runner)[0][0] == (2 if how == "failed" else 0)
    runner.run(lambda tx: jobs.unpark(tx, D, [mine.id], now=NOON))
    again = claimed(runner, NOON + HOUR, NOON + HOUR)
    assert again.attempts == (3 if how == "failed" else 1)
    assert runner.run(lambda tx: jobs.fail(tx, again, now=NOON, error=both("no line")))


@pytest.mark.parametrize("how", GIVEN_BACK)
def test_only_a_worker_that_ended_in_the_middle_is_said_to_have(runner: Runner, ids: SeededIds, how: str) -> None:
    enqueue(runner, ids, 1)
    first = claimed(runner)
    assert runner.run(lambda tx: jobs.fail(tx, first, now=NOON, error=both("no line")))
    mine = claimed(runner, NOON + HOUR, NOON + HOUR)
    assert runner.run(lambda tx: GIVEN_BACK[how](tx, mine))
    said = '"no line"'
    assert stored(runner)[0][1] == said
    runner.run(lambda tx: jobs.unpark(tx, D, [mine.id], now=NOON))
    later = NOON + HOUR
    claimed(runner, later, later)
    assert stored(runner)[0][1] == said, "it is tried, and nobody was lost"
    claimed(runner, later + LEASE, later)
    assert stored(runner)[0][1] == said


@pytest.mark.parametrize("kind", ["notice", "send:post.pigeon", "plugin:post.tidy", "owed:post"])
@pytest.mark.parametrize("body", ["no json", "{", "x'ff'", "x'7b2261223a2022ff227d'"])
def test_a_job_whose_body_was_spoilt_rests_and_those_behind_it_go_on(
    db: Database, runner: Runner, ids: SeededIds, kind: str, body: str
) -> None:
    if body.startswith("x'") and db.dialect == "postgresql":
        body = "nor is this"
    runner.run(lambda tx: jobs.enqueue(tx, D, id="a", stream="c1", n=1, kind=kind, body={}, run_at=NOON - HOUR))
    written = f"CAST({body} AS TEXT)" if body.startswith("x'") else f"'{body}'"
    runner.run(lambda tx: tx.connection.exec_driver_sql(f"UPDATE job SET body = {written}"))
    runner.run(lambda tx: jobs.enqueue(tx, D, id="b", stream="c1", n=1, kind=kind, body={"n": 2}, run_at=NOON))
    behind = claim(runner, outbound=kind.startswith("send"))
    assert behind is not None
    assert (behind.id, behind.body) == ("b", {"n": 2})
    (resting,) = runner.run(lambda tx: incidents.failed_jobs(tx, D, 9), write=False)
    assert (resting.id, resting.error, resting.again) == ("a", jobs.UNREADABLE, None)
    dropped = runner.run(lambda tx: incidents.drop_job(tx, D, "a"))
    assert (dropped.kind, jobs.body_of(dropped.body)) == (kind, jobs.SPOILT)


@pytest.mark.parametrize("column", ["id", "stream", "kind", "error"])
def test_no_column_of_a_job_that_is_no_text_holds_up_those_behind_it(
    db: Database, runner: Runner, ids: SeededIds, column: str
) -> None:
    odd = "CAST(x'ff' AS TEXT)" if db.dialect == "sqlite" else "'�'"  # the nearest to it that PostgreSQL keeps
    enqueue(runner, ids, 1, NOON - HOUR)
    runner.run(lambda tx: tx.connection.exec_driver_sql(f"UPDATE job SET {column} = {odd}"))
    enqueue(runner, ids, 2)
    assert [claimed(runner).body, claimed(runner).body] == [{"n": 1}, {"n": 2}]


def test_a_failed_job_comes_again_later_and_later_then_rests(runner: Runner, ids: SeededIds) -> None:
    enqueue(runner, ids, 1)
    now, waits = NOON, []
    while job := claim(runner, now, now):
        runner.run(lambda tx, job=job, at=now: jobs.fail(tx, job, now=at, error=both("no line")))
        after = runner.run(lambda tx: jobs.next_run(tx, D), write=False)
        if after is None:
            break
        waits.append(after - now)
        now = after
    assert waits == sorted(waits)
    assert len(waits) == jobs.MOST_ATTEMPTS - 1
    given_up = runner.run(lambda tx: incidents.failed_jobs(tx, D, 9), write=False)
    assert [(job.attempts, job.error) for job in given_up] == [(jobs.MOST_ATTEMPTS, both("no line"))]
    assert [(job.since, job.again) for job in given_up] == [(NOON, None)], "since the first try, whenever the last was"


def test_a_job_fails_since_its_first_failure_and_anew_where_it_was_let_run_from_the_first_try(
    runner: Runner, ids: SeededIds
) -> None:
    enqueue(runner, ids, 1)
    for minute in range(3):
        now = NOON + minute * HOUR
        job = claim(runner, now, now)
        assert job is not None
        runner.run(lambda tx, job=job, at=now: jobs.fail(tx, job, now=at, error=both("no line")))
        (failed,) = runner.run(lambda tx: incidents.failed_jobs(tx, D, 9), write=False)
        assert (failed.since, failed.again) == (NOON, runner.run(lambda tx: jobs.next_run(tx, D), write=False))
        assert failed.again is not None
        assert failed.again > now
    later = NOON + 5 * HOUR
    runner.run(lambda tx: incidents.retry_job(tx, D, failed.id, now=later))
    assert runner.run(lambda tx: incidents.failed_jobs(tx, D, 9), write=False) == ()
    assert claimed(runner, later, later).attempts == 1  # and nobody ends it
    assert claim(runner, later + LEASE, later + LEASE) is not None
    (lost,) = runner.run(lambda tx: incidents.failed_jobs(tx, D, 9), write=False)
    assert (lost.since, lost.error) == (later + LEASE, jobs.LOST), "when it was noticed"


WORDS = [both("no line"), Text("没有线路", "no line"), both('["a", "b"'), both("[]"), both(""), Text("一", "\0half \ud800")]


@pytest.mark.parametrize("said", WORDS, ids=range(len(WORDS)))
def test_why_a_job_failed_is_kept_in_the_languages_in_which_it_was_said(
    runner: Runner, ids: SeededIds, said: Text
) -> None:
    enqueue(runner, ids, 1)
    job = claimed(runner)
    runner.run(lambda tx: jobs.fail(tx, job, now=NOON, error=said))
    (failed,) = runner.run(lambda tx: incidents.failed_jobs(tx, D, 9), write=False)
    assert failed.error == Text(*(words.replace("\0", " ").replace("\ud800", "?") for words in said))


def test_a_job_that_kills_its_workers_does_not_starve_the_others(runner: Runner, ids: SeededIds) -> None:
    enqueue(runner, ids, 1, NOON - HOUR)
    wall = NOON
    for _ in range(jobs.MOST_ATTEMPTS):
        assert claimed(runner, wall).n == 1  # and nobody ends it
        wall += LEASE
    enqueue(runner, ids, 2)
    assert claimed(runner, wall).n == 2
    (given_up,) = runner.run(lambda tx: incidents.failed_jobs(tx, D, 9), write=False)
    assert given_up.error == jobs.LOST
    assert runner.run(lambda tx: incidents.count(tx, D), write=False) == 1
    assert runner.run(lambda tx: incidents.retry_job(tx, D, given_up.id, now=NOON))
    assert claimed(runner, wall).n == 1


def test_what_is_not_done_can_be_cancelled_by_task_even_where_a_worker_has_begun(queue: Runner) -> None:
    begun = claimed(queue)
    assert begun.n == 2
    assert queue.run(lambda tx: jobs.cancel(tx, D, "c1", [2, 3])) == 2
    assert queue.run(lambda tx: jobs.cancel(tx, D, "c9", [1])) == 0
    assert not queue.run(lambda tx: jobs.is_leased(tx, begun), write=False)
    assert not queue.run(lambda tx: jobs.finish(tx, begun)), "and its work is not kept"
    assert claimed(queue, NOON + LEASE, NOON + HOUR).n == 1
    assert claim(queue, NOON + LEASE, NOON + HOUR) is None


def test_another_districts_jobs_are_not_claimed(queue: Runner) -> None:
    assert queue.run(lambda tx: jobs.claim(tx, "d2", outbound=False, now=NOON, wall=NOON, lease=LEASE)) is None


def test_eight_workers_do_each_job_once(db: Database, ids: SeededIds) -> None:
    runner = Runner(db)
    for n in range(60):
        enqueue(runner, ids, n)

    def work(_: int) -> list[int]:
        done: list[int] = []
        while job := claim(runner):
            assert runner.run(lambda tx, job=job: jobs.finish(tx, job))
            done.append(job.body["n"])
        runner.release()
        return done

    with ThreadPoolExecutor(8) as pool:
        counts = Counter(n for done in pool.map(work, range(8)) for n in done)
    assert counts == Counter(range(60))
    runner.release()
