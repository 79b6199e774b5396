"""Clocks that nobody let ring in time: whoever is asked has their time all the same, and the history says so."""

from __future__ import annotations

import pytest

from engine.clock import DAY, HOUR, MINUTE
from engine.runtime import commands as c
from engine.runtime.shapes.events import Event
from engine.runtime.tick import IN_TIME
from tests.unit.runtime.noon import NOON
from tests.unit.runtime.story import Story

LADDER = """
- step: ok
  ask: role head of home
  due:
    within: 2 days
    remind: [25%, 50%, 75%]
    late:
    - escalate role chief of home
    - escalate role boss of home after 3 workdays
    - refuse after 1 day
  outcomes: {agree: next, refuse: end refused}
"""


def climbed(late: int) -> list[tuple[int, Event]]:
    """What the ladder does when each ring comes *late* after its moment: events with their moments."""
    story = Story(LADDER).start()
    n, seen = story.seat("ok"), []
    while not story.end:
        story.facts.at = min(story.pings().values()) + late
        seen += [(story.facts.at, event) for event in story.give(c.Tick(n))]
    return seen


@pytest.mark.parametrize("late", [0, MINUTE, 5 * HOUR, 25 * HOUR, 4 * DAY, 40 * DAY])
def test_however_late_the_rings_come_the_same_people_are_asked_and_have_their_time(late: int) -> None:
    seen = climbed(late)
    rungs = [(at, event) for at, event in seen if event["e"] in ("escalated", "ended")]
    assert [event.get("to") for _, event in rungs] == [["role:chief@u"], ["role:boss@u"], None]
    first, second, last = (at for at, _ in rungs)
    assert first >= NOON + 2 * DAY
    assert second - first >= 3 * DAY
    assert last - second >= DAY


@pytest.mark.parametrize("late", [0, MINUTE, 5 * HOUR, 25 * HOUR, 4 * DAY, 40 * DAY])
def test_reminders_are_never_two_at_once_and_none_comes_with_a_rung(late: int) -> None:
    seen = climbed(late)
    for at in {at for at, _ in seen}:
        rings = [event["e"] for when, event in seen if when == at and event["e"] in ("reminded", "escalated", "ended")]
        assert len(rings) == 1, rings


@pytest.mark.parametrize("late", [0, IN_TIME - 1, IN_TIME, DAY])
def test_the_history_tells_of_a_ring_that_came_late_when_it_was_meant(late: int) -> None:
    for at, event in climbed(late):
        if event["e"] in ("reminded", "escalated") or event.get("how") == "late":
            assert event.get("meant") == (at - late if late >= IN_TIME else None)


def test_a_wait_that_was_over_long_ago_says_so() -> None:
    story = Story("- {step: rest, wait: {until: now + 1 day}}").start()
    story.facts.at += 9 * DAY
    said = story.give(c.Tick(story.node("rest")["n"]))
    assert (said[0]["how"], said[0]["meant"]) == ("came", NOON + DAY)


EVENT = """
- step: ok
  ask: role head of home
  due:
    within: 2 days
    before: {at: "coalesce(day, now + 30 days)", late: gone}
    remind: 50%
    late: [escalate role chief of home, refuse after 9 days]
  outcomes: {agree: next, refuse: end refused, gone: {by: clock, then: end left}}
"""


def test_a_step_ends_as_its_event_comes_whatever_the_ladder_says() -> None:
    story = Story(EVENT).start(day="2026-06-20T08:00").wait(days=3, hours=19)
    assert story.audiences("ok") == ["role:chief@u"]
    story.wait(hours=1)
    assert story.end == "left"
    (noted,) = [event for event in story.events if event["e"] == "noted"]
    assert (noted["how"], noted["x"], "meant" in noted) == ("lapsed", "gone", False)


def test_what_is_over_when_the_clocks_ring_again_is_passed_on_to_nobody() -> None:
    story = Story(EVENT).start(day="2026-06-20T08:00")
    story.facts.at += 30 * DAY
    said = story.give(c.Tick(story.seat("ok")))
    assert story.end == "left"
    assert not {"escalated", "reminded"} & {event["e"] for event in said}
    assert said[0]["meant"] == NOON + 4 * DAY - 4 * HOUR


def test_an_event_that_is_over_as_the_step_opens_ends_it_at_once() -> None:
    story = Story(EVENT).start(day="2026-06-10T08:00")
    assert story.wait().end == "left"


def test_an_event_comes_though_the_clock_stands_still() -> None:
    story = Story("""
- step: whole
  stage:
  - {step: supply, ask: applicant, stops_clock: true, outcomes: {supplied: next}}
  due: {within: 2 days, before: {at: "coalesce(day, now)", late: gone}, late: over}
  outcomes: {done: next, over: {by: clock, then: end refused}, gone: {by: clock, then: end left}}
""").start(day="2026-06-25T12:00").wait(days=8)
    assert story.open == ["supply"]
    assert story.wait(days=1).end == "left"
