"""A task in somebody's hands: claiming, giving back, handing on, and taking back one's own decision."""

from __future__ import annotations

import pytest

from engine.errors import Conflict, Forbidden
from engine.runtime import commands as c
from tests.unit.runtime.story import Story

TWO = """
- step: ok
  ask: role head of home
  not: [start]
  fill: [a]
  outcomes: {agree: next, refuse: end refused}
- {step: hold, do: t.hold, with: {name: =a}, outcomes: {held: next, refused: end refused}}
- step: after
  ask: role chief of home
  due: {within: 2 days, late: escalate role head of home}
  outcomes: {fine: next}
"""
PEOPLE = {"role:head@u": {"bo", "cy", "ann"}, "role:chief@u": {"di", "ed"}}


def begun() -> Story:
    return Story(TWO, members=PEOPLE).start()


def test_who_claims_a_task_has_it_alone() -> None:
    story = begun()
    story.give(c.Claim("bo", story.seat("ok")))
    with pytest.raises(Conflict) as refusal:
        story.act("ok", "agree", by="cy")
    assert (refusal.value.code, refusal.value.details["holder"]) == ("claimed", "bo")
    story.act("ok", "agree", by="bo", a="x")
    assert story.open == ["after"]


def test_a_claimed_task_cannot_be_claimed_again_by_another() -> None:
    story = begun()
    n = story.seat("ok")
    story.give(c.Claim("bo", n))
    with pytest.raises(Conflict):
        story.give(c.Claim("cy", n))
    story.give(c.Claim("bo", n))


def test_a_task_given_back_is_everybodys_again() -> None:
    story = begun()
    n = story.seat("ok")
    story.give(c.Claim("bo", n))
    with pytest.raises(Forbidden):
        story.give(c.Claim("cy", n, release=True))
    story.give(c.Claim("bo", n, release=True))
    story.act("ok", "agree", by="cy", a="x")
    assert story.open == ["after"]


def test_only_who_is_asked_may_claim() -> None:
    story = begun()
    with pytest.raises(Forbidden):
        story.give(c.Claim("eve", story.seat("ok")))
    with pytest.raises(Conflict):
        story.give(c.Claim("bo", 99))


def test_a_task_handed_on_is_that_persons() -> None:
    story = begun()
    n = story.seat("ok")
    story.give(c.Transfer("bo", n, "eve", "出差", "reason"))
    assert story.audiences("ok") == ["user:eve"] and story.seat("ok") == n
    with pytest.raises(Forbidden):
        story.act("ok", "agree", by="bo")
    story.act("ok", "agree", by="eve", a="x")
    assert story.open == ["after"]


def test_a_task_cannot_be_handed_to_who_is_excluded_nor_by_who_has_it_not() -> None:
    story = begun()
    n = story.seat("ok")
    with pytest.raises(Forbidden) as refusal:
        story.give(c.Transfer("bo", n, "ann"))
    assert refusal.value.code == "excluded"
    with pytest.raises(Forbidden):
        story.give(c.Transfer("eve", n, "cy"))
    story.give(c.Claim("bo", n))
    with pytest.raises(Forbidden):
        story.give(c.Transfer("cy", n, "cy"))


def test_taking_back_restores_the_task_the_form_and_releases_what_ran_since() -> None:
    story = begun()
    n = story.seat("ok")
    story.act("ok", "agree", by="bo", a="x")
    assert (story.open, story.held) == (["after"], ["hold"])
    story.give(c.TakeBack("bo", n))
    assert (story.open, story.held, story.undone()) == (["ok"], [], ["hold"])
    assert story.state is not None
    assert story.state["data"] == {} and story.state["out"] == {}
    assert story.seat("ok") > n, "a reopened seat is a new task"
    story.act("ok", "refuse", by="bo")
    assert story.end == "refused"


def test_only_ones_own_last_decision_can_be_taken_back() -> None:
    story = begun()
    n = story.seat("ok")
    story.act("ok", "agree", by="bo", a="x")
    for who, task in (("cy", n), ("bo", n + 1), ("di", n)):
        with pytest.raises(Conflict) as refusal:
            story.give(c.TakeBack(who, task))
        assert refusal.value.code == "cannot_take_back"


@pytest.mark.parametrize("moved", ["claim", "transfer", "clock"])
def test_once_somebody_or_the_clock_moved_nothing_is_taken_back(moved: str) -> None:
    story = begun()
    n = story.seat("ok")
    story.act("ok", "agree", by="bo", a="x")
    match moved:
        case "claim":
            story.give(c.Claim("di", story.seat("after")))
        case "transfer":
            story.give(c.Transfer("di", story.seat("after"), "ed", "出差", "reason"))
        case "clock":
            story.wait(days=2)
    assert story.last("bo") is None
    with pytest.raises(Conflict):
        story.give(c.TakeBack("bo", n))


def test_a_comment_does_not_stand_in_the_way_of_taking_back() -> None:
    story = begun()
    n = story.seat("ok")
    story.act("ok", "agree", by="bo", a="x")
    story.give(c.Comment("di"))
    story.give(c.TakeBack("bo", n))
    assert story.open == ["ok"]


def test_a_case_that_ended_is_not_taken_back() -> None:
    story = begun()
    n = story.seat("ok")
    story.act("ok", "refuse", by="bo")
    with pytest.raises(Conflict):
        story.give(c.TakeBack("bo", n))


def test_a_start_is_not_taken_back() -> None:
    story = begun()
    assert story.last("ann") is None


def test_one_of_several_signatures_is_taken_back_alone() -> None:
    steps = "- {step: ok, ask: role head of home, sign: all, outcomes: {agree: next, no: end refused}}"
    story = Story(steps, members={"role:head@u": {"bo", "cy"}}).start()
    n = story.seat("ok", "user:bo")
    story.act("ok", "agree", by="bo", seat="user:bo")
    story.give(c.TakeBack("bo", n))
    story.act("ok", "agree", by="cy", seat="user:cy")
    assert story.end == "", "bo has yet to sign"
    story.act("ok", "agree", by="bo", seat="user:bo")
    assert story.end == "done"


def test_a_return_is_taken_back_with_its_count() -> None:
    steps = "- {step: ok, ask: role head of home, outcomes: {agree: next, again: {then: back start, at_most: 1}}}"
    story = Story(steps).start()
    n = story.seat("ok")
    story.act("ok", "again")
    story.give(c.TakeBack("bo", n))
    story.act("ok", "again")
    assert story.open == ["start"]


def test_what_a_wait_led_to_is_not_taken_back() -> None:
    story = Story("""
- {step: ok, ask: role head of home, outcomes: {agree: next}}
- {step: rest, wait: {until: "coalesce(day, now)"}, outcomes: {came: next}}
- {step: after, ask: role chief of home, outcomes: {fine: next}}
""").start(day="2026-06-17T12:00")
    n = story.seat("ok")
    story.act("ok", "agree", by="bo")
    assert story.last("bo") == n
    story.wait(days=1)
    assert story.last("bo") is None


def test_taking_back_forgets_the_round_too() -> None:
    story = Story("""
- {step: ok, ask: role head of home, outcomes: {agree: next}}
- {step: after, if: ok.round > 0, ask: role chief of home, outcomes: {fine: next}}
""").start()
    story.act("ok", "agree", by="bo")
    story.give(c.TakeBack("bo", 1))
    story.act("ok", "agree", by="bo")
    assert story.state is not None and story.state["out"]["ok"]["round"] == 1


def test_who_is_excluded_cannot_claim() -> None:
    story = begun()
    with pytest.raises(Forbidden) as refusal:
        story.give(c.Claim("ann", story.seat("ok")))
    assert refusal.value.code == "excluded"


def test_nobody_signs_for_two() -> None:
    story = Story(
        "- {step: ok, ask: role head of home, sign: all, outcomes: {agree: next, refuse: end refused}}", members=PEOPLE
    ).start()
    with pytest.raises(Conflict) as refusal:
        story.give(c.Transfer("cy", story.seat("ok", "user:cy"), "bo"))
    assert refusal.value.code == "signs_already"
    first = story.seat("ok", "user:ann")
    story.act("ok", "agree", by="ann", seat="user:ann")
    with pytest.raises(Conflict) as refusal:
        story.give(c.Act("ann", first, "agree"))
    assert refusal.value.code == "task_closed", "a double click of the first to sign is no intrusion"


def test_what_cannot_be_undone_cannot_be_taken_back() -> None:
    story = Story("""
- {step: ok, ask: role head of home, outcomes: {agree: next}}
- {step: pay, do: t.pay}
- {step: after, ask: role chief of home, outcomes: {fine: next}}
""").start()
    story.act("ok", "agree", by="bo")
    assert story.last("bo") is None


def test_a_press_that_was_refused_is_nothing_to_go_back_to() -> None:
    """Shrunk from the properties: the simulation took the state before a refused press for that before the decision."""
    story = Story("""
- step: whole
  stage: [{step: ok, ask: role head of home, outcomes: {agree: next}}]
  outcomes: {done: next, word: {by: applicant, then: stay}}
""").start("ann", "bo")
    n = story.node("whole")["n"]
    acted = story.state and dict(story.state["acted"])
    story.give(c.Act("bo", n, "word"))
    with pytest.raises(Forbidden):
        story.give(c.Act("bo", n, "done"))
    story.give(c.TakeBack("bo", n))
    assert story.state is not None and story.state["acted"] == acted


TWO_SIDES = """
- step: both
  parallel:
    left:
    - {step: l1, ask: role head of home, outcomes: {ok: next}}
    - {step: l2, ask: role head of home, outcomes: {ok: next}}
    right:
    - {step: r1, ask: role chief of home, fill: [b], outcomes: {ok: next}}
    - {step: hold, do: t.hold, outcomes: {held: next, refused: end refused}}
    - {step: r2, ask: role chief of home, outcomes: {ok: next}}
  outcomes: {met: next}
- {step: after, ask: role head of home, outcomes: {ok: next}}
"""


def two_sides() -> Story:
    return Story(TWO_SIDES, members={"role:head@u": {"bo", "cy"}, "role:chief@u": {"di"}}).start()


def test_what_others_did_in_another_branch_stands_when_a_decision_is_taken_back() -> None:
    story = two_sides()
    story.act("r1", "ok", by="di", b="x")
    story.act("l1", "ok", by="bo")
    assert story.last("di") is not None and story.held == ["hold"]
    story.give(c.TakeBack("di", story.last("di") or 0))
    assert (story.open, story.held, story.undone()) == (["l2", "r1"], [], ["hold"])
    assert story.state is not None and story.state["data"] == {} and "l1" in story.state["out"]
    for step, by in (("l2", "bo"), ("r1", "di"), ("r2", "di"), ("after", "cy")):
        story.act(step, "ok", by=by)
    assert story.end == "done"


def test_a_claim_in_another_branch_stands_too() -> None:
    story = two_sides()
    story.act("l1", "ok", by="bo")
    story.act("r1", "ok", by="di")
    story.give(c.Claim("cy", story.seat("l2")))
    story.give(c.TakeBack("di", story.last("di") or 0))
    assert [(seat.audience, seat.holder) for seat in story.node("l2")["seats"]] == [("role:head@u", "cy")]
    assert story.last("bo") is None, "cy has what bo's decision opened"


def test_nothing_is_taken_back_once_the_branches_have_met() -> None:
    story = two_sides()
    for step, by in (("r1", "di"), ("r2", "di"), ("l1", "bo"), ("l2", "cy")):
        story.act(step, "ok", by=by)
    assert story.last("di") is None, "without it the branches would not have met"
    assert story.last("bo") is None
    assert story.last("cy") is not None
