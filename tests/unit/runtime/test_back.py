"""back: what a return undoes, keeps, asks again and counts."""

from __future__ import annotations

import pytest

from engine.errors import Conflict, Forbidden
from engine.runtime import commands as c
from tests.unit.runtime.story import Story


def steps(again: str, show: str = "[a]") -> str:
    """A hold on field a, two decisions, a return from the second to the first form."""
    return f"""
- {{step: hold, do: t.hold, with: {{name: =a}}, outcomes: {{held: next, refused: end refused}}}}
- {{step: first, ask: role head of home, show: {show}, outcomes: {{agree: next}}}}
- step: second
  ask: role head of home
  show: {show}
  outcomes:
    agree: next
    revise: {{then: back start, again: {again}, at_most: 2}}
"""


def returned(again: str, show: str = "[a]", **fill: str) -> Story:
    """The case after a return and a new submission of the form."""
    story = Story(steps(again, show)).start(a="x", b="y")
    story.act("first", "agree")
    story.act("second", "revise")
    assert story.open == ["start"]
    story.act("start", "submit", by="ann", **{"a": "x", "b": "y", **fill})
    return story


def test_replay_undoes_everything_and_asks_everybody_again() -> None:
    story = returned("replay")
    assert story.undone() == ["hold"]
    assert story.visited == ["hold", "first", "second", "start", "hold", "first"]
    assert story.held == ["hold"]


def test_changed_leaves_alone_what_rests_on_the_same_grounds() -> None:
    story = returned("changed")
    assert story.undone() == []
    assert story.visited == ["hold", "first", "second", "start", "second"], "who returned it decides again"
    assert story.kinds().count("skipped") == 2


def test_changed_asks_again_whoever_sees_something_new() -> None:
    story = returned("changed", show="[b]", b="z")
    assert story.undone() == [], "the hold rests on a, which is the same"
    assert story.open == ["first"]


def test_changed_runs_an_action_again_whose_inputs_changed() -> None:
    story = returned("changed", a="z")
    assert story.undone() == ["hold"]
    assert story.visited[-2:] == ["hold", "first"]
    assert story.held == ["hold"], "never twice in effect"


def test_resume_goes_straight_back_to_who_returned_it() -> None:
    story = returned("resume", show="[a]", b="z")
    assert story.open == ["second"]
    assert story.visited == ["hold", "first", "second", "start", "second"]


def test_resume_still_runs_an_action_whose_inputs_changed() -> None:
    story = returned("resume", a="z")
    assert story.undone() == ["hold"]
    assert story.open == ["second"], "but nobody in between is asked again"
    assert story.held == ["hold"]


def test_a_kept_result_that_is_not_passed_again_is_released() -> None:
    story = Story("""
- {step: hold, if: a = 'x', do: t.hold, with: {name: =b}, outcomes: {held: next, refused: end refused}}
- step: ok
  ask: role head of home
  outcomes: {agree: next, revise: {then: back start, again: changed, at_most: 1}}
""").start(a="x", b="y")
    story.act("ok", "revise")
    assert story.held == ["hold"]
    story.act("start", "submit", by="ann", a="z", b="y")
    story.act("ok", "agree")
    assert (story.end, story.held, story.undone()) == ("done", [], ["hold"])


def test_a_kept_result_that_is_not_passed_again_is_released_when_its_list_ends() -> None:
    story = Story("""
- step: whole
  stage:
  - {step: first, ask: role head of home, fill: [a], outcomes: {fine: next}}
  - {step: hold, if: a = 'x', do: t.hold, with: {name: =b}, outcomes: {held: next, refused: end refused}}
  - step: ok
    ask: role head of home
    outcomes: {agree: next, revise: {then: back first, again: changed, at_most: 1}}
  outcomes: {done: next}
- {step: after, ask: role head of home, outcomes: {agree: next}}
""").start(b="y")
    story.act("first", "fine", a="x")
    story.act("ok", "revise")
    story.act("first", "fine", a="z")
    assert story.held == ["hold"], "it may yet be passed again"
    story.act("ok", "agree")
    assert (story.open, story.held, story.undone()) == (["after"], [], ["hold"])


def test_a_kept_decision_that_is_not_passed_again_keeps_nobody_away() -> None:
    story = Story("""
- step: first
  if: a = 'x'
  ask: role head of home
  outcomes: {fine: next}
- step: ok
  ask: role chief of home
  not: [first]
  outcomes: {agree: next, revise: {then: back start, again: changed, at_most: 2}}
""", members={"role:head@u": {"bo"}, "role:chief@u": {"bo", "cy"}}).start(a="x")
    story.act("first", "fine", by="bo")
    story.act("ok", "revise", by="cy")
    story.act("start", "submit", by="ann", a="z")
    story.act("ok", "revise", by="cy")
    story.act("start", "submit", by="ann", a="z", b="y")
    story.act("ok", "agree", by="bo")
    assert story.end == "done"


def test_a_kept_decision_that_is_passed_again_keeps_away_who_took_it() -> None:
    story = Story("""
- {step: first, ask: role head of home, show: [a], outcomes: {fine: next}}
- step: ok
  ask: role chief of home
  not: [first]
  outcomes: {agree: next, revise: {then: back start, again: changed, at_most: 2}}
""", members={"role:head@u": {"bo"}, "role:chief@u": {"bo", "cy"}}).start(a="x")
    story.act("first", "fine", by="bo")
    story.act("ok", "revise", by="cy")
    story.act("start", "submit", by="ann", a="x", b="z")
    with pytest.raises(Forbidden):
        story.act("ok", "agree", by="bo")


def test_the_first_of_the_list_is_asked_again_only_where_the_return_names_it() -> None:
    def returned_to(target: str) -> list[str]:
        story = Story(f"""
- {{step: zero, ask: role head of home, show: [a], outcomes: {{agree: next}}}}
- {{step: first, ask: role head of home, show: [a], outcomes: {{agree: next}}}}
- step: second
  ask: role head of home
  outcomes: {{agree: next, revise: {{then: back {target}, again: changed, at_most: 2}}}}
""").start(a="x")
        for step, outcome in (("zero", "agree"), ("first", "agree"), ("second", "revise")):
            story.act(step, outcome)
        if target == "start":
            story.act("start", "submit", by="ann", a="x")
        else:
            story.act(target, "agree")
        return story.visited[4:]

    assert returned_to("start") == ["second"]
    assert returned_to("zero") == ["second"], "zero itself decides anew, before"
    assert returned_to("first") == ["second"]


def test_what_stands_goes_through_the_small_steps_of_its_outcome_again() -> None:
    story = Story("""
- step: first
  ask: role head of home
  show: [a]
  outcomes:
    agree:
      then: next
      steps:
      - {step: hold, do: t.hold, with: {name: =b}, outcomes: {held: next, refused: end refused}}
      - {step: also, ask: role head of home, show: [b], outcomes: {agree: next}}
- step: second
  ask: role head of home
  outcomes: {agree: next, revise: {then: back start, again: changed, at_most: 2}}
""").start(a="x", b="y")
    for step in ("first", "also"):
        story.act(step, "agree")
    story.act("second", "revise")
    story.act("start", "submit", by="ann", a="x", b="y")
    assert (story.open, story.held, story.undone()) == (["second"], ["hold"], [])
    story.act("second", "revise")
    story.act("start", "submit", by="ann", a="x", b="z")
    assert (story.open, story.undone()) == (["also"], ["hold"]), "what rests on b is done anew, first itself is not"


def test_what_silence_let_pass_stands_like_a_decision() -> None:
    story = Story("""
- step: first
  ask: role head of home
  show: [a]
  due: {within: 2 days, late: [silent]}
  outcomes: {agree: next, silent: {by: clock, then: next}}
- step: second
  ask: role head of home
  outcomes: {agree: next, revise: {then: back start, again: changed, at_most: 2}}
""").start(a="x")
    story.wait(days=3)
    story.act("second", "revise")
    story.act("start", "submit", by="ann", a="x")
    assert story.open == ["second"]
    story.act("second", "revise")
    story.act("start", "submit", by="ann", a="z")
    assert story.open == ["first"]


def test_fields_keep_their_values_and_outputs_of_undone_steps_become_empty() -> None:
    story = Story("""
- {step: hold, do: t.hold, with: {name: =a}, outcomes: {held: next, refused: end refused}}
- step: ok
  ask: role head of home
  outcomes: {agree: next, again: {then: back start, at_most: 1}}
- {step: use, do: t.note, with: {name: =hold.id}}
""").start(a="x")
    assert story.state is not None and "hold" in story.state["out"]
    story.act("ok", "again")
    assert "hold" not in story.state["out"]
    assert story.state["data"] == {"a": "x"}


def test_a_receipt_stays_until_its_effect_is_released() -> None:
    story = Story(steps("replay")).start(a="x")
    story.act("first", "agree")
    failing = iter([True])
    story.fails = lambda: next(failing, False)
    story.act("second", "revise")
    assert story.state is not None
    assert story.state["out"]["hold"]["id"], "the release failed and will need it"
    assert "first" not in story.state["out"], "of the others nothing is left"
    story.give(c.Retry("admin", story.of_kind("unwind")["n"]))
    assert "hold" not in story.state["out"] and story.open == ["start"]


@pytest.mark.parametrize("again", ["replay", "changed", "resume"])
def test_a_return_to_an_earlier_step_leaves_what_stands_before_it(again: str) -> None:
    story = Story(f"""
- {{step: one, do: t.hold, outcomes: {{held: next, refused: end refused}}}}
- {{step: early, ask: role head of home, outcomes: {{agree: next}}}}
- {{step: two, do: t.hold, outcomes: {{held: next, refused: end refused}}}}
- step: late
  ask: role head of home
  outcomes: {{agree: next, again: {{then: back early, again: {again}, at_most: 1}}}}
""").start()
    story.act("early", "agree")
    assert story.held == ["one", "two"]
    story.act("late", "again")
    assert (story.held, story.open) == (["one"] if again == "replay" else ["one", "two"], ["early"])
    story.act("early", "agree")
    story.act("late", "agree")
    assert (story.end, story.held, story.undone()) == ("done", ["one", "two"], ["two"] if again == "replay" else [])


def test_a_step_may_return_to_itself() -> None:
    story = Story("""
- step: ok
  ask: role head of home
  outcomes: {agree: next, other: {set: {a: other}, then: back ok, at_most: 1}}
""").start()
    first = story.seat("ok")
    story.act("ok", "other")
    assert story.seat("ok") > first


def test_a_return_into_the_list_around_a_stage_closes_the_stage() -> None:
    story = Story("""
- {step: before, ask: role head of home, outcomes: {agree: next}}
- step: whole
  stage:
  - {step: hold, do: t.hold, outcomes: {held: next, refused: end refused}}
  - {step: inner, ask: role head of home, outcomes: {agree: next, out: {then: back before, at_most: 1}}}
  outcomes: {done: next, withdraw: {by: applicant, then: end refused}}
""").start()
    story.act("before", "agree")
    story.act("inner", "out")
    assert (story.open, story.held, story.undone()) == (["before"], [], ["hold"])


def test_returns_are_counted_and_the_last_is_refused_in_words() -> None:
    story = Story(steps("replay")).start(a="x")
    for _ in range(2):
        story.act("first", "agree")
        story.act("second", "revise")
        story.act("start", "submit", by="ann", a="x")
    story.act("first", "agree")
    with pytest.raises(Conflict) as refusal:
        story.act("second", "revise")
    assert refusal.value.code == "used_up"
    assert "2次" in refusal.value.text.zh


def test_a_count_begins_anew_when_its_list_is_restarted_from_outside() -> None:
    story = Story("""
- step: whole
  stage:
  - {step: early, ask: role head of home, outcomes: {agree: next}}
  - {step: late, ask: role head of home, outcomes: {agree: next, again: {then: back early, at_most: 1}}}
- step: after
  ask: role head of home
  outcomes: {agree: next, over: {then: back whole, at_most: 1}}
""").start()

    def through() -> None:
        story.act("early", "agree")
        story.act("late", "again")
        story.act("early", "agree")
        with pytest.raises(Conflict):
            story.act("late", "again")
        story.act("late", "agree")

    through()
    story.act("after", "over")
    through()
    story.act("after", "agree")
    assert story.end == "done"


def test_an_action_whose_returns_are_used_up_takes_the_sibling_it_names() -> None:
    story = Story(
        """
- step: hold
  do: t.hold
  with: {name: =a}
  outcomes:
    held: next
    refused: {then: back start, at_most: 2, exhausted: gone}
    gone: {by: clock, then: end refused}
""",
        hold=["refused"] * 9,
    ).start(a="x")
    for _ in range(2):
        assert story.open == ["start"]
        story.act("start", "submit", by="ann", a="x")
    assert story.end == "refused"


def test_open_siblings_of_a_branch_that_returns_are_closed_and_undone() -> None:
    story = Story("""
- {step: before, ask: role head of home, outcomes: {agree: next}}
- step: both
  parallel:
    x:
    - {step: xhold, do: t.hold, outcomes: {held: next, refused: end refused}}
    - {step: xok, ask: role head of home, outcomes: {agree: next}}
    y:
    - {step: yok, ask: role head of home, outcomes: {agree: next, out: {then: back before, at_most: 1}}}
  need: all
""").start()
    story.act("before", "agree")
    assert story.open == ["xok", "yok"]
    story.act("yok", "out")
    assert (story.open, story.held, story.undone()) == (["before"], [], ["xhold"])


def test_a_formula_reads_how_often_a_step_was_done() -> None:
    story = Story("""
- step: ok
  ask: role head of home
  outcomes: {agree: next}
- {step: third, if: ok.round = 3, ask: role head of home, outcomes: {agree: next}}
- step: after
  ask: role head of home
  outcomes: {agree: next, again: {then: back ok, at_most: 2}}
""").start()
    for _ in range(2):
        story.act("ok", "agree")
        assert story.open == ["after"]
        story.act("after", "again")
    story.act("ok", "agree")
    assert story.open == ["third"]


def test_who_typed_for_the_applicant_corrects_for_them_too() -> None:
    story = Story("""
- step: ok
  ask: role head of home
  outcomes: {agree: next, revise: {then: back start, at_most: 2}}
""").start("ann", "ill")
    story.act("ok", "revise")
    story.act("start", "submit", by="ann", seat="user:ann")
    story.act("ok", "revise")
    story.act("start", "submit", by="ill", seat="user:ill")
    assert [event["for"] for event in story.events if event["e"] == "signed" and event["s"] == "start"] == ["ill", ""]
