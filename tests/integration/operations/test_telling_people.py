"""Whom a process tells hears of it and may read the case; who did it knows already and hears nothing."""

from __future__ import annotations

import pytest
from sqlalchemy import update

from engine.errors import NotFound
from engine.operations import cases
from engine.operations.context import Caller
from engine.operations.reading import pages
from engine.operations.reading.views import Receipt
from engine.store.schema import tables
from tests.integration.operations.looking import broken
from tests.integration.operations.test_comments import heard
from tests.town import Town
from tests.who import change

#: Ann of 甲 starts, Sun of the street decides, and Bo of another station hears of it.
TELLING = """
process: telling
title: 告知
fields: {friend: {type: person, title: 朋友}}
start: {who: role staff, fill: [friend]}
steps:
- step: ok
  title: 审批
  ask: [role head of start.unit, applicant]
  outcomes:
    agree: {title: 同意, tell: [applicant, role head of start.unit], then: next}
    talk: {title: 记一笔, then: stay}
ends: {done: {title: 办成, tell: [applicant, person friend]}}
"""


def begun(town: Town) -> Receipt:
    town.publish(TELLING)
    return cases.start(town.ctx, Caller("ann"), "telling", {"friend": "bo"}, unit="a")


def test_whoever_pressed_is_not_told_what_they_did(town: Town) -> None:
    case = begun(town)
    town.act(case, "ok", "agree", "sun")
    agreed, done = f"{case.number}：“审批”同意", f"{case.number}：办成"
    assert heard(town) == {"ann": [done, agreed], "bo": [done]}
    own = cases.start(town.ctx, Caller("ann"), "telling", {"friend": "bo"}, unit="a")
    n = cases.open_serial(town.ctx, own.number, "ok", seat="user:ann")
    cases.act(town.ctx, Caller("ann"), own.number, n, "agree")
    told = heard(town)
    assert told["sun"] == [f"{own.number}：“审批”同意"]
    assert told["ann"] == [done, agreed]
    assert broken(town) == []


def test_whom_the_process_told_may_read_the_case_and_only_then(town: Town) -> None:
    case = begun(town)
    with pytest.raises(NotFound):
        pages.case(town.ctx, Caller("bo"), case.number)
    town.act(case, "ok", "agree", "sun")
    with pytest.raises(NotFound):
        pages.case(town.ctx, Caller("bo"), case.number)  # it may still be taken back
    heard(town)
    assert pages.case(town.ctx, Caller("bo"), case.number).end == "done"
    with pytest.raises(NotFound):
        pages.case(town.ctx, Caller("bea"), case.number)


def test_who_left_the_district_reads_nothing_for_having_been_told(town: Town) -> None:
    case = begun(town)
    town.act(case, "ok", "agree", "sun")
    heard(town)
    left = update(tables.person).where(tables.person.c.id == "bo").values(until=town.clock.at)
    change(town.ctx, left)
    with pytest.raises(NotFound):
        pages.case(town.ctx, Caller("bo"), case.number)
