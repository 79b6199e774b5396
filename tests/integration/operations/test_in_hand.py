"""How long a task has been with somebody counts from when it came to them, on every page and whatever brought it."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from engine.clock import DAY, HOUR, Micros
from engine.operations import cases, clockwork
from engine.operations.context import Caller
from engine.operations.reading import pages
from engine.operations.reading.views import Receipt
from tests.integration.operations.looking import broken
from tests.town import MORNING, Town

#: What moves a task, to whom, from the second day on.
Move = Callable[[Town, Receipt, int], object]
MOVES: dict[str, tuple[str, Move]] = {
    "claim": ("sun", lambda town, case, n: cases.claim(town.ctx, Caller("sun"), case.number, n)),
    "transfer": (
        "bo",
        lambda town, case, n: cases.transfer(town.handing("reason"), Caller("sun"), case.number, n, "bo", note="出差"),
    ),
}


def since(town: Town, who: str, case: Receipt, n: int) -> Micros:
    """Since when *who* has the task, as the inbox says; the page of the case says the same."""
    (row,) = [row for row in pages.inbox(town.ctx, Caller(who)).rows if row.number == case.number]
    (holder,) = pages.case(town.ctx, Caller(who), case.number).holders
    assert row.since == holder.since
    return row.since


@pytest.mark.parametrize("how", MOVES)
def test_it_counts_from_the_move_and_from_the_opening_where_nothing_moved(town: Town, how: str) -> None:
    case = town.start("hold")
    n = cases.open_serial(town.ctx, case.number, "ok")
    assert since(town, "sun", case, n) == MORNING
    town.clock.advance(DAY)
    who, move = MOVES[how]
    move(town, case, n)
    town.clock.advance(HOUR)
    assert since(town, who, case, n) == MORNING + DAY
    cases.comment(town.ctx, Caller(who), case.number, "还在看")
    assert since(town, who, case, n) == MORNING + DAY, "a word moves nothing"
    assert broken(town) == []


def test_what_is_given_back_is_with_everybody_from_then_on(town: Town) -> None:
    case = town.start("hold")
    n = cases.open_serial(town.ctx, case.number, "ok")
    for release in (False, True):
        town.clock.advance(HOUR)
        (cases.unclaim if release else cases.claim)(town.ctx, Caller("sun"), case.number, n)
    assert since(town, "sun", case, n) == MORNING + 2 * HOUR
    assert broken(town) == []


CLIMBS = """
process: climbs
title: 上报
fields: {why: {type: text, title: 事由}}
start: {who: role staff, fill: [why]}
steps:
- step: ok
  ask: role head of start.unit
  due: {within: 2 days, remind: 50%, late: escalate role district_admin of start.unit}
  outcomes: {agree: next}
ends: {done: {title: 办成}}
"""


def test_a_reminder_does_not_bring_it_and_what_a_clock_moves_comes_then(town: Town) -> None:
    town.publish(CLIMBS)
    case = cases.start(town.ctx, Caller("ann"), "climbs", {"why": "x"}, unit="a")
    n = cases.open_serial(town.ctx, case.number, "ok")
    clockwork.pass_time(town.ctx, town.clock, MORNING + 30 * HOUR)
    assert since(town, "sun", case, n) == MORNING
    clockwork.pass_time(town.ctx, town.clock, MORNING + 3 * DAY)
    assert since(town, "cai", case, n) == MORNING + 2 * DAY, "it was moved when its time was over"
    assert broken(town) == []
