"""A step that asks two sides: each finds a task of their own, one answer is enough, and lateness leaves one task."""

from __future__ import annotations

import pytest

from engine.clock import DAY
from engine.operations import cases, clockwork
from engine.operations.context import Caller
from engine.operations.reading import pages
from tests.town import Town

SHARED = """
process: shared
title: 两边都问
uses: [desk]
fields: {where: {type: unit, title: 那边}}
start: {who: role staff, fill: [where]}
steps:
- step: ok
  title: 审批
  ask: [role head of start.unit, role head of where]
  due: {within: 2 workdays, late: escalate role district_admin of start.unit}
  outcomes: {agree: {title: 同意, then: next}}
ends: {done: {title: 办成}}
"""


@pytest.fixture
def number(town: Town) -> str:
    town.publish(SHARED)
    return cases.start(town.ctx, Caller("ann"), "shared", {"where": "b"}, unit="a").number


@pytest.mark.parametrize("person", ["sun", "bo"])
def test_each_side_opens_and_decides_the_task_that_is_theirs(town: Town, number: str, person: str) -> None:
    (holder,) = pages.case(town.ctx, Caller(person), number).holders
    (row,) = pages.inbox(town.ctx, Caller(person)).rows
    n = cases.open_serial(town.ctx, number, "ok", Caller(person))
    assert holder.can_open
    assert holder.n == row.n == n
    assert cases.act(town.ctx, Caller(person), number, n, "agree").end == "done"


def test_what_both_sides_leave_goes_up_as_one_task(town: Town, number: str) -> None:
    town.clock.advance(5 * DAY)
    clockwork.ring(town.ctx)
    assert [row.number for row in pages.inbox(town.ctx, Caller("cai")).rows] == [number]
    assert pages.inbox(town.ctx, Caller("bo")).rows == ()
    n = cases.open_serial(town.ctx, number, "ok", Caller("cai"))
    assert cases.act(town.ctx, Caller("cai"), number, n, "agree").end == "done"
