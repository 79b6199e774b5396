"""Clocks that nobody let ring in time: whoever is asked has their time all the same, and the history says so."""

from __future__ import annotations

import pytest

from engine.clock import DAY, HOUR, MINUTE
from engine.runtime import commands as c
from engine.runtime.evolve import Event
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
