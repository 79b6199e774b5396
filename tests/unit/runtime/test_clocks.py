"""Clocks: reminders, the late ladder, what silence does, what stands still while nobody is at fault."""

from __future__ import annotations

import pytest

from engine.clock import DAY, HOUR, SECOND
from engine.errors import Conflict
from engine.runtime import commands as c
from engine.runtime.clocks import needed
from tests.unit.runtime.noon import NOON
from tests.unit.runtime.story import Story

LADDER = """
- step: ok
  ask: role head of home
  due:
    within: 2 days
    remind: 50%
    late: [escalate role chief of home, refuse after 1 day]
  outcomes: {agree: next, refuse: end refused}
"""


def test_half_time_reminds_whoever_has_it_and_changes_nothing_else() -> None:
    story = Story(LADDER).start().wait(days=1)
    assert story.kinds()[-2:] == ["reminded", "told"]
    assert story.events[-1] == {"e": "told", "to": ["role:head@u"], "what": "ok:remind"}
    assert story.audiences("ok") == ["role:head@u"]
    story.wait(hours=23)
    assert story.kinds().count("reminded") == 1, "once"


def test_being_late_moves_the_one_key_up() -> None:
    story = Story(LADDER).start()
    n = story.seat("ok")
    story.wait(days=2)
    assert story.audiences("ok") == ["role:chief@u"]
    assert story.seat("ok") == n, "it is the same task"


def test_the_next_rung_comes_its_time_after_the_one_before() -> None:
    story = Story(LADDER).start().wait(days=2, hours=23)
    assert story.end == ""
    story.wait(hours=1)
    assert story.end == "refused"
    (late,) = [event for event in story.events if event["e"] == "noted"]
    assert (late["how"], late["x"]) == ("late", "refuse")


def test_a_clock_that_rings_early_or_after_the_decision_does_nothing() -> None:
    story = Story(LADDER + "- {step: after, ask: role head of home, outcomes: {agree: next}}").start()
    n = story.seat("ok")
    assert story.give(c.Tick(n)) == []
    story.act("ok", "agree")
    story.facts.at += 30 * DAY
    assert story.give(c.Tick(n)) == []


def test_the_deadline_is_counted_in_working_time_where_it_says_so() -> None:
    story = Story(LADDER.replace("2 days", "4 work hours")).start()
    clock = story.node("ok")["due"]
    assert clock["at"] == NOON + 6 * HOUR, "from noon: 14:00 to 18:00"


def test_what_must_be_done_before_an_event_is_needed_by_the_event() -> None:
    steps = """
- step: ok
  ask: role head of home
  due: {within: 2 days, before: day}
  outcomes: {agree: next}
"""
    soon = Story(steps).start(day="2026-06-17T08:00").node("ok")
    assert needed(soon) == (NOON + 20 * HOUR, "before")
    later = Story(steps).start(day="2026-06-30T08:00").node("ok")
    assert needed(later) == (NOON + 2 * DAY, "due")


def test_a_day_as_a_deadline_lasts_to_its_end() -> None:
    steps = """
- step: ok
  ask: role head of home
  due: {by: "=coalesce(day.date, today)", before: "=coalesce(day.date, today)", late: refuse}
  outcomes: {agree: next, refuse: end refused}
"""
    for days in (0, 1):
        story = Story(steps).start(day=f"2026-06-{16 + days}T08:00").wait(days=days, hours=11)
        assert story.end == "", "23:00 of that very day"
        clock = story.node("ok")["due"]
        assert clock["at"] == clock["before"] == NOON + 12 * HOUR + days * DAY
        assert story.wait(hours=1).end == "refused"


def test_a_day_to_wait_for_has_come_as_it_begins() -> None:
    steps = """
- {step: rest, wait: {until: "=coalesce(day.date, today)"}}
- {step: ok, ask: role head of home, outcomes: {agree: next}}
"""
    story = Story(steps).start(day="2026-06-17T08:00").wait(hours=11)
    assert story.open == []
    assert story.wait(hours=1).open == ["ok"]


def test_each_round_of_a_step_has_its_whole_time() -> None:
    steps = LADDER.replace("refuse: end refused", "refuse: end refused, again: {then: back ok, at_most: 1}")
    story = Story(steps).start().wait(days=1)
    story.act("ok", "again")
    assert story.node("ok")["due"]["at"] == NOON + 3 * DAY


def test_silence_at_an_exhausted_return_takes_the_sibling() -> None:
    story = Story("""
- step: ok
  ask: role head of home
  due: {within: 1 day, late: again}
  outcomes:
    agree: next
    again: {then: back ok, at_most: 2, exhausted: gone}
    gone: {by: clock, then: end refused}
""").start()
    story.wait(days=2)
    assert story.end == ""
    story.wait(days=1)
    assert story.end == "refused"
    with pytest.raises(Conflict):
        story.give(c.Tick(1))


def test_a_ladder_with_nobody_above_leaves_the_task_where_it_is() -> None:
    story = Story(LADDER, members={"role:chief@u": set()}).start().wait(days=2)
    assert story.audiences("ok") == ["role:head@u"]
    escalated = next(event for event in story.events if event["e"] == "escalated")
    assert escalated["to"] == []


@pytest.mark.parametrize(("sign", "left"), [("any", 1), ("all", 2)])
def test_what_any_of_several_could_have_decided_goes_up_as_one_task(sign: str, left: int) -> None:
    both = LADDER.replace("ask: role head of home", f"ask: [role head of home, role clerk of home]\n  sign: {sign}")
    members = {"role:head@u": {"h"}, "role:clerk@u": {"k"}}
    story = Story(both, members=members).start()
    n = story.seat("ok")
    story.wait(days=2)
    assert story.audiences("ok") == ["role:chief@u"] * left
    assert story.seat("ok") == n, "it is one of the same tasks"


def test_who_signed_in_time_is_left_alone_by_the_ladder() -> None:
    both = LADDER.replace("ask: role head of home", "ask: role head of home\n  sign: all")
    story = Story(both, members={"role:head@u": {"bo", "cy"}}).start()
    story.act("ok", "agree", by="bo", seat="user:bo")
    story.wait(days=2)
    assert story.audiences("ok") == ["user:bo", "role:chief@u"]


def test_a_clock_rings_at_its_moment_and_not_a_second_before() -> None:
    story = Story(LADDER).start()
    n, ping = story.seat("ok"), story.node("ok")["due"]["ping"]
    story.facts.at = ping - SECOND
    assert story.give(c.Tick(n)) == []
    story.facts.at = ping
    assert story.give(c.Tick(n)) != []


def test_every_rung_counts_from_the_one_before() -> None:
    story = Story(LADDER.replace("chief of home,", "chief of home after 1 day,")).start().wait(days=2, hours=23)
    assert story.audiences("ok") == ["role:head@u"]
    story.wait(hours=2)
    assert story.audiences("ok") == ["role:chief@u"]
    story.wait(hours=22)
    assert story.end == ""
    story.wait(hours=2)
    assert story.end == "refused"


def test_a_reminder_whose_moment_is_past_when_the_step_opens_is_left_out() -> None:
    due = LADDER.replace("50%", "3 days").replace("within: 2 days", "by: start.at + 2 days")
    story = Story(due).start().wait(days=1)
    assert "reminded" not in story.kinds()


def test_escalating_takes_the_claim_away() -> None:
    story = Story(LADDER).start()
    story.give(c.Claim("bo", story.seat("ok")))
    story.wait(days=2)
    assert story.node("ok")["seats"] == [(story.seat("ok"), "role:chief@u", "")]


def test_the_clock_of_a_stage_runs_over_what_is_inside() -> None:
    story = Story("""
- step: whole
  stage:
  - {step: one, ask: role head of home, outcomes: {agree: next}}
  - {step: two, ask: role head of home, outcomes: {agree: next, again: {then: back one, at_most: 3}}}
  due: {within: 3 days, late: over}
  outcomes: {done: next, over: {by: clock, then: end left}}
""").start().wait(days=1)
    story.act("one", "agree")
    story.act("two", "again")
    story.wait(days=1, hours=23)
    assert story.end == ""
    story.wait(hours=1)
    assert story.end == "left"


STANDING = """
- step: whole
  stage:
  - {step: ok, ask: role head of home, outcomes: {agree: next, revise: {then: back start, at_most: 1}, more: next}}
  - {step: supply, ask: applicant, stops_clock: true, outcomes: {supplied: next}}
  - {step: last, ask: role head of home, outcomes: {agree: next}}
  due: {within: WITHIN, late: over}
  outcomes: {done: next, over: {by: clock, then: end left}}
"""


@pytest.mark.parametrize("within", ["3 days", "8 work hours"])
def test_an_outer_clock_stands_still_while_the_applicant_is_asked(within: str) -> None:
    story = Story(STANDING.replace("WITHIN", within)).start()
    story.act("ok", "more")
    assert "left" in story.node("whole")["due"]
    story.wait(days=30)
    assert story.open == ["supply"], "nobody is at fault meanwhile"
    left = story.node("whole")["due"]["left"]
    assert left == ([[3 * 24 * 60, "minutes"]] if within == "3 days" else [[8 * 60, "work_minutes"]])
    story.act("supply", "supplied", by="ann")
    clock = story.node("whole")["due"]
    assert "left" not in clock
    if within == "3 days":
        assert clock["at"] == story.facts.at + 3 * DAY == NOON + 33 * DAY
    story.wait(days=2, hours=23)
    assert story.end == ("" if within == "3 days" else "left")


def test_the_clock_of_the_case_can_only_escalate_and_stands_still_on_a_return_to_the_start() -> None:
    steps = "- {step: ok, ask: role head of home, outcomes: {agree: next, revise: {then: back start, at_most: 1}}}"
    story = Story(steps, more="due: {within: 5 days, late: escalate role chief of home}").start()
    story.act("ok", "revise")
    story.wait(days=10)
    assert "escalated" not in story.kinds()
    story.act("start", "submit", by="ann")
    story.wait(days=5)
    assert story.kinds().count("escalated") == 1
    assert story.open == ["ok"]


WAIT = """
- {step: until, if: not empty(day), wait: {until: "coalesce(day, now)"}}
- {step: after, ask: role head of home, outcomes: {agree: next}}
"""


def test_a_wait_rests_until_its_moment() -> None:
    story = Story(WAIT).start(day="2026-06-17T12:00")
    assert story.open == []
    story.wait(hours=23)
    assert story.open == []
    story.wait(hours=1)
    assert story.open == ["after"]


def test_a_wait_for_what_is_past_does_not_hold_the_case() -> None:
    assert Story(WAIT).start(day="2026-06-01T12:00").open == ["after"]
    assert Story(WAIT).start().open == ["after"]


def test_a_reminder_goes_to_who_has_claimed_the_task() -> None:
    story = Story(LADDER).start()
    story.give(c.Claim("bo", story.seat("ok")))
    assert story.wait(days=1).events[-1]["to"] == ["user:bo"]


def test_an_outer_clock_reminds_whoever_is_asked_inside() -> None:
    story = Story("""
- step: whole
  due: {within: 2 days, remind: 50%, late: [away]}
  stage:
  - {step: ok, ask: role head of home, outcomes: {agree: next}}
  outcomes: {done: next, away: {by: clock, then: end left}}
""").start().wait(days=1)
    assert story.events[-1] == {"e": "told", "to": ["role:head@u"], "what": "whole:remind"}


@pytest.mark.parametrize("day", ["2026-06-01T12:00", "2026-06-17T12:00"])
def test_a_wait_does_what_its_outcome_says_whether_its_moment_is_to_come_or_past(day: str) -> None:
    story = Story("""
- step: rest
  wait: {until: "coalesce(day, now)"}
  outcomes: {came: {then: next, set: {a: came}, tell: applicant}}
- {step: after, ask: role head of home, outcomes: {fine: next}}
""").start(day=day).wait(days=1)
    assert story.open == ["after"]
    assert story.state is not None
    assert story.state["data"]["a"] == "came"
    assert story.state["out"]["rest"]["outcome"] == "came"
    assert [event["what"] for event in story.events if event["e"] == "told"] == ["rest.came"]
