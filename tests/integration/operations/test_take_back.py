"""拿回 through the whole shell: what the decision closed is open again, what it told is not sent."""

from __future__ import annotations

import pytest

from engine.clock import DAY, MINUTE
from engine.errors import Conflict
from engine.i18n import both
from engine.operations import cases, clockwork
from engine.operations.context import Caller
from engine.operations.reading.views import Receipt
from engine.runtime.state import nodes
from engine.store import jobs
from engine.store.schema import tables
from tests.integration.operations.looking import broken, case_of, rows
from tests.town import Town

PAIR = """
process: pair
title: 并办
uses: [desk]
fields:
  seat: {{type: text, title: 座位}}
start: {{who: role staff, fill: [seat]}}
steps:
- step: whole
  due: {{within: 5 days, late: [over]}}
  stage:
  - step: both
    need: {need}
    parallel:
      one:
      - step: x
        ask: role head of start.unit
        outcomes: {{yes: {{then: next, tell: applicant}}, talk: stay}}
      two:
      - {{step: y, ask: role staff of start.unit, outcomes: {{yes: next}}}}
    outcomes: {{met: next}}
  outcomes: {{done: next, over: {{by: clock, then: end left}}}}
- {{step: after, ask: role head of start.unit, outcomes: {{fine: next}}}}
ends: {{done: {{title: 办成}}, left: {{title: 放下}}}}
"""


def _begun(town: Town, need: str) -> Receipt:
    town.publish(PAIR.format(need=need))
    return cases.start(town.ctx, Caller("ann"), "pair", {"seat": "1"}, unit="a")


def _take_back(town: Town, case: Receipt, by: str) -> Receipt:
    n = cases.last_decision(town.ctx, Caller(by), case.number)
    return cases.take_back(town.ctx, Caller(by), case.number, n)


def _open(town: Town, case: Receipt) -> list[str]:
    return [node["s"] for node in nodes(case_of(town, case).state["root"]) if node["k"] == "ask"]


def test_what_the_decision_closed_beside_it_is_open_again(town: Town) -> None:
    case = _begun(town, "any")
    before = {row["n"]: row for row in rows(town, tables.task)}
    claimed = cases.open_serial(town.ctx, case.number, "y")
    cases.claim(town.ctx, Caller("ann"), case.number, claimed)
    town.act(case, "x", "yes", "sun")
    assert _open(town, case) == ["after"]
    receipt = _take_back(town, case, "sun")
    assert _open(town, case) == ["x", "y"]
    assert claimed in receipt.opened
    again = {row["n"]: row for row in rows(town, tables.task)}[claimed]
    assert again == {**before[claimed], "assignee": "ann"}
    clock = next(n for n, row in before.items() if row["status"] == "timer")
    assert {row["n"]: row for row in rows(town, tables.task)}[clock] == before[clock]
    town.act(case, "y", "yes", "ann")
    assert town.act(case, "after", "fine", "sun").end == "done"
    assert broken(town) == []


def test_only_the_last_word_at_a_seat_is_taken_back(town: Town) -> None:
    case = _begun(town, "all")
    n = cases.open_serial(town.ctx, case.number, "x")
    cases.act(town.ctx, Caller("sun"), case.number, n, "talk")
    town.act(case, "y", "yes", "ann")
    cases.act(town.ctx, Caller("sun"), case.number, n, "yes")
    _take_back(town, case, "sun")
    assert _open(town, case) == ["x"], "what a colleague decided in between stands"
    assert broken(town) == []


def test_who_took_a_decision_back_is_told_that_whatever_they_press_again(town: Town) -> None:
    case = _begun(town, "all")
    n = cases.open_serial(town.ctx, case.number, "x")
    cases.act(town.ctx, Caller("sun"), case.number, n, "yes")
    _take_back(town, case, "sun")
    with pytest.raises(Conflict) as again:
        cases.take_back(town.ctx, Caller("sun"), case.number, n)
    assert (again.value.code, again.value.text.zh) == ("taken_back", "这一步你已经撤回了，请从待办里重新办理。")
    with pytest.raises(Conflict) as acted:
        cases.act(town.ctx, Caller("sun"), case.number, n, "yes")
    assert acted.value.text.zh == "你已于09:00撤回这一步。它重新等人办，从待办里打开新的那一件。"
    with pytest.raises(Conflict) as other:
        cases.act(town.ctx, Caller("ann"), case.number, n, "yes")
    assert other.value.text.zh.endswith("已于09:00撤回这一步。它重新等人办，从待办里打开新的那一件。")
    assert not other.value.text.zh.startswith("你")
    town.act(case, "x", "yes", "sun")
    with pytest.raises(Conflict) as later:
        cases.take_back(town.ctx, Caller("ann"), case.number, n)
    assert later.value.code == "cannot_take_back", "it was not theirs"


@pytest.mark.parametrize("tried", [False, True])
def test_what_a_decision_told_is_not_sent_once_it_is_taken_back(town: Town, tried: bool) -> None:
    case = _begun(town, "all")
    town.act(case, "x", "yes", "sun")
    if tried:
        town.clock.at += MINUTE
        now, wall = town.clock.at, town.clock.wall()
        job = town.ctx.runner.run(
            lambda tx: jobs.claim(tx, town.ctx.id, outbound=False, now=now, wall=wall, lease=MINUTE)
        )
        assert job is not None
        town.ctx.runner.run(lambda tx: jobs.fail(tx, job, now=now, error=both("mail")))
    _take_back(town, case, "sun")
    clockwork.pass_time(town.ctx, town.clock, town.clock.at + 9 * MINUTE)
    assert rows(town, tables.notice) == []


def test_a_task_that_the_clock_took_says_so_and_to_whom_it_came_too_late(town: Town) -> None:
    case = town.start("w1")
    n = cases.open_serial(town.ctx, case.number, "ok")
    clockwork.pass_time(town.ctx, town.clock, town.clock.at + 5 * DAY)
    closed = next(row for row in rows(town, tables.task) if row["n"] == n)
    assert (closed["status"], closed["outcome"], closed["actor"]) == ("done", "refuse", None)
    with pytest.raises(Conflict) as refusal:
        cases.act(town.ctx, Caller("sun"), case.number, n, "agree")
    assert "到期" in refusal.value.text.zh and "不同意" in refusal.value.text.zh
    assert broken(town) == []


def test_a_reminder_is_heard_by_whoever_has_the_task(town: Town) -> None:
    case = town.start("hold")
    clockwork.pass_time(town.ctx, town.clock, town.clock.at + 30 * 60 * MINUTE)
    told = [(row["person"], row["zh"]) for row in rows(town, tables.notice)]
    assert told == [("sun", f"{case.number} 1：“审批”还没有办，快到期限")]
