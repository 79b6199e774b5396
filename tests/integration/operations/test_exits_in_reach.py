"""Whoever may press an exit beside what is open sees the case, finds it in lists, and presses; nobody else does."""

from __future__ import annotations

import pytest
from sqlalchemy import insert, update

from engine.clock import DAY
from engine.errors import NotFound
from engine.operations import cases
from engine.operations.context import Caller
from engine.operations.reading import pages, search
from engine.operations.reading.views import Receipt
from engine.store.schema import tables
from engine.store.schema.columns import NEVER
from tests.integration.operations.looking import broken
from tests.town import Town
from tests.who import change

OUT = """
process: out
title: 出摊
subject: [what]
fields: {what: {type: text, title: 事由}}
start: {who: role staff, fill: [what], for: applicant}
steps:
- step: whole
  stage:
  - step: ok
    title: 审批
    ask: role head of start.unit
    outcomes: {agree: {title: 同意, then: next}}
  - step: after
    title: 收摊
    ask: role head of start.unit
    outcomes: {over: {title: 收了, then: next}}
  outcomes:
    done: next
    withdraw: {title: 撤回, by: applicant, then: end gone}
    stop:     {title: 叫停, by: role warden of start.unit, opinion: must, then: end gone}
ends: {done: {title: 办成}, gone: {title: 没办, undo: all}}
"""
SUN = Caller("sun")


@pytest.fixture
def case(town: Town) -> Receipt:
    """A case of unit b, typed by Bea for Ann, which is no business of Sun's."""
    town.publish(OUT)
    return cases.start(town.ctx, Caller("bea"), "out", {"what": "糖水摊"}, unit="b", for_person="ann")


def make_warden(town: Town, since: int = 0) -> None:
    """Sun may stop what goes on under the street."""
    row = {"district_id": town.ctx.id, "id": "sun-warden", "person": "sun", "role": "warden", "unit_id": "s",
           "since": since or town.clock.at, "until": NEVER}  # fmt: skip
    change(town.ctx, insert(tables.role_grant), [row])


def found(town: Town, caller: Caller, q: str = "", process: str = "out") -> list[str]:
    """The numbers that a search answers."""
    return [row.number for row in search.search(town.ctx, caller, q, process=process)]


def presses(town: Town, caller: Caller, case: Receipt) -> list[tuple[int, str]]:
    """The exits that the case page offers."""
    return [(n, press.name) for n, press in pages.case(town.ctx, caller, case.number).exits]


def test_a_coordinator_whom_an_exit_names_sees_finds_and_presses(town: Town, case: Receipt) -> None:
    with pytest.raises(NotFound):
        pages.case(town.ctx, SUN, case.number)
    assert found(town, SUN) == found(town, SUN, case.number) == []
    make_warden(town)
    assert found(town, SUN) == found(town, SUN, case.number) == found(town, SUN, "糖水") == [case.number]
    ((n, outcome),) = presses(town, SUN, case)
    assert outcome == "stop"
    after = cases.act(town.ctx, SUN, case.number, n, outcome, opinion="占了消防通道")
    assert after.end == "gone"
    assert pages.case(town.ctx, SUN, case.number).end == "gone", "who acted keeps reading"
    assert broken(town) == []


def test_the_resident_for_whom_a_case_was_typed_finds_it_and_withdraws(town: Town, case: Receipt) -> None:
    ann = Caller("ann")
    assert found(town, ann) == found(town, ann, "糖水") == [case.number]
    ((n, outcome),) = presses(town, ann, case)
    assert outcome == "withdraw"
    assert cases.act(town.ctx, ann, case.number, n, outcome).end == "gone"


def test_the_role_ends_and_with_it_the_sight(town: Town, case: Receipt) -> None:
    make_warden(town)
    g = tables.role_grant.c
    ended = update(tables.role_grant).where(g.district_id == town.ctx.id, g.id == "sun-warden")
    change(town.ctx, ended.values(until=town.clock.at))
    with pytest.raises(NotFound):
        pages.case(town.ctx, SUN, case.number)
    with pytest.raises(NotFound):
        cases.act(town.ctx, SUN, case.number, 1, "stop", opinion="x")


def test_an_exit_that_is_past_shows_nothing(town: Town, case: Receipt) -> None:
    make_warden(town)
    town.act(case, "ok", "agree", "bo")
    town.act(case, "after", "over", "bo")
    with pytest.raises(NotFound):
        pages.case(town.ctx, SUN, case.number)
    assert found(town, SUN) == []


def test_who_is_asked_sees_no_exit_that_names_others(town: Town, case: Receipt) -> None:
    assert presses(town, Caller("bo"), case) == []
    town.clock.advance(DAY)
    assert pages.case(town.ctx, Caller("bo"), case.number).number == case.number
