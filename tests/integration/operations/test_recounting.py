"""A calendar that is mended moves what is still to come, case by case, and says so."""

from __future__ import annotations

from typing import Any

import pytest

from engine.clock import DAY, HOUR
from engine.definition.calendar.working import calendar_from
from engine.definition.values.moments import to_datetime
from engine.operations import cases, clockwork
from engine.operations.commands import recounting
from engine.operations.commands.recounting import moving, recount, recount_once
from engine.operations.content.adopt import adopt
from engine.operations.content.pack import Pack
from engine.operations.context import Caller
from engine.operations.districts import context
from engine.operations.reading import pages
from engine.store.schema import tables
from tests.integration.operations.looking import broken, everything, history, rows
from tests.town import CALENDAR, PACK, Town

#: Thursday and Friday, 11 and 12 June 2026, are off.
MENDED: dict[str, Any] = {**CALENDAR, "years": {"2026": {"holidays": {"停电": "06-11/06-12"}}}}


def mend(town: Town, calendar: dict[str, Any] = MENDED) -> None:
    processes = [town.system.definitions[key].process for key in town.system.definitions]
    town.ctx = adopt(town.system, Pack(PACK, (calendar,), tuple({p.name: p for p in processes}.values())), Caller("cai"))


def due(town: Town) -> list[str]:
    return [f"{to_datetime(row['due_at']):%m-%d %H:%M}" for row in rows(town, tables.task) if row["due_at"]]


def test_a_holiday_that_was_forgotten_moves_the_deadlines_and_the_history_says_so(town: Town) -> None:
    case = town.start("w1")
    assert due(town) == ["06-12 09:00"]
    would = list(moving(town.ctx, calendar_from(MENDED)))
    assert [(one.number, one.step_title.zh, f"{to_datetime(one.at):%m-%d %H:%M}") for one in would] == [
        (case.number, "审批", "06-16 09:00")
    ]
    assert due(town) == ["06-12 09:00"], "looking moves nothing"
    mend(town)
    assert due(town) == ["06-16 09:00"]
    said = [line.sentence.zh for line in pages.case(town.ctx, Caller("sun"), case.number).timeline]
    assert said[-1] == "因工作日历调整，“审批”的限时由6月12日09:00改为6月16日09:00"
    assert history(town, case)[-1]["command"] == "recount"
    clockwork.pass_time(town.ctx, town.clock, town.clock.at + 6 * DAY - HOUR)
    assert pages.case(town.ctx, Caller("sun"), case.number).status == "open"
    clockwork.pass_time(town.ctx, town.clock, town.clock.at + HOUR)
    assert pages.case(town.ctx, Caller("sun"), case.number).end == "refused"
    assert broken(town) == []


def test_a_calendar_that_gives_days_back_makes_nothing_due_earlier(town: Town) -> None:
    mend(town)
    town.start("w1")
    before = due(town)
    mend(town, CALENDAR)
    assert due(town) == before == ["06-16 09:00"]
    assert list(moving(town.ctx, calendar_from(CALENDAR))) == []


def test_counting_again_twice_and_under_the_same_calendar_writes_nothing(town: Town) -> None:
    town.start("w1")
    assert recount_once(town.ctx) == 0
    mend(town)
    before = everything(town)
    assert recount(town.ctx) == 0
    assert everything(town) == before


def test_who_was_stopped_in_the_middle_is_finished_by_the_worker(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    for _ in range(4):
        town.start("w1")
    done: list[str] = []

    def killed(ctx: Any, case_id: str) -> bool:
        if len(done) == 2:
            raise KeyboardInterrupt
        done.append(case_id)
        return real(ctx, case_id)

    real = recounting._recount
    with monkeypatch.context() as patch:
        patch.setattr(recounting, "_recount", killed)
        with pytest.raises(KeyboardInterrupt):
            mend(town)
    town.ctx = context(town.system, "town")
    assert sorted(due(town)) == ["06-12 09:00"] * 2 + ["06-16 09:00"] * 2
    assert recount_once(town.ctx) == 2
    assert set(due(town)) == {"06-16 09:00"}
    town.ctx = context(town.system, "town")
    before = everything(town)
    assert recount_once(town.ctx) == 0
    assert everything(town) == before
    assert broken(town) == []


def test_a_decision_from_before_the_change_is_taken_back_to_the_deadline_of_now(town: Town) -> None:
    case = town.start("hold")
    n = cases.open_serial(town.ctx, case.number, "ok")
    town.act(case, "ok", "agree", "sun")
    mend(town)
    cases.take_back(town.ctx, Caller("sun"), case.number, n)
    assert due(town)[-1] == "06-16 09:00"
    assert broken(town) == []


def test_after_days_without_a_worker_everybody_on_the_ladder_has_their_time(town: Town) -> None:
    town.publish("""
process: ladder
title: 逐级
fields: {why: {type: text, title: 事由}}
start: {who: role staff, fill: [why]}
steps:
- step: ok
  title: 审批
  ask: role head of start.unit
  due: {within: 1 workday, remind: [50%, 1 hour], late: [escalate role district_admin of start.unit, refuse after 2 workdays]}
  outcomes: {agree: next, refuse: {title: 不同意, then: end refused}}
ends: {done: {title: 办成}, refused: {title: 未成}}
""")
    case = cases.start(town.ctx, Caller("ann"), "ladder", {"why": "x"}, unit="a")
    town.clock.at += 13 * DAY
    clockwork.work_once(town.ctx)
    assert clockwork.ring(town.ctx) == 0
    assert [row.number for row in pages.inbox(town.ctx, Caller("cai")).rows] == [case.number]
    said = [line.sentence.zh for line in pages.case(town.ctx, Caller("ann"), case.number).timeline][-2:]
    assert said[-1].endswith("（系统没有按时运行，本应在6月11日09:00）")
    assert not any("提醒" in line for line in said)
    clockwork.pass_time(town.ctx, town.clock, town.clock.at + 2 * DAY - HOUR)
    assert pages.case(town.ctx, Caller("ann"), case.number).status == "open"
    clockwork.pass_time(town.ctx, town.clock, town.clock.at + HOUR)
    assert pages.case(town.ctx, Caller("ann"), case.number).end == "refused"
    assert broken(town) == []
