"""parallel and choose: branches side by side, how many are needed, what becomes of the others."""

from __future__ import annotations

import pytest

from engine.errors import Conflict
from engine.runtime import commands as c
from tests.unit.runtime.story import Story

_BRANCH = """
    {name}:
    - {{step: {name}_hold, do: t.hold, outcomes: {{held: next, refused: drop}}}}
    - step: {name}_ok
      ask: role head of home
      outcomes: {{agree: next, no: drop}}
"""


def steps(need: str, rest: str = "cancel", short: str = "end refused", more: str = "") -> str:
    """Three branches, each a hold and a decision that may drop out."""
    branches = "".join(_BRANCH.format(name=name) for name in ("x", "y", "z"))
    short = f", short: {short}" if need != "all" or short else ""
    return f"""
- step: some
  parallel:{branches}
  need: {need}
  rest: {rest}
  outcomes: {{met: next{short}}}
{more}
- {{step: after, ask: role head of home, outcomes: {{agree: next}}}}
"""


def test_all_branches_are_open_at_once_and_the_last_one_goes_on() -> None:
    story = Story(steps("all")).start()
    assert story.open == ["x_ok", "y_ok", "z_ok"]
    story.act("y_ok", "agree")
    story.act("x_ok", "agree")
    assert story.open == ["z_ok"]
    story.act("z_ok", "agree")
    assert story.open == ["after"]
    assert story.held == ["x_hold", "y_hold", "z_hold"]


def test_one_of_all_that_drops_out_is_short() -> None:
    story = Story(steps("all")).start()
    story.act("x_ok", "agree")
    story.act("y_ok", "no")
    assert (story.end, story.held) == ("refused", [])


def test_any_takes_the_first_and_releases_the_others() -> None:
    story = Story(steps("any")).start()
    story.act("y_ok", "agree")
    assert story.open == ["after"]
    assert story.held == ["y_hold"], "what counted is kept, the losers' holds are not"
    assert story.undone() == ["z_hold", "x_hold"]


def test_any_is_short_when_all_have_dropped_out() -> None:
    story = Story(steps("any", short="next")).start()
    for name in ("x", "y", "z"):
        assert story.open != ["after"]
        story.act(f"{name}_ok", "no")
    assert (story.open, story.held) == (["after"], [])


def test_a_branch_that_drops_out_does_not_count_though_it_held_nothing() -> None:
    story = Story("""
- step: some
  need: any
  parallel:
    x: [{step: x_ok, ask: role head of home, outcomes: {agree: next, no: drop}}]
    y: [{step: y_ok, ask: role head of home, outcomes: {agree: next, no: drop}}]
  outcomes: {met: next, short: end left}
- {step: after, ask: role head of home, outcomes: {agree: next}}
""").start()
    story.act("x_ok", "no")
    assert story.open == ["y_ok"]
    story.act("y_ok", "no")
    assert story.end == "left"


def test_two_of_three_go_on_with_the_second() -> None:
    story = Story(steps("2")).start()
    story.act("z_ok", "agree")
    assert story.open == ["x_ok", "y_ok"]
    story.act("x_ok", "agree")
    assert (story.open, story.held) == (["after"], ["x_hold", "z_hold"])


def test_two_of_three_are_short_as_soon_as_two_cannot_come() -> None:
    story = Story(steps("2")).start()
    story.act("z_ok", "no")
    assert story.held == ["x_hold", "y_hold"], "a branch that drops out releases what it holds"
    story.act("x_ok", "no")
    assert (story.end, story.held) == ("refused", [])


def test_the_rest_may_finish_before_it_goes_on() -> None:
    story = Story(steps("any", rest="finish")).start()
    story.act("y_ok", "agree")
    assert story.open == ["x_ok", "z_ok"]
    story.act("x_ok", "no")
    story.act("z_ok", "agree")
    assert (story.open, story.held) == (["after"], ["y_hold", "z_hold"])


def test_a_branch_that_refuses_at_once_is_not_decided_before_all_have_opened() -> None:
    story = Story(steps("2"), x_hold=["refused"]).start()
    assert story.open == ["y_ok", "z_ok"]
    assert [k for k in story.kinds() if k == "branch_done"] == ["branch_done"]


def test_branches_that_need_nobody_meet_at_once() -> None:
    story = Story("""
- step: some
  parallel:
    x: [{step: xn, do: t.note}]
    y: [{step: yn, do: t.note}]
  need: all
- {step: after, ask: role head of home, outcomes: {agree: next}}
""").start()
    assert story.visited == ["some", "xn", "yn", "after"]


def test_an_end_in_one_branch_ends_the_case_and_releases_what_its_siblings_hold() -> None:
    story = Story("""
- step: some
  parallel:
    x:
    - {step: x_hold, do: t.hold, outcomes: {held: next, refused: end left}}
    - {step: x_ok, ask: role head of home, outcomes: {agree: next}}
    y:
    - {step: y_hold, do: t.hold, outcomes: {held: next, refused: end left}}
    - {step: y_ok, ask: role head of home, outcomes: {agree: next, stop: end left}}
  need: all
""").start()
    n = story.seat("x_ok")
    story.act("y_ok", "stop")
    assert (story.end, story.held) == ("left", ["y_hold"]), "the end keeps what its own branch did"
    with pytest.raises(Conflict) as refusal:
        story.give(c.Act("bo", n, "agree"))
    assert refusal.value.code == "case_ended"


def test_a_cancelled_branch_cannot_be_completed_later() -> None:
    story = Story(steps("any")).start()
    n = story.seat("x_ok")
    story.act("y_ok", "agree")
    with pytest.raises(Conflict) as refusal:
        story.give(c.Act("bo", n, "agree"))
    assert refusal.value.code == "task_closed"


CHOOSE = """
- step: way
  choose:
  - if: a = 'x'
    steps: [{step: one, ask: role head of home, outcomes: {agree: next, again: {then: back start, at_most: 1}}}]
  - if: a <> ''
    steps: [{step: two, ask: role head of home, outcomes: {agree: next}}]
  - else: []
- {step: after, ask: role head of home, outcomes: {agree: next}}
"""


def test_choose_takes_the_first_branch_that_holds() -> None:
    assert Story(CHOOSE).start(a="x").open == ["one"]
    assert Story(CHOOSE).start(a="y").open == ["two"]
    assert Story(CHOOSE).start().open == ["after"], "and the else when none does"


def test_a_return_chooses_anew() -> None:
    story = Story(CHOOSE).start(a="x")
    story.act("one", "again")
    story.act("start", "submit", by="ann", a="y")
    assert story.open == ["two"]
