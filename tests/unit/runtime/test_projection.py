"""From events to rows: what opens, closes and changes in the tables, and who hears of it."""

from __future__ import annotations

from typing import Any

from engine.clock import DAY
from engine.operations.commands.projection import Changes, open_rows, project
from engine.runtime import commands as c
from engine.runtime.state import fresh
from engine.store.schema.columns import NEVER
from tests.unit.runtime.noon import NOON
from tests.unit.runtime.story import Story

STEPS = """
- step: whole
  stage:
  - step: ok
    ask: [role head of home, role chief of home]
    due: {within: 2 days, remind: 50%, late: escalate role boss of home}
    outcomes:
      agree: {tell: applicant, then: next}
      again: {then: back start, at_most: 1}
      talk: {fill: [a], then: stay}
  due: {within: 9 days, late: over}
  outcomes: {done: next, over: {by: clock, then: end left}, withdraw: {by: applicant, then: end left}}
- {step: after, ask: role head of home, outcomes: {agree: next}}
"""


def _of(story: Story, command: c.Command) -> Changes:
    """The rows of one command."""
    before = open_rows(story.state or fresh(), "p")
    events = story.give(command)
    assert story.state is not None
    return project(before, events, story.state, "p", story.facts.now())


def _brief(rows: list[dict[str, Any]], *names: str) -> list[tuple[Any, ...]]:
    return [tuple(row[name] for name in names) for row in rows]


def test_a_start_opens_a_row_for_each_seat_and_each_clock_without_one() -> None:
    changes = _of(Story(STEPS), c.Start("ann", "u", {"a": "x"}))
    assert sorted(_brief(changes.opened, "step", "status", "audience")) == sorted(
        [("ok", "open", "role:head@u"), ("ok", "open", "role:chief@u"), ("whole", "timer", None)], key=str
    )
    assert changes.filled and changes.parties == {"home": ["u"]}
    assert not changes.closed and not changes.changed
    ok = next(row for row in changes.opened if row["step"] == "ok")
    assert (ok["due_at"], ok["ping_at"], ok["needed_by"], ok["needed_why"]) == (
        NOON + 2 * DAY, NOON + DAY, NOON + 2 * DAY, "due",
    )  # fmt: skip
    assert all(row["opened_at"] == NOON and row["process"] == "p" for row in changes.opened)


def test_a_decision_closes_its_row_as_done_and_its_siblings_as_cancelled() -> None:
    story = Story(STEPS).start(a="x")
    n = story.seat("ok", "role:chief@u")
    story.facts.standing_in["bo", "role:chief@u"] = "cy"
    changes = _of(story, c.Act("bo", n, "agree"))
    closed = {row["n"]: row for row in changes.closed}
    assert (closed[n]["status"], closed[n]["outcome"], closed[n]["actor"], closed[n]["on_behalf"]) == (
        "done", "agree", "bo", "cy",
    )  # fmt: skip
    assert {row["status"] for row in changes.closed if row["n"] != n} == {"cancelled"}
    assert _brief(changes.opened, "step", "needed_by") == [("after", NEVER)]
    assert changes.told == [("user:ann", "ok.agree")]
    assert not changes.filled


def test_a_return_closes_what_was_open_as_returned() -> None:
    story = Story(STEPS).start(a="x")
    changes = _of(story, c.Act("bo", story.seat("ok"), "again"))
    assert sorted(_brief(changes.closed, "status", "outcome"), key=str) == [
        ("done", "again"), ("returned", None), ("returned", None),
    ]  # fmt: skip
    assert _brief(changes.opened, "step", "audience") == [("start", "user:ann")]


def test_taking_back_closes_what_it_opened_as_withdrawn_and_opens_again_what_it_closed() -> None:
    story = Story(STEPS).start(a="x")
    n = story.seat("ok")
    story.act("ok", "agree")
    changes = _of(story, c.TakeBack("bo", n))
    assert _brief(changes.closed, "status") == [("withdrawn",)]
    assert _brief(changes.opened, "step") == [("ok",), ("ok",)], "signed seats get serials of their own"
    assert _brief(changes.reopened, "step", "status", "done_at") == [("whole", "timer", None)]
    assert changes.filled, "the form goes back too"


def test_who_stays_changes_no_row_of_a_task() -> None:
    story = Story(STEPS).start(a="x")
    changes = _of(story, c.Act("bo", story.seat("ok"), "talk", {"a": "y"}))
    assert (changes.opened, changes.closed, changes.changed) == ([], [], [])
    assert changes.filled


def test_a_claim_and_an_escalation_change_the_row_in_place() -> None:
    story = Story(STEPS).start(a="x")
    n = story.seat("ok")
    claimed = _of(story, c.Claim("bo", n))
    assert _brief(claimed.changed, "n", "assignee", "audience") == [(n, "bo", "role:head@u")]
    story.facts.at += 2 * DAY
    escalated = _of(story, c.Tick(n))
    assert (n, None, "role:boss@u") in _brief(escalated.changed, "n", "assignee", "audience")
    assert not escalated.opened
    assert _brief(escalated.closed, "n", "status") == [(n + 1, "cancelled")], "both sides' tasks went up as one"


def test_an_end_leaves_no_open_row() -> None:
    story = Story(STEPS).start(a="x")
    changes = _of(story, c.Cancel("admin"))
    assert {row["status"] for row in changes.closed} == {"cancelled"}
    assert len(changes.closed) == 3 and not changes.opened
