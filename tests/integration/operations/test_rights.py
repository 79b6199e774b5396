"""Who may do what to a case, and what a refusal gives away."""

from __future__ import annotations

import pytest

from engine.clock import DAY, MINUTE
from engine.errors import Conflict, Forbidden, Invalid, NotFound, RongtongError
from engine.operations import cases, clockwork
from engine.operations.context import Caller
from engine.operations.reading import pages
from engine.store.schema import tables
from tests.integration.operations.looking import broken, rows
from tests.town import W1, Town

FORM = {"seat": "1", "people": 1, "why": "x"}
UP = """
process: up
title: 升
fields: {seat: {type: text, title: 座位}}
start: {who: role staff, fill: [seat]}
steps:
- step: ok
  ask: role head of start.unit
  due: {within: 2 hours, late: [escalate role district_admin of start.unit]}
  outcomes: {yes: next}
ends: {done: {title: 办成}}
"""
BOTH = """
process: both
title: 两路
fields: {seat: {type: text, title: 座位}, said: {type: text, title: 话, optional: 是}}
start: {who: role staff, fill: [seat]}
steps:
- step: pair
  parallel:
    one:
    - {step: x, ask: role head of start.unit, outcomes: {yes: next}}
    two:
    - {step: y, ask: role staff of start.unit, outcomes: {yes: next}}
  outcomes: {met: next}
- {step: end_it, ask: role head of start.unit, outcomes: {ok: {then: next, set: {said: =x.opinion}}}}
ends: {done: {title: 办成}}
"""


@pytest.mark.parametrize(("unit", "refusal"), [("b", Forbidden), ("", Forbidden), ("nowhere", Invalid)])
def test_nobody_starts_in_a_unit_that_is_not_theirs(lone_town: Town, unit: str, refusal: type[Exception]) -> None:
    lone_town.publish(W1.replace("who: role staff", "who: anyone"))
    with pytest.raises(refusal):
        cases.start(lone_town.ctx, Caller("ann"), "w1", FORM, unit=unit)
    assert rows(lone_town, tables.cases) == []


def test_a_case_is_for_somebody_who_is_there(lone_town: Town) -> None:
    with pytest.raises(Invalid) as refusal:
        cases.start(lone_town.ctx, Caller("ann"), "w1", FORM, unit="a", for_person="ghost")
    assert [problem.path for problem in refusal.value.problems] == ["for"]


def test_a_task_is_handed_to_somebody_who_is_there(lone_town: Town) -> None:
    case = lone_town.start("w1")
    n = cases.open_serial(lone_town.ctx, case.number, "ok")
    with pytest.raises(Invalid):
        cases.transfer(lone_town.ctx, Caller("sun"), case.number, n, "ghost")
    cases.transfer(lone_town.handing("reason"), Caller("sun"), case.number, n, "bo", note="出差")
    assert broken(lone_town) == []


@pytest.mark.parametrize("verb", ["act", "claim", "transfer", "take_back"])
def test_a_refusal_says_nothing_of_a_case_one_may_not_see(lone_town: Town, verb: str) -> None:
    case = lone_town.start("w1", by="bea", unit="b")
    n = cases.open_serial(lone_town.ctx, case.number, "ok")
    ann = Caller("ann")
    with pytest.raises(NotFound) as refusal:
        match verb:
            case "act":
                cases.act(lone_town.ctx, ann, case.number, n, "agree")
            case "claim":
                cases.claim(lone_town.ctx, ann, case.number, n)
            case "transfer":
                cases.transfer(lone_town.ctx, ann, case.number, n, "ann")
            case "take_back":
                cases.take_back(lone_town.ctx, ann, case.number, n)
    assert refusal.value.code == "no_case"


def test_whoever_had_a_task_keeps_reading(lone_town: Town) -> None:
    lone_town.publish(UP)
    escalated = cases.start(lone_town.ctx, Caller("ann"), "up", {"seat": "1"}, unit="a")
    clockwork.pass_time(lone_town.ctx, lone_town.clock, lone_town.clock.at + DAY)
    handed_on = lone_town.start("w1")
    n = cases.open_serial(lone_town.ctx, handed_on.number, "ok")
    cases.transfer(lone_town.handing("reason"), Caller("sun"), handed_on.number, n, "bo", note="出差")
    for case in (escalated, handed_on):
        assert pages.case(lone_town.ctx, Caller("sun"), case.number).number == case.number
        with pytest.raises(NotFound):
            pages.case(lone_town.ctx, Caller("bea"), case.number)


def test_who_is_kept_away_by_four_eyes_sees_no_press(lone_town: Town) -> None:
    case = lone_town.start("w1", by="bea", unit="b")
    n = cases.open_serial(lone_town.ctx, case.number, "ok")
    assert not pages.task(lone_town.ctx, Caller("bea"), case.number, n).can_act
    assert pages.task(lone_town.ctx, Caller("bo"), case.number, n).can_act


def test_an_opinion_beside_is_no_change_of_the_form(lone_town: Town) -> None:
    lone_town.publish(BOTH)
    case = cases.start(lone_town.ctx, Caller("ann"), "both", {"seat": "1"}, unit="a")
    lone_town.act(case, "x", "yes", "sun", opinion="好")
    assert lone_town.act(case, "y", "yes", "ann", seen_version=1).version == 3


def test_a_failed_step_calls_the_administrator(lone_town: Town) -> None:
    lone_town.start("hold", mood="fail")
    clockwork.pass_time(lone_town.ctx, lone_town.clock, lone_town.clock.at + MINUTE)
    assert [(row["person"], row["kind"]) for row in rows(lone_town, tables.notice)] == [("cai", "taking:incident")]


KEEPER = """
process: kept
title: 保管
uses: [desk]
fields: {seat: {type: text, title: 座位}}
start: {who: role staff, fill: [seat]}
steps: [{step: ok, ask: desk.keeper(seat), not: [start], outcomes: {yes: next}}]
ends: {done: {title: 办成}}
"""


@pytest.mark.parametrize(
    ("named", "asked"),
    [("user:bo", "user:bo"), ("role:head@b", "role:head@b"), ("role:staff@b", "role:district_admin@c"),
     ("bo", None)],
    ids=["a person", "a role", "a role only the excluded has", "no audience, which is the plugin's fault"],
)  # fmt: skip
def test_whom_a_plugin_names_is_asked_where_somebody_may_answer(
    lone_town: Town, named: str, asked: str | None
) -> None:
    lone_town.publish(KEEPER)
    cases.start(lone_town.ctx, Caller("bea"), "kept", {"seat": named}, unit="b")
    assert [row["audience"] for row in rows(lone_town, tables.task)] == [asked]
    assert broken(lone_town) == []


@pytest.mark.parametrize("n", [2**63, -(2**70)])
def test_a_task_number_beyond_all_bounds_is_no_task(lone_town: Town, n: int) -> None:
    case = lone_town.start("w1")
    with pytest.raises(Conflict):
        cases.act(lone_town.ctx, Caller("sun"), case.number, n, "agree")
    with pytest.raises(RongtongError):
        pages.task(lone_town.ctx, Caller("sun"), case.number, n)


WHERE = """
process: where
title: 去处
fields: {u: {type: unit, title: 去哪}, p: {type: person, title: 找谁}}
start: {who: role staff, fill: [u, p]}
steps:
- {step: ok, ask: role head of u, outcomes: {yes: next}}
- {step: then, ask: person p, outcomes: {yes: next}}
ends: {done: {title: 办成}}
"""


def test_a_form_names_only_units_and_persons_of_the_district(lone_town: Town) -> None:
    lone_town.publish(WHERE)
    with pytest.raises(Invalid) as refusal:
        cases.start(lone_town.ctx, Caller("ann"), "where", {"u": "elsewhere", "p": "ghost"}, unit="a")
    assert [(p.code, p.path) for p in refusal.value.problems] == [("field-reference", "u"), ("field-reference", "p")]
    assert rows(lone_town, tables.cases) == []
    assert cases.start(lone_town.ctx, Caller("ann"), "where", {"u": "b", "p": "bo"}, unit="a").status == "open"
