"""Who comes too late is told which of the three it was: another window, a colleague, or a case that moved."""

from __future__ import annotations

import pytest

from engine.clock import DAY, HOUR, MINUTE
from engine.errors import Conflict
from engine.operations import cases, clockwork
from engine.operations.context import Caller
from engine.operations.reading import pages
from engine.operations.reading.views import Receipt
from tests.integration.operations.looking import everything
from tests.town import Town

#: Two heads may decide; a form with a field that one party alone may read.
TALK = """
process: talk
title: 议事
fields:
  people: {type: integer, title: 人数}
  secret: {type: text, title: 内情, see: [host], optional: 是}
  phone:  {type: phone, title: 电话, sensitive: 是, optional: 是}
parties: {host: {unit: start.unit, title: 主办}}
start: {who: role staff, fill: [people, secret, phone]}
steps:
- step: pair
  parallel:
    one:
    - step: ok
      title: 审批
      ask: [role head of start.unit, role district_admin of start.unit]
      outcomes: {agree: {title: 同意, then: next}, refuse: {title: 不同意, then: end refused}}
    two:
    - step: edit
      title: 更正
      ask: role staff of start.unit
      fill: [people, secret, phone]
      outcomes: {put: {title: 改好, then: stay}, over: {title: 收尾, then: next}}
  outcomes: {met: next}
ends: {done: {title: 办成}, refused: {title: 未成}}
"""
FORM = {"people": 50, "secret": "甲", "phone": "13800002222"}


@pytest.fixture
def case(town: Town) -> Receipt:
    """A case of unit b: Bo and Bea, both heads, and Cai may decide, Bea may correct."""
    town.publish(TALK)
    return cases.start(town.ctx, Caller("bea"), "talk", FORM, unit="b")


def too_late(town: Town, case: Receipt, who: str, n: int, **more: object) -> Conflict:
    """The refusal of a press, which changes nothing."""
    before = everything(town)
    with pytest.raises(Conflict) as refusal:
        cases.act(town.ctx, Caller(who), case.number, n, "agree", **more)  # type: ignore[arg-type]
    assert everything(town) == before
    return refusal.value


def open_task(town: Town, case: Receipt, step: str = "ok") -> int:
    """The serial of an open step."""
    return cases.open_serial(town.ctx, case.number, step, Caller("bo"))


def test_who_decides_on_an_old_form_what_is_closed_is_told_that_it_is_closed(town: Town, case: Receipt) -> None:
    n = open_task(town, case)
    town.act(case, "edit", "put", "bea", fill={**FORM, "people": 80})
    assert too_late(town, case, "bo", n, seen_version=case.version).code == "form_changed"
    cases.act(town.ctx, Caller("bea"), case.number, n, "agree")
    late = too_late(town, case, "bo", n, seen_version=case.version)
    assert (late.code, late.details["actor"]) == ("task_closed", "bea")


def test_you_did_it_in_another_window(town: Town, case: Receipt) -> None:
    n = open_task(town, case)
    town.clock.advance(102 * MINUTE)
    cases.act(town.ctx, Caller("bo"), case.number, n, "agree")
    late = too_late(town, case, "bo", n)
    assert late.text.zh == "此件你已在另一窗口办理（10:42，同意）。"
    assert (late.details["actor"], late.details["outcome"]) == ("bo", "agree")


def test_a_colleague_did_it(town: Town, case: Receipt) -> None:
    n = open_task(town, case)
    town.clock.advance(102 * MINUTE)
    cases.act(town.ctx, Caller("bo"), case.number, n, "agree")
    assert too_late(town, case, "bea", n).text.zh == "薄霜已于10:42办理此件，结果是同意。不用再办。"
    town.clock.advance(DAY)
    assert too_late(town, case, "bea", n).text.zh == "薄霜已于6月10日10:42办理此件，结果是同意。不用再办。"


def test_the_case_ended_with_it(town: Town, case: Receipt) -> None:
    n = open_task(town, case)
    cases.act(town.ctx, Caller("bo"), case.number, n, "refuse")
    assert too_late(town, case, "bea", n).text.zh == "薄霜已于09:00办理此件，结果是不同意。不用再办。"


def test_the_case_moved_by_what_somebody_did_elsewhere_on_it(town: Town) -> None:
    case = town.start("hold")
    n = cases.open_serial(town.ctx, case.number, "ok")
    town.clock.advance(HOUR)
    whole = cases.open_serial(town.ctx, case.number, "whole")
    cases.act(town.ctx, Caller("ann"), case.number, whole, "withdraw")
    said = too_late(town, case, "sun", n).text.zh
    assert said == "此件已有变动：10:00 安宁在“whole”撤回，这个环节不用再办。"


def test_the_case_moved_because_it_was_cancelled(town: Town) -> None:
    case = town.start("hold")
    n = cases.open_serial(town.ctx, case.number, "ok")
    cases.cancel(town.ctx, Caller("cai"), case.number, "座位停用")
    said = too_late(town, case, "sun", n).text.zh
    assert said == "此件已有变动：09:00 蔡𬭎取消了整个办件，这个环节不用再办。"


def test_the_clock_did_it(town: Town) -> None:
    case = town.start("w1")
    n = case.opened[0]
    clockwork.pass_time(town.ctx, town.clock, town.clock.at + 3 * DAY)
    assert too_late(town, case, "sun", n).text.zh == (
        "此件到期没有人办，系统已于6月12日09:00按规定办理，结果是不同意。不用再办。"
    )


def test_a_colleague_has_claimed_it_with_name_and_hour(town: Town, case: Receipt) -> None:
    n = open_task(town, case)
    town.clock.advance(102 * MINUTE)
    cases.claim(town.ctx, Caller("bo"), case.number, n)
    wanted = "薄霜已于10:42认领此件。需要的话，请薄霜放回。"
    assert too_late(town, case, "bea", n).text.zh == wanted
    for verb in (
        lambda: cases.claim(town.ctx, Caller("bea"), case.number, n),
        lambda: cases.act(town.ctx, Caller("bea"), case.number, n, "refuse"),
    ):
        with pytest.raises(Conflict) as refusal:
            verb()
        assert refusal.value.text.zh == wanted


def test_claiming_what_is_done_says_who_did_it(town: Town, case: Receipt) -> None:
    n = open_task(town, case)
    cases.act(town.ctx, Caller("bo"), case.number, n, "agree")
    with pytest.raises(Conflict) as refusal:
        cases.claim(town.ctx, Caller("bea"), case.number, n)
    assert refusal.value.text.zh == "薄霜已于09:00办理此件，结果是同意。不用再办。"


def test_a_form_that_changed_says_who_changed_what_from_and_to(town: Town, case: Receipt) -> None:
    n = open_task(town, case)
    edit = cases.open_serial(town.ctx, case.number, "edit")
    cases.act(town.ctx, Caller("bea"), case.number, edit, "put", fill={**FORM, "people": 60})
    cases.act(town.ctx, Caller("bea"), case.number, edit, "put", fill={**FORM, "people": 80, "secret": "乙"})
    late = too_late(town, case, "bo", n, seen_version=case.version)
    assert late.code == "form_changed"
    assert late.text.zh == (
        "你打开后，乙社区把人数从50改为80，乙社区把内情从甲改为乙。看过后再决定，你写的意见还在。"
    )
    assert late.text.en.startswith("After you opened this, 乙社区 changed 人数 from 50 to 80")


def test_a_change_of_what_the_reader_may_not_see_is_neither_told_nor_in_the_way(town: Town, case: Receipt) -> None:
    edit = cases.open_serial(town.ctx, case.number, "edit")
    cases.act(town.ctx, Caller("bea"), case.number, edit, "put", fill={**FORM, "secret": "乙"})
    n = cases.open_serial(town.ctx, case.number, "ok", Caller("cai"))
    assert cases.act(town.ctx, Caller("cai"), case.number, n, "agree", seen_version=case.version).version == 3


def test_a_sensitive_value_stays_masked(town: Town, case: Receipt) -> None:
    edit = cases.open_serial(town.ctx, case.number, "edit")
    cases.act(town.ctx, Caller("bea"), case.number, edit, "put", fill={**FORM, "phone": "13900003333"})
    late = too_late(town, case, "bo", open_task(town, case), seen_version=case.version)
    assert "乙社区把电话从138*****222改为139*****333" in late.text.zh


def test_one_s_own_change_and_one_taken_back_are_no_news(town: Town, case: Receipt) -> None:
    edit = cases.open_serial(town.ctx, case.number, "edit")
    cases.act(town.ctx, Caller("bea"), case.number, edit, "put", fill={**FORM, "people": 60})
    cases.act(town.ctx, Caller("bea"), case.number, edit, "put", fill=FORM)
    n = open_task(town, case)
    assert cases.act(town.ctx, Caller("bo"), case.number, n, "agree", seen_version=case.version).status == "open"


def put(town: Town, case: Receipt, people: int) -> int:
    """Bea fills in another number of people; the task by which she did."""
    edit = cases.open_serial(town.ctx, case.number, "edit")
    cases.act(town.ctx, Caller("bea"), case.number, edit, "put", fill={**FORM, "people": people})
    return edit


def version(town: Town, case: Receipt) -> int:
    return pages.case(town.ctx, Caller("bo"), case.number).version


def test_a_change_that_was_taken_back_is_news_to_who_saw_it_and_to_nobody_else(town: Town, case: Receipt) -> None:
    edit = put(town, case, 80)
    had_80 = version(town, case)
    cases.take_back(town.ctx, Caller("bea"), case.number, edit)
    n = open_task(town, case)
    assert "把人数从80改为50" in too_late(town, case, "bo", n, seen_version=had_80).text.zh
    assert cases.act(town.ctx, Caller("bo"), case.number, n, "agree", seen_version=case.version).status == "open"


def test_who_took_back_knows_it(town: Town, case: Receipt) -> None:
    edit = put(town, case, 80)
    had_80 = version(town, case)
    cases.take_back(town.ctx, Caller("bea"), case.number, edit)
    n = open_task(town, case)
    assert cases.act(town.ctx, Caller("bea"), case.number, n, "agree", seen_version=had_80).status == "open"


def test_the_page_says_what_stood_before_the_last_change_whichever_way_it_was_made(town: Town, case: Receipt) -> None:
    def before() -> str:
        facts = pages.case(town.ctx, Caller("bo"), case.number).facts
        return next(str(fact.was and fact.was.zh) for fact in facts if fact.name == "people")

    cases.take_back(town.ctx, Caller("bea"), case.number, put(town, case, 80))
    assert before() == "80"
    put(town, case, 60)
    assert before() == "50"
