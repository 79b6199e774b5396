"""What a clock counts, it can count again: when it goes on after standing still, and by another calendar."""

from __future__ import annotations

import random
from typing import Any

import pytest

from engine.clock import HOUR, MINUTE, Micros
from engine.definition.calendar.working import Calendar, calendar_from
from engine.definition.values.durations import Duration
from engine.definition.values.moments import to_datetime
from engine.runtime import commands as c
from engine.runtime.spans import DAY_ENDS, Span, left, reach, span, works
from tests.unit.runtime.noon import CALENDAR, NOON
from tests.unit.runtime.story import Story

HOURS = ["09:00-12:00", "14:00-18:00"]


def off(*days: str) -> Calendar:
    """The calendar of these tests with *days* of 2026 off."""
    return calendar_from({"years": {"2026": {"holidays": {day: day for day in days}}}, "hours": HOURS})


def when(at: Micros) -> str:
    return f"{to_datetime(at):%m-%d %H:%M}"


ASK = """
- step: ok
  ask: role head of home
  due: DUE
  outcomes: {agree: next, refuse: end refused}
"""


def recounted(due: str, calendar: Calendar, *, after: Micros = 0, **fill: Any) -> tuple[dict[str, Any], dict[str, Any]]:
    """The clock before and after a new calendar, which comes *after* the step opened."""
    story = Story(ASK.replace("DUE", due)).start(**fill).wait(hours=after // HOUR)
    before = story.node("ok")["due"]
    story.facts.days = calendar
    story.give(c.Recount())
    clock: dict[str, Any] = story.node("ok")["due"]
    assert story.give(c.Recount()) == [], "again there is nothing to say"
    return before, clock


@pytest.mark.parametrize(
    ("due", "was", "now"),
    [
        ("{within: 1 workday}", "06-17 12:00", "06-19 12:00"),
        ("{within: 6 work hours}", "06-17 11:00", "06-19 11:00"),
        ("{within: 1 day}", "06-17 12:00", "06-17 12:00"),
        ("{by: now + 2 workdays}", "06-18 12:00", "06-22 12:00"),
        ("{by: today + 1 workday}", "06-18 00:00", "06-20 00:00"),
        ('{by: "coalesce(day, now)"}', "06-17 08:00", "06-17 08:00"),
    ],
)
def test_a_deadline_is_counted_again_where_it_counts_working_time(due: str, was: str, now: str) -> None:
    before, clock = recounted(due, off("06-17", "06-18"), day="2026-06-17T08:00")
    assert (when(before["at"]), when(clock["at"])) == (was, now)


def test_reminders_and_rungs_move_with_the_deadline() -> None:
    due = "{within: 2 workdays, remind: [50%, 1 workday], late: refuse after 1 workday}"
    before, clock = recounted(due, off("06-17", "06-18"))
    assert [when(at) for at in (*before["rem"], before["at"], before["next"])] == [
        "06-17 12:00", "06-17 12:00", "06-18 12:00", "06-19 12:00",
    ]  # fmt: skip
    assert [when(at) for at in (*clock["rem"], clock["at"], clock["next"])] == [
        "06-19 12:00", "06-19 12:00", "06-22 12:00", "06-23 12:00",
    ]  # fmt: skip
    assert clock["ping"] == clock["rem"][0]


def test_nothing_comes_earlier_than_was_told() -> None:
    due = "{within: 3 workdays, remind: 1 workday, late: refuse after 1 workday}"
    story = Story(ASK.replace("DUE", due))
    story.facts.days = off("06-17", "06-18")
    story.start()
    story.facts.days = CALENDAR
    assert story.give(c.Recount()) == []


def test_what_has_rung_stays_and_the_next_rung_is_counted_from_when_it_did() -> None:
    due = "{within: 1 workday, remind: 50%, late: [escalate role chief of home, refuse after 1 workday]}"
    before, clock = recounted(due, off("06-18"), after=30 * HOUR)
    assert (when(before["at"]), when(before["next"])) == ("06-17 12:00", "06-18 12:00")
    assert (clock["at"], when(clock["next"])) == (before["at"], "06-19 12:00")


def test_what_lies_between_deadline_and_rung_is_counted_from_the_deadline() -> None:
    before, clock = recounted("{within: 1 day, late: refuse after 1 workday}", off("06-18"), after=30 * HOUR)
    assert (when(before["next"]), when(clock["next"])) == ("06-18 12:00", "06-19 12:00")
    assert clock["at"] == before["at"]


def test_a_wait_for_working_days_is_counted_again() -> None:
    story = Story("- {step: shown, wait: {until: now + 2 workdays}}").start()
    story.facts.days = off("06-17")
    story.give(c.Recount())
    assert when(story.node("shown")["due"]["ping"]) == "06-19 12:00"
    assert story.wait(days=3).end == "done"


def test_a_decision_taken_back_finds_its_deadline_by_the_calendar_of_today() -> None:
    story = Story(ASK.replace("DUE", "{within: 1 workday}") + "- {step: more, ask: role head of home, outcomes: {agree: next}}")
    story.start()
    n = story.seat("ok")
    story.act("ok", "agree")
    story.facts.days = off("06-17")
    story.give(c.TakeBack("bo", n))
    assert when(story.node("ok")["due"]["at"]) == "06-18 12:00"


STANDING = """
- step: whole
  stage:
  - {step: ok, ask: role head of home, outcomes: {more: next}}
  - {step: supply, ask: applicant, stops_clock: true, outcomes: {supplied: next}}
  - {step: last, ask: role head of home, outcomes: {agree: next}}
  due: DUE
  outcomes: {done: next, over: {by: clock, then: end left}}
"""


def stood(due: str, *, hours: int, pause: int) -> dict[str, Any]:
    """The clock of a stage that stood still from *hours* after it opened, for *pause* hours."""
    story = Story(STANDING.replace("DUE", due)).start().wait(hours=hours)
    story.act("ok", "more")
    story.wait(hours=pause)
    story.act("supply", "supplied", by="ann")
    clock: dict[str, Any] = story.node("whole")["due"]
    return clock


def test_a_workday_left_is_a_workday_left_and_no_number_of_minutes() -> None:
    assert when(stood("{within: 1 workday, late: over}", hours=0, pause=0)["at"]) == "06-17 12:00"
    clock = stood("{within: 2 workdays, late: over}", hours=24, pause=24)
    assert (when(clock["at"]), clock["span"]) == ("06-19 12:00", [[1, "workdays"]])


def test_reminders_given_before_a_pause_are_not_given_again_and_others_keep_their_distance() -> None:
    due = "{within: 4 days, remind: [25%, 75%, 1 day], late: over}"
    clock = stood(due, hours=36, pause=240)
    assert [when(at) for at in (*clock["rem"], clock["at"])] == ["06-29 12:00", "06-29 12:00", "06-30 12:00"]
    working = stood("{within: 2 workdays, remind: [25%, 75%], late: over}", hours=5, pause=24)
    assert [when(at) for at in (*working["rem"], working["at"])] == ["06-17 17:30", "06-18 17:30", "06-19 12:00"]


def test_a_rung_that_was_on_its_way_has_what_was_left_to_it() -> None:
    due = "{within: 1 day, late: [escalate role chief of home, over after 2 workdays]}"
    clock = stood(due, hours=48, pause=24)
    assert (when(clock["at"]), when(clock["next"])) == ("06-17 12:00", "06-22 12:00")


def test_a_pause_of_no_length_moves_nothing_and_none_makes_anything_earlier() -> None:
    chance = random.Random(7)
    for _ in range(300):
        calendar = off(*{f"06-{chance.randrange(15, 30)}" for _ in range(chance.randrange(4))})
        base = NOON + chance.randrange(10 * 24 * 60) * MINUTE
        counted: Span = span(Duration(chance.randrange(1, 6), chance.choice(["workdays", "days", "hours"])))
        if chance.random() < 0.3:
            counted = span(Duration(chance.randrange(1, 3000), "work_minutes"))
        elif chance.random() < 0.3:
            counted = [*counted, DAY_ENDS] if counted[0][1] == "workdays" else counted
        end = reach(calendar, base, counted)
        now = base + chance.randrange(max((end - base) // MINUTE, 1)) * MINUTE
        at_once = reach(calendar, now, left(calendar, now, end, counted))
        assert end <= at_once
        assert calendar.between(end, at_once, "work_minutes" if works(counted) else "minutes").amount <= 1
        later = now + chance.randrange(1, 5 * 24) * HOUR
        assert reach(calendar, later, left(calendar, now, end, counted)) >= end
