"""What the engine could not do by itself has a place: administrators count it, read it, retry it or give it up."""

from __future__ import annotations

import re
from typing import Any

import pytest

from engine.clock import DAY, HOUR, MINUTE
from engine.errors import Conflict, Forbidden, KeyReused, NotFound
from engine.operations import cases, clockwork, incidents
from engine.operations.background import inner
from engine.operations.context import Caller
from engine.operations.reading import pages
from engine.operations.reading.views import Incident, Receipt
from engine.store import jobs
from engine.store.schema import tables
from tests import desk
from tests.integration.operations.looking import broken, everything, rows
from tests.town import Town, neighbour

CAI = Caller("cai")


def listed(town: Town) -> tuple[Incident, ...]:
    """What the administrator reads."""
    return incidents.incidents(town.ctx, CAI)


def fail_jobs(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let every notice fail until its job is given up."""

    def away(*_given: Any) -> None:
        raise ConnectionError

    with monkeypatch.context() as broken_line:
        broken_line.setattr(inner, "deliver", away)
        clockwork.pass_time(town.ctx, town.clock, town.clock.at + DAY)


def test_a_step_that_failed_is_told_in_a_sentence_with_its_action_and_tries(town: Town) -> None:
    case = town.start("hold", seat="3", mood="fail")
    began = town.clock.at
    town.clock.advance(2 * HOUR)
    n = listed(town)[0].n
    cases.retry(town.ctx, CAI, case.number, n)
    (found,) = listed(town)
    assert (found.kind, found.number, found.subject, found.tries, found.since) == ("step", case.number, "3", 2, began)
    assert found.action.en == "hold a seat"
    assert found.sentence.zh == "系统办理“hold a seat”时出错，已试2次。前面的决定都有效。"
    assert re.fullmatch(r"plugin 'desk' \(tests/desk\.py:\d+\): RuntimeError", found.cause.en)
    assert broken(town) == []


def test_an_undo_that_failed_is_listed_under_the_effect_it_should_release(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = town.start("hold", seat="3")
    monkeypatch.setattr(desk, "delete", None)
    town.act(case, "ok", "refuse", "sun", opinion="没有座位了")
    (found,) = listed(town)
    assert found.sentence.zh == "系统释放“hold a seat”时出错，已试1次。前面的决定都有效。"
    monkeypatch.undo()
    assert cases.retry(town.ctx, CAI, found.number, found.n).end == "refused"
    assert listed(town) == ()
    assert broken(town) == []


def test_the_inbox_of_an_administrator_counts_incidents_and_nobody_else_s_does(town: Town) -> None:
    seen = {pages.inbox(town.ctx, CAI).tag}
    assert pages.inbox(town.ctx, CAI).incidents == 0
    town.start("hold", mood="fail")
    page = pages.inbox(town.ctx, CAI)
    assert (page.incidents, page.rows, page.load.all) == (1, (), 0)
    assert page.tag not in seen, "a reader who looks on is told"
    assert incidents.waiting(town.ctx, CAI) == 1
    assert pages.inbox(town.ctx, Caller("sun")).incidents is None
    assert incidents.waiting(town.ctx, Caller("sun")) is None


def test_a_case_that_failed_can_be_cancelled_and_is_then_off_the_list(town: Town) -> None:
    case = town.start("hold", mood="fail")
    after = cases.cancel(town.ctx, CAI, case.number, "这个座位修不好了")
    assert after.status == "ended"
    assert listed(town) == ()
    assert broken(town) == []


def stuck(town: Town, monkeypatch: pytest.MonkeyPatch) -> tuple[Receipt, int]:
    """A case in which Sun's decision stands and the step after it failed; and Sun's task."""
    case = town.start("hold", seat="3", after="4")
    n = cases.open_serial(town.ctx, case.number, "ok")
    with monkeypatch.context() as mended_later:
        mended_later.setattr(desk, "Held", None)
        cases.act(town.ctx, Caller("sun"), case.number, n, "agree")
    return case, n


def test_what_led_to_a_failure_can_be_taken_back_and_is_then_off_the_list(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    case, n = stuck(town, monkeypatch)
    assert [found.number for found in listed(town)] == [case.number]
    assert cases.take_back(town.ctx, Caller("sun"), case.number, n).status == "open"
    assert listed(town) == ()
    assert broken(town) == []


def test_once_an_administrator_has_retried_nobody_takes_back_or_retries_again(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    case, n = stuck(town, monkeypatch)
    failed = listed(town)[0].n
    cases.retry(town.ctx, CAI, case.number, failed)
    with pytest.raises(Conflict):
        cases.take_back(town.ctx, Caller("sun"), case.number, n)
    with pytest.raises(Conflict) as refusal:
        cases.retry(town.ctx, CAI, case.number, failed)
    assert refusal.value.code == "no_incident"
    assert broken(town) == []


def test_a_notice_that_was_given_up_is_listed_and_sent_when_it_is_tried_again(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = town.start("hold")
    town.act(case, "ok", "refuse", "sun", opinion="没有")
    fail_jobs(town, monkeypatch)
    (found,) = listed(town)
    assert (found.kind, found.number, found.tries) == ("job", case.number, jobs.MOST_ATTEMPTS)
    assert found.sentence.zh == "给有关人员发消息没有办成，已试8次，系统不再自己重试。"
    assert rows(town, tables.notice) == []
    incidents.retry_job(town.ctx, CAI, found.id, key="again")
    incidents.retry_job(town.ctx, CAI, found.id, key="again")
    clockwork.pass_time(town.ctx, town.clock, town.clock.at + MINUTE)
    assert [row["person"] for row in rows(town, tables.notice)] == ["ann"]
    assert listed(town) == ()
    assert broken(town) == []


def test_a_job_that_is_given_up_for_good_never_runs_and_the_journal_says_who_did(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    town.start("hold", mood="refuse")
    fail_jobs(town, monkeypatch)
    job = listed(town)[0].id
    with pytest.raises(KeyReused):
        incidents.retry_job(town.ctx, CAI, job, key="k")
        incidents.drop_job(town.ctx, CAI, job, key="k")
    fail_jobs(town, monkeypatch)
    incidents.drop_job(town.ctx, CAI, job)
    clockwork.pass_time(town.ctx, town.clock, town.clock.at + DAY)
    assert rows(town, tables.notice) == rows(town, tables.job) == []
    said = [(row["actor"], row["command"]) for row in rows(town, tables.journal) if row["stream"] == "jobs"]
    assert said == [("cai", "retry_job"), ("cai", "drop_job")]
    assert broken(town) == []


def test_who_is_no_administrator_reads_and_mends_nothing(lone_town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    case = lone_town.start("hold", mood="fail")
    n = listed(lone_town)[0].n
    lone_town.start("hold", mood="refuse")
    fail_jobs(lone_town, monkeypatch)
    job = next(found.id for found in listed(lone_town) if found.kind == "job")
    before = everything(lone_town)
    ann = Caller("ann")
    for verb in (
        lambda: incidents.incidents(lone_town.ctx, ann),
        lambda: cases.retry(lone_town.ctx, ann, case.number, n),
        lambda: incidents.retry_job(lone_town.ctx, ann, job),
        lambda: incidents.drop_job(lone_town.ctx, ann, job),
    ):
        with pytest.raises(Forbidden) as refusal:
            verb()
        assert refusal.value.code == "admin_only"
    assert everything(lone_town) == before


@pytest.mark.parametrize("job", ["", "nothing", "0198-x"])
def test_a_job_that_was_not_given_up_is_not_found(lone_town: Town, job: str) -> None:
    lone_town.start("hold")
    waiting = [row["id"] for row in rows(lone_town, tables.job)]
    for each in (job, *waiting):
        with pytest.raises(NotFound):
            incidents.retry_job(lone_town.ctx, CAI, each)
        with pytest.raises(NotFound):
            incidents.drop_job(lone_town.ctx, CAI, each)
    assert [row["id"] for row in rows(lone_town, tables.job)] == waiting


def test_incidents_of_another_district_are_neither_listed_nor_counted(lone_town: Town) -> None:
    next_door = neighbour(lone_town)
    case = next_door.start("hold", mood="fail")
    assert [found.number for found in listed(next_door)] == [case.number]
    assert listed(lone_town) == ()
    assert pages.inbox(lone_town.ctx, CAI).incidents == 0
