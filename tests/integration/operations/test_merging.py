"""A unit that ends: what was its own is its successor's, from that very day, tasks, cases and starts alike."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from engine.clock import DAY
from engine.definition.district.model import DistrictPack, GrantRow, PersonRow
from engine.errors import Forbidden, NotFound
from engine.i18n import both
from engine.operations import cases
from engine.operations.clockwork import pass_time
from engine.operations.commands.rechecking import recheck
from engine.operations.content.adopt import adopt
from engine.operations.content.pack import Pack
from engine.operations.context import ENGINE, Caller
from engine.operations.reading import pages
from engine.operations.reading.inbox import inbox
from engine.store.schema import tables
from tests.integration.operations.looking import broken, rows
from tests.town import CALENDAR, GRANTS, PERSONS, UNITS, Town

BO, DAN, DORA = Caller("bo"), Caller("dan"), Caller("dora")
OPEN = """
process: open
title: 谁都能办
fields: {why: {type: text, title: 事由}}
start: {who: anyone, fill: [why]}
steps: [{step: ok, ask: anyone of start.unit, outcomes: {agree: next}}]
ends: {done: {title: 办成}}
"""


@pytest.fixture
def merging(town: Town) -> Town:
    """The town whose unit b goes into d on 12 June; Dan heads d, Dora works there."""
    units = tuple(replace(u, until=date(2026, 6, 12), successor="d") if u.id == "b" else u for u in UNITS)
    persons = (*PERSONS, PersonRow("dan", "段明", "d"), PersonRow("dora", "杜兰", "d"))
    pack = DistrictPack("town", both("小城"), both("小城"), plugins={"desk": {}}, units=units, persons=persons,
                        grants=(*GRANTS, GrantRow("dan", "head", "d"), GrantRow("dora", "staff", "d")),
                        file="town.yaml")  # fmt: skip
    return replace(town, ctx=adopt(town.system, Pack(pack, (CALENDAR,)), ENGINE))


def test_the_successor_s_head_sees_and_decides_at_once_and_the_old_one_no_more(merging: Town) -> None:
    case = merging.start("w1", by="bea", unit="b")
    assert inbox(merging.ctx, DAN, "mine").rows == ()
    with pytest.raises(NotFound):
        pages.case(merging.ctx, DAN, case.number)
    merging.clock.at += 3 * DAY
    assert [row.number for row in inbox(merging.ctx, DAN, "mine").rows] == [case.number]
    assert pages.case(merging.ctx, DORA, case.number).number == case.number, "the case is of their unit now"
    with pytest.raises(NotFound):
        merging.act(case, "ok", "agree", "bo")
    merging.act(case, "ok", "agree", "dan")
    assert broken(merging) == []


def test_looking_again_moves_the_task_to_the_successor(merging: Town) -> None:
    case = merging.start("w1", by="bea", unit="b")
    assert recheck(merging.ctx) == 0
    merging.clock.at += 3 * DAY
    assert recheck(merging.ctx) == 1
    assert [row["audience"] for row in rows(merging, tables.task) if row["status"] == "open"] == ["role:head@d"]
    merging.act(case, "ok", "agree", "dan")
    assert broken(merging) == []


def test_time_that_passes_stops_where_a_unit_ends(merging: Town) -> None:
    merging.publish(OPEN.replace("ask: anyone", "ask: role head"))
    cases.start(merging.ctx, Caller("bea"), "open", {"why": "x"}, unit="b")
    pass_time(merging.ctx, merging.clock, merging.clock.at + 3 * DAY)
    assert [row["audience"] for row in rows(merging, tables.task) if row["status"] == "open"] == ["role:head@d"]


def test_nothing_is_started_in_a_unit_that_ended_and_what_anybody_there_may_do_is_the_successor_s(
    merging: Town,
) -> None:
    merging.publish(OPEN)
    case = cases.start(merging.ctx, BO, "open", {"why": "x"}, unit="b")
    merging.clock.at += 3 * DAY
    with pytest.raises(Forbidden):
        cases.start(merging.ctx, BO, "open", {"why": "x"}, unit="b")
    cases.start(merging.ctx, DORA, "open", {"why": "x"}, unit="d")
    recheck(merging.ctx)
    merging.act(case, "ok", "agree", "dora")
    assert broken(merging) == []
