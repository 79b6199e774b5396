"""A job that fails is seen by administrators at once, in words, and many are tried again together."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from engine.clock import HOUR, SECOND
from engine.errors import Forbidden, KeyReused, NotFound
from engine.i18n import both
from engine.operations import incidents
from engine.operations.background.failing import job_title
from engine.operations.background.inner import run_jobs
from engine.operations.background.letters import Letter, NotSent
from engine.operations.background.outbound import send_jobs
from engine.operations.context import Caller
from engine.store import incidents as store
from engine.store import jobs
from engine.store.databases.database import Database
from engine.store.schema import tables
from tests.integration.operations.looking import broken, rows
from tests.integration.operations.test_senders import PIGEON, TELEGRAPH, Horse, at_work
from tests.town import Town

CAI = Caller("cai")


def _away(letter: Letter) -> None:
    raise NotSent(both("HTTPError: HTTP Error 500 (post/sending.py:31)"))


@pytest.fixture
def town(db: Database) -> Iterator[Town]:
    """A live town in which three notices could not be telegraphed; pigeons fly."""
    made = at_work(db, "live", TELEGRAPH, PIGEON)
    for seat in "123":
        case = made.start("hold", seat=seat)
        made.act(case, "ok", "refuse", "sun", opinion="没有")
    made.clock.advance(HOUR)
    assert run_jobs(made.ctx) == 3
    fail(made)
    yield made
    made.system.runner.release()


def fail(town: Town) -> None:
    send_jobs(town.ctx, Horse(lambda letter: _away(letter) if letter.limit == TELEGRAPH.limit else "ok"))


def test_the_first_failure_is_listed_with_its_words_and_when_it_is_tried_again(town: Town) -> None:
    found = incidents.incidents(town.ctx, CAI)
    assert len(found) == incidents.waiting(town.ctx, CAI) == 3
    one = found[0]
    assert (one.kind, one.job, one.tries) == ("job", "send:post.telegraph", 1)
    assert one.cause.en == "HTTPError: HTTP Error 500 (post/sending.py:31)"
    assert one.again == town.clock.at + 10 * SECOND
    assert one.sentence.zh == "“telegraph”没有送出，已试1次，系统6月10日10:00再试。"
    town.clock.advance(10 * SECOND)
    assert incidents.incidents(town.ctx, CAI)[0].sentence.zh == "“telegraph”没有送出，已试1次，系统正在再试。"


def test_what_is_sent_in_the_end_is_no_longer_listed(town: Town) -> None:
    town.clock.advance(HOUR)
    assert send_jobs(town.ctx, Horse()) == 3
    assert incidents.incidents(town.ctx, CAI) == ()
    assert incidents.batches(town.ctx, CAI) == ()


def test_many_are_tried_again_at_once_from_the_first_try(town: Town) -> None:
    for _ in range(jobs.MOST_ATTEMPTS):
        town.clock.advance(HOUR)
        fail(town)
    assert {one.again for one in incidents.incidents(town.ctx, CAI)} == {None}
    ((batch),) = incidents.batches(town.ctx, CAI)
    assert (batch.job, batch.title.zh, batch.count) == ("send:post.telegraph", "telegraph", 3)
    for _ in range(2):
        assert incidents.retry_jobs(town.ctx, CAI, batch.job, key="again") == 3
    assert incidents.incidents(town.ctx, CAI) == ()
    assert [(row["status"], row["attempts"]) for row in rows(town, tables.job)] == [("waiting", 0)] * 3
    assert send_jobs(town.ctx, Horse()) == 3
    said = [(row["actor"], row["command"]) for row in rows(town, tables.journal) if row["stream"] == "jobs"]
    assert said == [("cai", "retry_jobs")]
    with pytest.raises(KeyReused):
        incidents.retry_jobs(town.ctx, CAI, "notice", key="again")
    assert broken(town) == []


def test_a_job_of_another_kind_is_left_alone(town: Town) -> None:
    for kind in ("send:post.pigeon", "notice", "", "send:post", "send:%"):
        with pytest.raises(NotFound):
            incidents.retry_jobs(town.ctx, CAI, kind)
    assert len(incidents.incidents(town.ctx, CAI)) == 3


def test_one_that_a_worker_holds_keeps_its_lease(town: Town) -> None:
    town.clock.advance(HOUR)
    now, wall = town.clock.at, town.clock.wall()
    job = town.ctx.runner.run(
        lambda tx: jobs.claim(tx, "town", outbound=True, now=now, wall=wall, lease=HOUR)
    )
    assert job is not None
    assert incidents.retry_jobs(town.ctx, CAI, "send:post.telegraph") == 3
    assert send_jobs(town.ctx, Horse()) == 2, "not the one that is being sent"
    assert town.ctx.runner.run(lambda tx: jobs.finish(tx, job))


def test_who_is_no_administrator_neither_sees_nor_tries_them(town: Town) -> None:
    for verb in (incidents.batches, lambda ctx, who: incidents.retry_jobs(ctx, who, "send:post.telegraph")):
        with pytest.raises(Forbidden):
            verb(town.ctx, Caller("ann"))


def test_a_worker_that_was_lost_is_said_in_words(town: Town) -> None:
    town.clock.advance(HOUR)
    for _ in range(2):
        now, wall = town.clock.at, town.clock.wall()
        town.ctx.runner.run(lambda tx, now=now, wall=wall: jobs.claim(
            tx, "town", outbound=True, now=now, wall=wall, lease=SECOND
        ))  # fmt: skip
        town.clock.advance(SECOND)
    town.ctx.runner.run(lambda tx: store.retry_jobs(tx, "town", "send:post.telegraph", now=town.clock.at))
    for _ in range(2):
        now, wall = town.clock.at, town.clock.wall()
        town.ctx.runner.run(lambda tx, now=now, wall=wall: jobs.claim(
            tx, "town", outbound=True, now=now, wall=wall, lease=0
        ))  # fmt: skip
    (one,) = incidents.incidents(town.ctx, CAI)
    assert one.cause.en == ""
    assert "没有送出，办这件事的后台进程中途没了，已试2次" in one.sentence.zh
    assert "failed: the process that ran it ended in the middle, tried 2 times" in one.sentence.en


@pytest.mark.parametrize("kind", ["send:gone.telegraph", "plugin:desk.gone", "owed:desk.hold", "notice"])
def test_the_name_of_a_job_may_stand_between_quotes_whatever_its_plugin_has_of_it(lone_town: Town, kind: str) -> None:
    title = job_title(lone_town.ctx, kind)
    assert not any(sign in words for sign in "“”" for words in title)
