"""A form that somebody changed under one's eyes: every door says the same sentence, and what was typed is kept."""

from __future__ import annotations

from collections.abc import Callable
from textwrap import indent

import pytest
from flask import Flask

from engine.operations import cases
from engine.operations.accounts import accounts
from engine.operations.context import Caller
from engine.operations.reading.views import Receipt
from tests.integration.operations.test_lost_races import FORM, TALK
from tests.integration.web.conftest import Window
from tests.integration.web.test_pages import turns
from tests.town import Town

OpenWindow = Callable[[str], Window]
SAID = "你打开后，乙社区把人数从50改为80。看过后再决定，你写的意见还在。"
HEAD, BODY = TALK.split("steps:\n")
STEPS, ENDS = BODY.split("ends:")
#: The same talk in a stage that a head may leave.
LEAVING = f"""{HEAD.replace("process: talk", "process: leaving")}steps:
- step: whole
  stage:
{indent(STEPS, "  ")}  outcomes:
    done: next
    withdraw: {{title: 撤回申请, by: role head of start.unit, opinion: may, then: end refused}}
ends:{ENDS}"""


@pytest.fixture
def case(town: Town) -> Receipt:
    town.publish(TALK)
    return cases.start(town.ctx, Caller("bea"), "talk", FORM, unit="b")


def change(town: Town, case: Receipt) -> None:
    """Bea corrects the number of people."""
    edit = cases.open_serial(town.ctx, case.number, "edit")
    cases.act(town.ctx, Caller("bea"), case.number, edit, "put", fill={**FORM, "people": 80})


def test_a_page_says_who_changed_what_and_then_takes_the_decision(
    at_window: OpenWindow, town: Town, case: Receipt
) -> None:
    bo, n = at_window("bo"), cases.open_serial(town.ctx, case.number, "ok", Caller("bo"))
    bo.get(f"/town/tasks/{case.number}.{n}")
    form = {"key": bo.input("key"), "seen": bo.input("seen"), "outcome": "agree", "opinion.agree": "好的"}
    change(town, case)
    before = turns(town)
    stale = bo.post(f"/town/tasks/{case.number}.{n}", **form)
    assert (stale.status_code, turns(town)) == (409, before)
    assert SAID in bo.words and "好的" in bo.page and "<title>错误：" in bo.page
    again = bo.post(f"/town/tasks/{case.number}.{n}", **{**form, "seen": bo.input("seen")})
    assert again.status_code == 303


@pytest.mark.parametrize(
    ("goes", "sent", "status"),
    [
        ("", {}, 422),
        ("", {"outcome": "agree", "opinion.agree": "长" * 2001}, 422),
        ("", {"rows": "people.more"}, 200),
        ("", {"resume": "1"}, 200),
        ("", {"outcome": "agree", "csrf_token": "old"}, 403),
        ("/uncover", {"uncover": "phone"}, 200),
    ],
    ids=["no outcome", "a refusal", "rows of a table", "after a log-in", "an old page", "a value uncovered"],
)
def test_a_page_that_comes_again_with_old_words_still_says_who_changed_what(
    at_window: OpenWindow, town: Town, case: Receipt, goes: str, sent: dict[str, str], status: int
) -> None:
    bo, n = at_window("bo"), cases.open_serial(town.ctx, case.number, "ok", Caller("bo"))
    task = f"/town/tasks/{case.number}.{n}"
    bo.get(task)
    form = {"key": bo.input("key"), "seen": bo.input("seen"), "opinion.agree": "五十人可以"}
    change(town, case)
    assert bo.post(task + goes, **{**form, **sent}).status_code == status
    form = {**form, "key": bo.input("key"), "seen": bo.input("seen"), "outcome": "agree"}
    assert bo.post(task, **form).status_code == 409
    assert SAID in bo.words
    assert bo.post(task, **{**form, "seen": bo.input("seen")}).status_code == 303


def test_an_exit_that_comes_again_with_old_words_says_it_too(at_window: OpenWindow, town: Town) -> None:
    town.publish(LEAVING)
    case = cases.start(town.ctx, Caller("bea"), "leaving", FORM, unit="b")
    bo, n = at_window("bo"), cases.open_serial(town.ctx, case.number, "whole")
    bo.get(f"/town/cases/{case.number}")
    form = {"key": "k1", "seen": bo.input("seen"), "outcome": f"{n}-withdraw"}
    change(town, case)
    exit_ = f"/town/cases/{case.number}"
    assert bo.post(exit_, **form, **{f"opinion.{n}-withdraw": "长" * 2001}).status_code == 422
    assert bo.post(exit_, **{**form, "seen": bo.input("seen")}).status_code == 409


def test_rest_says_the_same(app: Flask, town: Town, case: Receipt) -> None:
    account = accounts.create_account(town.system, "bo", "bo", None, {"town": "bo"})
    headers = {"Authorization": f"Bearer {accounts.create_token(town.system, account, 'town', 't')}"}
    n = cases.open_serial(town.ctx, case.number, "ok", Caller("bo"))
    change(town, case)
    path = f"/api/v1/town/cases/{case.number}/tasks/{n}/outcomes/agree"
    answer = app.test_client().post(path, json={"seen": case.version}, headers={**headers, "Idempotency-Key": "k"})
    assert (answer.status_code, answer.json["title"] if answer.json else "") == (409, SAID)


def test_an_exit_beside_what_is_open_says_it_too(at_window: OpenWindow, town: Town) -> None:
    town.publish(LEAVING)
    case = cases.start(town.ctx, Caller("bea"), "leaving", FORM, unit="b")
    bo = at_window("bo")
    bo.get(f"/town/cases/{case.number}")
    seen, n = bo.input("seen"), cases.open_serial(town.ctx, case.number, "whole")
    change(town, case)
    form = {"key": "k1", "seen": seen, "outcome": f"{n}-withdraw", f"opinion.{n}-withdraw": "不办了"}
    stale = bo.post(f"/town/cases/{case.number}", **form)
    assert stale.status_code == 409
    assert SAID in bo.words and "不办了" in bo.page
    assert bo.post(f"/town/cases/{case.number}", **{**form, "seen": bo.input("seen")}).status_code == 303


TABLED = """
process: tabled
title: 登记
fields:
  day: {type: date, title: 日期}
  sorts: {type: table, title: 各类, columns: {kind: {type: boolean, title: 已到}}}
start: {who: role staff, fill: [day, sorts]}
steps:
- step: edit
  ask: role staff of start.unit
  fill: [day, sorts]
  outcomes: {put: {then: stay}, fine: next}
ends: {done: {title: 办成}}
"""


def test_in_english_what_stood_there_before_is_english_too_and_so_are_tables(at_window: OpenWindow, town: Town) -> None:
    town.publish(TABLED)
    first = {"day": "2026-12-08", "sorts": [{"kind": True}]}
    case = cases.start(town.ctx, Caller("bea"), "tabled", first, unit="b")
    town.act(case, "edit", "put", "bea", fill={"day": "2026-12-09", "sorts": [{"kind": False}]})
    bea = at_window("bea")
    bea.post("/look", language="en", next="/me")
    bea.get(f"/town/cases/{case.number}")
    facts = bea.page[bea.page.index('<dl class="facts">') : bea.page.index("</dl>")]
    assert "<del>Tue 8 Dec</del>" in facts and "<del>已到 Yes</del>" in facts and "已到 No" in facts
