"""stage: exits that stay open beside what is inside, and what they cancel."""

from __future__ import annotations

import pytest

from engine.errors import Conflict, Forbidden
from engine.runtime import commands as c
from tests.unit.runtime.story import Story

STAGE = """
- {step: before, do: t.hold, outcomes: {held: next, refused: end refused}}
- step: whole
  stage:
  - {step: hold, do: t.hold, outcomes: {held: next, refused: end refused}}
  - {step: ok, ask: role head of home, outcomes: {agree: next}}
  - {step: use, ask: role head of home, outcomes: {agree: next}}
  outcomes:
    done: next
    withdraw: {by: applicant, then: end left}
    leave_it: {by: applicant, undo: none, then: end left}
    clear: {by: applicant, undo: all, then: next}
- {step: after, ask: role head of home, outcomes: {agree: next}}
"""


def _press(story: Story, outcome: str, by: str = "ann") -> None:
    story.give(c.Act(by, story.node("whole")["n"], outcome, opinion=True))


def test_a_stage_that_runs_to_its_end_goes_on_and_keeps_what_it_did() -> None:
    story = Story(STAGE).start()
    story.act("ok", "agree")
    story.act("use", "agree")
    assert (story.open, story.held) == (["after"], ["before", "hold"])


def test_withdrawing_closes_what_is_open_inside_and_undoes_it() -> None:
    story = Story(STAGE).start()
    n = story.seat("ok")
    _press(story, "withdraw")
    assert (story.end, story.undone(), story.held) == ("left", ["hold"], ["before"])
    with pytest.raises(Conflict):
        story.give(c.Act("bo", n, "agree"))


def test_withdrawing_is_possible_from_every_step_inside() -> None:
    story = Story(STAGE).start()
    story.act("ok", "agree")
    _press(story, "withdraw")
    assert story.end == "left"


def test_only_whom_the_exit_names_may_take_it() -> None:
    story = Story(STAGE).start()
    with pytest.raises(Forbidden) as refusal:
        _press(story, "withdraw", by="bo")
    assert refusal.value.text.zh == "“withdraw”只能由申请人办理。"
    with pytest.raises(Forbidden):
        _press(story, "done", by="ann")


def test_an_exit_may_say_that_nothing_is_undone() -> None:
    story = Story(STAGE).start()
    _press(story, "leave_it")
    assert (story.end, story.held) == ("left", ["before", "hold"])


def test_an_exit_may_say_that_everything_is_undone() -> None:
    story = Story(STAGE).start()
    _press(story, "clear")
    assert (story.open, story.held, story.undone()) == (["after"], [], ["hold", "before"])


def test_the_exits_of_a_stage_are_gone_once_it_is_left() -> None:
    story = Story(STAGE).start()
    n = story.node("whole")["n"]
    story.act("ok", "agree")
    story.act("use", "agree")
    with pytest.raises(Conflict):
        story.give(c.Act("ann", n, "withdraw"))


def test_a_stage_inside_a_stage_is_cancelled_with_it() -> None:
    story = Story("""
- step: outer
  stage:
  - step: inner
    stage:
    - {step: hold, do: t.hold, outcomes: {held: next, refused: end refused}}
    - {step: ok, ask: role head of home, outcomes: {agree: next}}
    outcomes: {done: next, back_off: {by: applicant, then: next}}
  - {step: use, ask: role head of home, outcomes: {agree: next}}
  outcomes: {done: next, withdraw: {by: applicant, then: end left}}
""").start()
    story.give(c.Act("ann", story.node("inner")["n"], "back_off"))
    assert (story.open, story.held) == (["use"], [])
    story.give(c.Act("ann", story.node("outer")["n"], "withdraw"))
    assert story.end == "left"


def test_a_withdrawal_during_a_failed_release_forgets_nothing() -> None:
    story = Story(STAGE)
    story.start()
    failing = iter([True])
    story.fails = lambda: next(failing, False)
    _press(story, "clear")
    assert story.held == ["before", "hold"]
    story.give(c.Cancel("admin"))
    assert (story.end, story.held) == ("cancelled", [])


def test_an_administrator_cancels_the_whole_case_and_everything_is_released() -> None:
    story = Story(STAGE).start()
    story.give(c.Cancel("admin"))
    assert (story.end, story.held, story.undone()) == ("cancelled", [], ["hold", "before"])
    with pytest.raises(Conflict):
        story.give(c.Cancel("admin"))


def test_a_stage_may_say_that_what_it_did_is_for_its_own_time_only() -> None:
    story = Story(STAGE.replace("    done: next", "    done: {then: next, undo: this}")).start()
    story.act("ok", "agree")
    story.act("use", "agree")
    assert (story.open, story.held) == (["after"], ["before"])
