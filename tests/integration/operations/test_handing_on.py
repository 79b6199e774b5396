"""转办 in a district: what is offered is what is taken, an administrator answers requests, nobody is left without."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import replace

import pytest

from engine.clock import MINUTE
from engine.definition.district.model import BEYOND, Beyond, DistrictPack
from engine.errors import Conflict, Forbidden, Invalid, RongtongError
from engine.i18n import both
from engine.operations import cases, clockwork, incidents, notices
from engine.operations.commands.rechecking import recheck
from engine.operations.content.adopt import adopt
from engine.operations.content.pack import Pack
from engine.operations.context import ENGINE, Caller, Context
from engine.operations.reading import pages
from engine.operations.reading.form_views import Option
from engine.operations.reading.inbox import inbox
from engine.store.schema import tables
from tests.integration.operations.looking import broken, everything, history, rows, watching
from tests.town import CALENDAR, GRANTS, PERSONS, UNITS, Town

BO, CAI = Caller("bo"), Caller("cai")
#: Whoever the form names acts, then the applicant.
PERSONAL = """
process: personal
title: 经办
fields: {why: {type: text, title: 事由}, who: {type: person, title: 经办}}
start: {who: role staff, for: applicant, fill: [why, who]}
steps:
- {step: ok, title: 经办, ask: person who, outcomes: {agree: next}}
- {step: rate, title: 评价, ask: applicant, outcomes: {rated: next, revise: {then: back start, at_most: 1}}}
ends: {done: {title: 办成}}
"""


def without(town: Town, *gone: str) -> Town:
    """The town after a pack that no longer names these persons."""
    persons = tuple(person for person in PERSONS if person.id not in gone)
    grants = tuple(grant for grant in GRANTS if grant.person not in gone)
    pack = DistrictPack("town", both("小城"), both("小城"), plugins={"desk": {}}, units=UNITS, persons=persons,
                        grants=grants, file="town.yaml")  # fmt: skip
    return replace(town, ctx=adopt(town.system, Pack(pack, (CALENDAR,)), ENGINE))


def receivers(ctx: Context, caller: Caller, number: str, n: int) -> tuple[Option, ...] | None:
    """Whom the page of a task offers to hand it to."""
    return pages.task(ctx, caller, number, n).receivers


@pytest.mark.parametrize("beyond", BEYOND)
def test_what_is_offered_is_taken_and_what_is_not_is_refused(lone_town: Town, beyond: Beyond) -> None:
    ctx = lone_town.handing(beyond)
    case = lone_town.start("w1", by="bea", unit="b")
    n = cases.open_serial(ctx, case.number, "ok")
    offered = {option.id for option in receivers(ctx, BO, case.number, n) or ()}
    assert offered == set() or beyond != "refuse", "the only other head has started it"
    for person in (*(row.id for row in PERSONS), "", "ghost"):
        before = everything(lone_town)
        try:
            cases.transfer(ctx, BO, case.number, n, person, note="出差")
        except RongtongError:
            assert person not in offered
            assert everything(lone_town) == before
            continue
        if beyond == "consent":
            cases.answer_transfer(ctx, CAI, case.number, n, False)
        else:
            cases.take_back(ctx, BO, case.number, n)
            n = cases.open_serial(ctx, case.number, "ok")


def test_a_colleague_in_the_role_is_offered_by_name_and_unit(lone_town: Town) -> None:
    case = lone_town.start("w1", by="ann", unit="a")
    assert receivers(lone_town.ctx, Caller("sun"), case.number, case.opened[0]) == ()
    case = cases.start(lone_town.ctx, Caller("bea"), "hold", {"seat": "2"}, unit="b")
    lone_town.publish(PERSONAL.replace("person who", "role head of start.unit"))
    case = cases.start(lone_town.ctx, Caller("bea"), "personal", {"why": "x", "who": "bo"}, unit="b")
    offered = receivers(lone_town.ctx, BO, case.number, case.opened[0])
    assert [words.zh for _, words in offered] == ["毕云（乙社区）"]
    assert receivers(lone_town.ctx, CAI, case.number, case.opened[0]) is None, "it is not in their hands"


def test_a_request_is_on_the_administrator_s_list_until_it_is_answered(town: Town) -> None:
    ctx = town.handing("consent")
    case = town.start("w1")
    cases.transfer(ctx, Caller("sun"), case.number, case.opened[0], "bo", note="出差一周")
    (waiting,) = incidents.incidents(ctx, CAI)
    assert (waiting.kind, waiting.id) == ("consent", f"{case.number}.{case.opened[0]}")
    assert waiting.sentence.zh == "孙立申请把“审批”转给乙社区薄霜：出差一周"
    assert incidents.waiting(ctx, CAI) == 1
    with pytest.raises(Forbidden):
        cases.answer_transfer(ctx, Caller("sun"), case.number, case.opened[0], True)
    cases.answer_transfer(ctx, CAI, case.number, case.opened[0], True)
    assert incidents.incidents(ctx, CAI) == ()
    assert [row.number for row in inbox(ctx, BO, "mine").rows] == [case.number]
    with pytest.raises(Conflict):
        cases.answer_transfer(ctx, CAI, case.number, case.opened[0], True)
    town.clock.advance(2 * MINUTE)
    clockwork.work_once(ctx)
    assert [n.text.zh for n in notices.mine(ctx, CAI)] == [f"{case.number} 1 · 人数3：“审批”有人申请转办，请答复"]
    assert [n.text.zh for n in notices.mine(ctx, BO)] == [f"{case.number} 1 · 人数3：“审批”转给你办理"]
    town.act(case, "ok", "agree", "bo")
    assert broken(town) == []
    assert [row["command"] for row in history(town, case)] == ["start", "transfer", "answer_transfer", "act"]


def test_many_requests_are_read_in_as_many_statements_as_few_and_without_a_history(town: Town) -> None:
    ctx, read = town.handing("consent"), []
    for count in range(1, 4):
        case = town.start("w1")
        for note, answer in (("先问问", False), (f"出差{count}", None)):
            cases.transfer(ctx, Caller("sun"), case.number, case.opened[0], "bo", note=note)
            if answer is not None:
                cases.answer_transfer(ctx, CAI, case.number, case.opened[0], answer)
        with watching(town) as watch:
            found = incidents.incidents(ctx, CAI)
        assert {one.sentence.zh.rpartition("：")[2] for one in found} == {f"出差{i + 1}" for i in range(count)}
        read.append(Counter(table for sql in watch.statements for table in re.findall(r"FROM (journal|case_data)", sql)))
    assert read == [Counter(journal=1, case_data=1)] * 3


def test_a_declined_request_is_told_to_who_asked(town: Town) -> None:
    ctx = town.handing("consent")
    case = town.start("w1")
    cases.transfer(ctx, Caller("sun"), case.number, case.opened[0], "bo", note="出差")
    cases.answer_transfer(ctx, CAI, case.number, case.opened[0], False, note="请本人办")
    town.clock.advance(2 * MINUTE)
    clockwork.work_once(ctx)
    assert [n.text.zh for n in notices.mine(ctx, Caller("sun"))] == [f"{case.number} 1 · 人数3：“审批”转办没有获准，仍由你办理"]
    lines = [(line.sentence.zh, line.quote) for line in pages.case(ctx, Caller("sun"), case.number).timeline]
    assert ("蔡𬭎没有同意把“审批”转给薄霜", "请本人办") in lines
    assert broken(town) == []


def test_what_was_handed_on_is_taken_back_and_nobody_is_told(town: Town) -> None:
    case = town.start("w1")
    ctx = town.handing("reason")
    cases.transfer(ctx, Caller("sun"), case.number, case.opened[0], "bo", note="出差")
    offer = pages.case(ctx, Caller("sun"), case.number).take_back
    assert offer is not None and offer.sentence.zh == "你刚把“审批”转了出去，对方还没有办，可以撤回。"
    cases.take_back(ctx, Caller("sun"), case.number, offer.n)
    town.clock.advance(2 * MINUTE)
    clockwork.work_once(ctx)
    assert notices.mine(ctx, BO) == ()
    town.act(case, "ok", "agree", "sun")
    assert broken(town) == []


# -- whoever left ------------------------------------------------------------------------------


def test_tasks_of_who_left_go_to_the_administrator_who_sees_them_and_is_told(town: Town) -> None:
    town.publish(PERSONAL)
    asked = cases.start(town.ctx, Caller("ann"), "personal", {"why": "1", "who": "bo"}, unit="a")
    rating = cases.start(town.ctx, Caller("ann"), "personal", {"why": "2", "who": "bea"}, unit="a")
    town.act(rating, "ok", "agree", "bea")
    town = without(town, "bo", "ann")
    found = {row["step"]: (row["audience"], row["wants"]) for row in rows(town, tables.task) if row["status"] == "open"}
    assert found == {"ok": ("role:district_admin@c", "nobody"), "rate": ("role:district_admin@c", "nobody")}
    assert {row.number for row in inbox(town.ctx, CAI, "mine").rows} == {asked.number, rating.number}
    listed = incidents.incidents(town.ctx, CAI)
    assert [incident.kind for incident in listed] == ["nobody", "nobody"]
    assert listed[0].sentence.zh == "“经办”没有人可办，请办理，或转给能办的人。"
    clockwork.work_once(town.ctx)
    assert len(notices.mine(town.ctx, CAI)) == 2
    assert recheck(town.ctx) == 0, "what lies with the administrator is looked at and left"
    cases.transfer(town.ctx, CAI, asked.number, cases.open_serial(town.ctx, asked.number, "ok"), "sun", note="代办")
    assert [incident.number for incident in incidents.incidents(town.ctx, CAI)] == [rating.number]
    town.act(asked, "ok", "agree", "sun")
    town.act(rating, "rate", "rated", "cai")
    assert broken(town) == []


def test_a_form_given_back_to_who_left_is_the_administrator_s(town: Town) -> None:
    town.publish(PERSONAL)
    case = cases.start(town.ctx, Caller("bea"), "personal", {"why": "1", "who": "bo"}, unit="b", for_person="ann")
    town.act(case, "ok", "agree", "bo")
    town.act(case, "rate", "revise", "ann")
    town = without(town, "ann", "bea")
    assert [row.step for row in inbox(town.ctx, CAI, "mine").rows] == ["start"]
    with pytest.raises(Invalid):
        town.act(case, "start", "submit", "cai", fill={"why": "1", "who": "bea"})
    town.act(case, "start", "submit", "cai", fill={"why": "1", "who": "bo"})
    assert broken(town) == []
