"""What runs by itself: a clock that cannot ring rests longer and longer, and checkpoints are taken by one of many."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select, update

from engine.clock import DAY, HOUR, MINUTE
from engine.errors import Conflict
from engine.i18n import both
from engine.operations import cases, clockwork
from engine.operations.background.handing import job_body
from engine.operations.background.inner import run_jobs
from engine.operations.clockwork import pass_time, ring, seal
from engine.store import jobs
from engine.store.failure_words import said_in
from engine.store.schema import tables
from tests.integration.operations.looking import broken, case_of, rows
from tests.integration.operations.racing import THREADS, field
from tests.town import Town

t = tables.task.c


def _ping(town: Town) -> int | None:
    """When the worker looks at the approval next."""
    statement = select(t.ping_at).where(t.step == "ok")
    found: int | None = town.ctx.runner.run(lambda tx: tx.connection.execute(statement).scalar_one(), write=False)
    return found


@pytest.fixture
def stuck(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Whoever rings is told that the case has changed; how often is counted."""
    rung: list[int] = []

    def refuse(_ctx: Any, _case: str, n: int) -> Any:
        rung.append(n)
        raise Conflict(both("moved"))

    monkeypatch.setattr(clockwork, "tick", refuse)
    return rung


def test_a_clock_that_cannot_ring_rests_as_long_as_it_was_due_up_to_an_hour(town: Town, stuck: list[int]) -> None:
    town.start()
    due = _ping(town)
    assert due is not None
    rests = []
    for _ in range(10):
        at = _ping(town)
        assert at is not None
        town.clock.at = at
        assert ring(town.ctx) == 1
        assert ring(town.ctx) == 0, "it rests"
        again = _ping(town)
        assert again is not None
        rests.append((again - at) // MINUTE)
    assert rests == [1, 1, 2, 4, 8, 16, 32, 60, 60, 60]
    assert len(stuck) == 10
    assert broken(town) == []


def test_time_passes_for_others_while_one_clock_is_stuck(lone_town: Town, stuck: list[int]) -> None:
    lone_town.start()
    pass_time(lone_town.ctx, lone_town.clock, lone_town.clock.at + 7 * DAY)
    assert 5 * 24 < len(stuck) < 8 * 24


def test_a_clock_rings_once_it_can_again(town: Town, stuck: list[int], monkeypatch: pytest.MonkeyPatch) -> None:
    case = town.start()
    pass_time(town.ctx, town.clock, town.clock.at + 7 * DAY)
    assert stuck
    monkeypatch.setattr(clockwork, "tick", cases.tick)
    pass_time(town.ctx, town.clock, town.clock.at + HOUR)
    assert case_of(town, case).end == "refused"
    assert broken(town) == []


def test_a_clock_that_the_case_does_not_know_is_put_out(town: Town) -> None:
    case = town.start("hold")
    town.act(case, "ok", "agree", "sun")
    statement = update(tables.task).where(t.step == "hand_over").values(ping_at=town.clock.at)
    town.ctx.runner.run(lambda tx: tx.connection.execute(statement).rowcount)
    assert ring(town.ctx) == 1
    assert ring(town.ctx) == 0
    assert [row["ping_at"] for row in rows(town, tables.task) if row["step"] == "hand_over"] == [None]


def test_of_many_workers_that_seal_at_once_each_row_is_anchored_once(town: Town) -> None:
    with field(town) as track:
        for _ in range(20):
            town.start()
            town.clock.at += MINUTE
            answers = track.race(lambda _: seal(town.ctx))  # type: ignore[arg-type,return-value]
            assert answers.count(True) == 1
            assert answers.count(False) == THREADS - 1
    anchored = [(row["stream"], row["seq"]) for row in rows(town, tables.anchor)]
    assert len(set(anchored)) == len(anchored)
    cases_ = {(row["id"], 1) for row in rows(town, tables.cases)}
    assert cases_ <= set(anchored)
    assert broken(town) == []


def test_a_job_that_nobody_runs_is_not_lost(town: Town) -> None:
    case = town.start()
    town.ctx.runner.run(
        lambda tx: jobs.enqueue(
            tx, "town", id="j", stream=case.case, n=None, kind="plugin:desk.tidy", body=job_body("", 0, {}),
            run_at=town.clock.at,
        )
    )
    for _ in range(jobs.MOST_ATTEMPTS):
        town.clock.at += HOUR
        assert run_jobs(town.ctx) == 1
    (row,) = rows(town, tables.job)
    assert (row["status"], said_in(row["error"]).en) == ("incident", "nothing here reacts as desk.tidy")
    assert broken(town) == []
