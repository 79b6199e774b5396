"""Days in the rows of a district: the first counts from its beginning, the last through its end."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta

import pytest

from engine.definition.district.model import DeputyRow, GrantRow, PersonRow, UnitRow
from engine.definition.values.moments import day_end, midnight, to_micros
from engine.operations import cases, clockwork
from engine.operations.content.adopt import adopt
from engine.operations.content.pack import Pack
from engine.operations.context import Caller
from engine.operations.reading import pages
from engine.store import people
from tests.town import CALENDAR, GRANTS, PACK, PERSONS, UNITS, Town

DAY = date(2026, 6, 11)
#: A unit that is there for a day, one below it, somebody in a role on it, and a deputy of that day.
FAIR = replace(
    PACK,
    units=(
        *UNITS,
        UnitRow("x", "临时点", "临时点", "站", "s", since=DAY, until=DAY),
        UnitRow("y", "点下", "点下", "站", "x"),
    ),
    persons=(*PERSONS, PersonRow("kim", "金小满", "a")),
    grants=(*GRANTS, GrantRow("kim", "clerk", "x"), GrantRow("sun", "clerk", "s")),
    deputies=(DeputyRow("sun", "kim", DAY, DAY),),
)


def _stands_in(town: Town) -> bool:
    return len(pages.inbox(town.ctx, Caller("kim")).rows) == 1


def _is_climbed_over(town: Town) -> bool:
    return town.ctx.runner.run(lambda tx: "x" in people.path(tx, town.ctx.id, "y", town.ctx.now), write=False)


def _is_asked_first(town: Town) -> bool:
    found = town.ctx.runner.run(lambda tx: people.seat(tx, town.ctx.id, "clerk", "y", town.ctx.now), write=False)
    assert found is not None
    return found[0] == "role:clerk@x"


@pytest.mark.parametrize("holds", [_stands_in, _is_climbed_over, _is_asked_first])
def test_what_is_there_for_one_day_is_there_from_its_first_moment_to_its_last(
    town: Town, holds: Callable[[Town], bool]
) -> None:
    town.start()
    adopt(town.system, Pack(FAIR, (CALENDAR,)), Caller("cai"))
    instant = timedelta(microseconds=1)
    moments = (midnight(DAY) - instant, midnight(DAY), day_end(DAY) - instant, day_end(DAY))
    seen = []
    for moment in moments:
        town.clock.at = to_micros(moment)
        seen.append(holds(town))
    assert seen == [False, True, True, False]


def test_why_a_task_is_with_a_deputy_names_the_end_of_the_last_day(town: Town) -> None:
    case = town.start()
    adopt(town.system, Pack(FAIR, (CALENDAR,)), Caller("cai"))
    town.clock.at = to_micros(midnight(DAY))
    why = pages.task(town.ctx, Caller("kim"), case.number, case.opened[0]).why
    assert "你代孙立到6月11日24:00" in [line.zh for line in why.details]


def test_what_is_due_at_the_end_of_today_is_due_today(town: Town) -> None:
    town.publish("""
process: w3
title: 限日
fields: {d: {type: date, title: 截止日}}
start: {who: role staff, fill: [d]}
steps:
- step: ok
  title: 审批
  ask: role head of start.unit
  due: {by: =d, late: refuse}
  outcomes: {agree: next, refuse: {then: end refused}}
ends: {done: {title: 办成}, refused: {title: 未成}}
""")
    made = cases.start(town.ctx, Caller("ann"), "w3", {"d": DAY.isoformat()}, unit="a")
    expected = {
        midnight(DAY): "today",
        day_end(DAY) - timedelta(minutes=1): "today",
        day_end(DAY) + timedelta(minutes=1): "late",
    }
    for moment, due_class in {midnight(DAY) - timedelta(minutes=1): "later", **expected}.items():
        town.clock.at = to_micros(moment)
        (row,) = pages.inbox(town.ctx, Caller("sun")).rows
        assert row.due_class == due_class
        assert pages.inbox(town.ctx, Caller("sun"), due=due_class).rows == (row,)
    why = pages.task(town.ctx, Caller("sun"), made.number, made.opened[0]).why
    assert "期限：6月11日24:00" in [line.zh for line in why.details]
    clockwork.work_once(town.ctx)
    assert pages.case(town.ctx, Caller("ann"), made.number).end == "refused"
