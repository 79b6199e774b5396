"""Whatever is pressed beside a decision, done or refused, nothing that was typed on the page is lost."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from html import unescape

import pytest
from werkzeug.datastructures import MultiDict

from engine.operations import cases
from engine.operations.context import Caller
from engine.operations.reading import pages as reading
from engine.operations.reading.views import Receipt
from tests.integration.operations.looking import watching
from tests.integration.web.conftest import Window
from tests.integration.web.sending import forms_on
from tests.integration.web.test_pages import turns
from tests.town import Town

#: Where the words of a verb are written.
WORDS = {"comment": "text.comment", "transfer": "note.transfer", "cancel": "reason.cancel"}
OpenWindow = Callable[[str], Window]
#: A step with fields of its own and of its presses, in a stage that its reader may leave in two ways, as may another.
DESK = """
process: counter
title: 柜台
fields:
  what:  {type: text, title: 事由}
  phone: {type: phone, title: 电话, sensitive: 是}
  size:  {type: integer, title: 大小, optional: 是}
  why:   {type: text, title: 缘由, optional: 是}
  date:  {type: period, title: 时段, optional: 是}
start: {who: role staff, fill: [what, phone, size]}
steps:
- step: inner
  stage:
  - step: ok
    title: 审批
    ask: role head of start.unit
    fill: [size]
    outcomes:
      agree:  {title: 同意, then: next}
      refuse: {title: 不同意, opinion: must, fill: [why, date], then: end no}
  outcomes:
    done: next
    stop: {title: 叫停, by: role head of start.unit, opinion: must, fill: [why], then: end no}
    drop: {title: 作罢, by: role head of start.unit, opinion: may, then: end no}
ends: {done: {title: 办成}, no: {title: 未成}}
"""
#: Two branches, each of which may be left in a way of the same name.
TWO = """
process: two
title: 两路
fields: {what: {type: text, title: 事由}}
start: {who: role staff, fill: [what]}
steps:
- step: both
  parallel:
    one:
    - step: first
      title: 第一路
      stage: [{step: ok, ask: role head of start.unit, outcomes: {agree: next}}]
      outcomes: {done: next, stop: {title: 叫停, by: role head of start.unit, opinion: must, then: end no}}
    two:
    - step: second
      title: 第二路
      stage: [{step: ok2, ask: role head of start.unit, outcomes: {agree: next}}]
      outcomes: {done: next, stop: {title: 叫停, by: role head of start.unit, opinion: must, then: end no}}
  outcomes: {met: next}
ends: {done: {title: 办成}, no: {title: 未成}}
"""


@pytest.fixture
def case(town: Town) -> Receipt:
    town.publish(DESK)
    return cases.start(town.ctx, Caller("bea"), "counter", {"what": "事", "phone": "13911112222", "size": 2}, unit="b")


def pages(town: Town, case: Receipt) -> tuple[str, str]:
    """The page of the task and that of the case."""
    n = cases.open_serial(town.ctx, case.number, "ok")
    return f"/town/tasks/{case.number}.{n}", f"/town/cases/{case.number}"


def boxes(sent: MultiDict[str, str]) -> Iterator[str]:
    """The inputs of a form in which somebody writes words."""
    return (name for name in sent if name.startswith((*WORDS.values(), "opinion.")) or name.endswith(("-size", "-why", ".date")))


def write(sent: MultiDict[str, str]) -> dict[str, str]:
    """Write something of its own into every box."""
    written = {name: f"在{name}里写的“话”<{at}>\r\n" for at, name in enumerate(boxes(sent))}
    for name, words in written.items():
        sent.setlist(name, [words])
    return written


def presses(page: str) -> dict[str, MultiDict[str, str]]:
    """What each press of the page's large form sends, by where it goes."""
    return {unescape(goes): sent for goes, sent in forms_on(page) if "beside" in sent and "seen" in sent}


def lost(window: Window, written: dict[str, str], own: str) -> list[str]:
    """What was written and stands neither in its box nor, where that has gone, on the page at all."""
    held: dict[str, str] = {}
    for _, sent in forms_on(window.page):
        held |= sent.to_dict()
    shown = unescape(window.page)
    return [
        name for name, words in written.items() if name != own and held.get(name) != words
        and not (name not in held and words in shown)
    ]  # fmt: skip


@pytest.mark.parametrize("place", [0, 1], ids=["task", "case"])
@pytest.mark.parametrize("admitted", [True, False], ids=["done", "refused"])
def test_every_press_beside_a_decision_keeps_what_is_typed(
    at_window: OpenWindow, town: Town, case: Receipt, place: int, admitted: bool
) -> None:
    bo, seen = at_window("bo"), set()
    bo.get(pages(town, case)[place])
    for goes in presses(bo.page):
        verb = goes.rpartition("/")[2]
        bo.get(pages(town, case)[place])
        sent = presses(bo.page)[goes].copy()
        written = write(sent)
        if not admitted and WORDS.get(verb) in written:
            sent[WORDS[verb]] = written[WORDS[verb]] = "长" * 2001
        if verb == "transfer" and admitted:
            continue  # the task goes, and its form with it
        if verb == "uncover":
            sent["uncover"] = "phone"
        sent["to.transfer"] = "bea"
        before = turns(town)
        bo.page = (answer := bo.client.post(goes, data=sent)).text
        seen.add(verb)
        assert lost(bo, written, WORDS.get(verb, "") if admitted else "") == [], verb
        if verb in ("comment", "claim", "uncover") and admitted:
            assert (answer.status_code, turns(town)) == (200, before + 1), verb
    assert {"comment", "uncover"} <= seen


def test_a_page_on_which_nothing_is_typed_is_opened_afresh(at_window: OpenWindow, town: Town, case: Receipt) -> None:
    bo = at_window("bo")
    for page in pages(town, case):
        bo.get(page)
        sent = presses(bo.page)[f"{page}/comment"].copy()
        sent["text.comment"] = "知道了"
        answer = bo.client.post(f"{page}/comment", data=sent)
        assert (answer.status_code, answer.headers["Location"]) == (303, page)


def test_two_words_from_one_page_are_two_and_the_decision_keeps_its_key(
    at_window: OpenWindow, town: Town, case: Receipt
) -> None:
    bo, (task, _) = at_window("bo"), pages(town, case)
    bo.get(task)
    for words in ("一", "二"):
        sent = presses(bo.page)[f"{task}/comment"].copy()
        sent["text.comment"], sent["opinion.refuse"] = words, "想一想"
        bo.page = bo.client.post(f"{task}/comment", data=sent).text
    assert bo.page.count("<blockquote>") == 2
    sent = presses(bo.page)[task].copy()
    sent["outcome"] = "refuse"
    before = turns(town)
    assert bo.client.post(task, data=sent).status_code == 303
    bo.client.post(task, data=sent)
    assert turns(town) == before + 1


def test_words_for_a_decision_that_a_colleague_has_taken_meanwhile_are_given_back(
    at_window: OpenWindow, town: Town, case: Receipt
) -> None:
    bo, (task, _) = at_window("bo"), pages(town, case)
    bo.get(task)
    sent = presses(bo.page)[f"{task}/comment"].copy()
    sent["text.comment"], sent["opinion.refuse"] = "先问问", "地方不够"
    town.act(case, "ok", "agree", "bea")
    bo.page = bo.client.post(f"{task}/comment", data=sent).text
    assert "地方不够" in bo.page


def test_exits_of_one_name_in_two_branches_are_told_apart(at_window: OpenWindow, town: Town) -> None:
    town.publish(TWO)
    case = cases.start(town.ctx, Caller("bea"), "two", {"what": "事"}, unit="b")
    bo, page = at_window("bo"), f"/town/cases/{case.number}"
    bo.get(page)
    sent = presses(bo.page)[page].copy()
    stops = [name for name in sent if name.endswith("-stop")]
    assert len(stops) == 2
    sent[stops[1]], sent["outcome"] = "这一路不办了", stops[1].removeprefix("opinion.")
    assert bo.client.post(page, data=sent).status_code == 303
    lines = reading.case(town.ctx, Caller("bo"), case.number).timeline
    assert [(line.quote, "第二路" in line.sentence.zh) for line in lines if line.quote] == [("这一路不办了", True)]


def test_the_page_of_a_task_reads_the_history_of_its_case_once(
    at_window: OpenWindow, town: Town, case: Receipt
) -> None:
    bo, (task, page) = at_window("bo"), pages(town, case)
    for path in (task, page):
        with watching(town) as watch:
            assert bo.get(path).status_code == 200
        assert sum("FROM journal" in sql for sql in watch.statements) == 1, path
        assert sum("FROM case_data" in sql and "ORDER BY" in sql for sql in watch.statements) == 1, path


def test_a_case_that_has_ended_takes_no_comment_and_offers_none(
    at_window: OpenWindow, town: Town, case: Receipt
) -> None:
    task, page = pages(town, case)
    bo, closed = at_window("bo"), [task, page]
    for path in closed:
        bo.get(path)
        assert f'formaction="{path}/comment"' in bo.page
    town.act(case, "ok", "agree", "bo")
    for path in closed:
        bo.get(path)
        assert "/comment" not in bo.page
