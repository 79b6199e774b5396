"""Claiming, handing on, taking back, commenting and cancelling: the same wherever a step stands and however it signs."""

from __future__ import annotations

import pytest

from engine.errors import Conflict, Forbidden
from engine.runtime import commands as c
from tests.unit.runtime.story import Story

OK = """
{in}- step: ok
{in}  ask: role head of home
{in}  sign: {sign}
{in}  outcomes: {{agree: next, refuse: end refused}}
{in}- {{step: since, do: t.hold, outcomes: {{held: next, refused: end refused}}}}
{in}- {{step: after, ask: role head of home, outcomes: {{fine: next}}}}
"""
#: Where the step and what follows it stand: what is written around them.
PLACES = {
    "alone": ("", "", ""),
    "stage": ("- step: whole\n  stage:", "  ", "  outcomes: {done: next, withdraw: {by: applicant, then: end refused}}"),
    "all": ("- step: pair\n  parallel:\n    x:", "    ",
            "    y: [{step: beside, ask: role chief of home, outcomes: {fine: next}}]\n  outcomes: {met: next}"),
    "any": ("- step: pair\n  need: any\n  parallel:\n    x:", "    ",
            "    y: [{step: beside, ask: role chief of home, outcomes: {fine: next}}]\n  outcomes: {met: next}"),
    "choose": ("- step: which\n  choose:\n  - if: empty(b)\n    steps:", "    ", "  - {else: []}"),
    "small": ("- step: outer\n  ask: role chief of home\n  outcomes:\n    on:\n      then: next\n      steps:", "      ", ""),
}  # fmt: skip
PEOPLE = {"role:head@u": {"bo", "cy"}, "role:chief@u": {"di"}}
BEFORE = "- {step: first, do: t.hold, outcomes: {held: next, refused: end refused}}\n"


@pytest.fixture(params=["any", "all"])
def sign(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(params=PLACES)
def story(request: pytest.FixtureRequest, sign: str) -> Story:
    """A case that waits at ``ok``, with something held since its beginning."""
    head, inside, tail = PLACES[request.param]
    steps = OK.replace("{in}", inside).format(sign=sign)
    told = Story(f"{BEFORE}{head}{steps}{tail}", members=PEOPLE).start()
    if "outer" in told.open:
        told.act("outer", "on", by="di")
    assert "ok" in told.open and told.held == ["first"]
    return told


def signed(story: Story, last: str = "bo") -> int:
    """Everybody who has to says yes, *last* the last; the serial of that seat."""
    if len(story.node("ok")["seats"]) > 1:
        story.act("ok", "agree", by="cy", seat="user:cy")
    n = story.seat("ok")
    story.give(c.Act(last, n, "agree"))
    return n


def test_a_claim_holds_against_a_colleague_until_it_is_given_back(story: Story, sign: str) -> None:
    n = story.seat("ok", "user:bo" if sign == "all" else "")
    story.give(c.Claim("bo", n))
    handed_on = c.Transfer("cy", n, "ed", "出差", "reason")
    for refused in (c.Act("cy", n, "agree"), c.Claim("cy", n), c.Claim("cy", n, release=True), handed_on):
        with pytest.raises((Conflict, Forbidden)):
            story.give(refused)
    story.give(c.Claim("bo", n, release=True))
    assert not any(seat.holder for seat in story.node("ok")["seats"])
    signed(story)
    assert "after" in story.open


def test_a_task_handed_on_is_decided_by_who_has_it_now(story: Story, sign: str) -> None:
    n = story.seat("ok", "user:bo" if sign == "all" else "")
    story.give(c.Transfer("bo", n, "ed", "出差", "reason"))
    with pytest.raises(Forbidden):
        story.give(c.Act("bo", n, "agree"))
    story.give(c.Act("ed", n, "agree"))
    if sign == "all":
        story.act("ok", "agree", by="cy", seat="user:cy")
    assert "after" in story.open


def test_taking_back_opens_the_step_again_and_releases_what_ran_since(story: Story, sign: str) -> None:
    data = story.state and dict(story.state["data"])
    n = signed(story)
    assert story.held == ["first", "since"] and "after" in story.open
    with pytest.raises(Conflict):
        story.give(c.TakeBack("cy", n))
    story.give(c.TakeBack("bo", n))
    assert story.held == ["first"] and story.undone() == ["since"]
    assert "ok" in story.open and "after" not in story.open
    assert story.state is not None and story.state["data"] == data
    if sign == "all":
        assert list(story.node("ok")["sig"].values()) == ["agree"], "the signature before it stands"
    story.give(c.Act("bo", story.seat("ok"), "agree"))
    assert story.held == ["first", "since"] and "after" in story.open


def test_one_signature_of_several_is_taken_back_alone(story: Story, sign: str) -> None:
    if sign == "any":
        n = signed(story)
        story.give(c.Comment("di"))
        story.give(c.TakeBack("bo", n))
        assert "ok" in story.open
        return
    n = story.seat("ok", "user:cy")
    story.give(c.Act("cy", n, "agree"))
    story.give(c.TakeBack("cy", n))
    assert "sig" not in story.node("ok")
    assert "after" not in story.open
    signed(story)
    assert "after" in story.open


def test_nothing_is_taken_back_once_a_colleague_has_the_next_task(story: Story) -> None:
    n = signed(story)
    story.give(c.Claim("cy", story.seat("after")))
    with pytest.raises(Conflict):
        story.give(c.TakeBack("bo", n))


def test_a_comment_changes_nothing(story: Story) -> None:
    before = story.state
    story.give(c.Comment("bo"))
    assert story.state == before


@pytest.mark.parametrize("late", [False, True])
def test_an_administrators_cancel_ends_everything_and_releases_it(story: Story, late: bool) -> None:
    if late:
        signed(story)
    story.give(c.Cancel("admin"))
    assert (story.end, story.open, story.held) == ("cancelled", [], [])
    with pytest.raises(Conflict):
        story.give(c.Cancel("admin"))


def test_a_clock_that_comes_after_the_decision_changes_nothing(story: Story) -> None:
    signed(story)
    before = story.state
    for n in range(1, 20):
        story.give(c.Tick(n))
    assert story.state == before
