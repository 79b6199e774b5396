"""do: an action runs once, its result leads on, and what it holds is owed until it is released."""

from __future__ import annotations

import pytest

from engine.errors import Conflict
from engine.runtime import commands as c
from engine.runtime.decide import decide
from engine.runtime.evolve import evolve
from engine.runtime.pending import pending
from engine.runtime.state import owed
from tests.unit.runtime.story import Story

HOLD = """
- step: hold
  do: t.hold
  with: {name: =a}
  outcomes: {held: next, refused: end refused}
- step: ok
  ask: role head of home
  outcomes: {agree: next, refuse: end refused}
"""


def test_an_action_runs_before_anybody_is_asked_and_leaves_its_receipt() -> None:
    story = Story(HOLD).start(a="x")
    assert story.visited == ["hold", "ok"]
    assert story.state is not None
    assert story.state["out"]["hold"]["id"]
    assert [entry[2] for entry in owed(story.state["root"])] == ["hold"] == story.held


def test_a_refusing_result_holds_nothing() -> None:
    story = Story(HOLD, hold=["refused"]).start(a="x")
    assert (story.end, story.held, story.undone()) == ("refused", [], [])


def test_an_end_that_undoes_all_releases_what_is_held() -> None:
    story = Story(HOLD).start(a="x")
    story.act("ok", "refuse")
    assert (story.end, story.held, story.undone()) == ("refused", [], ["hold"])


def test_an_end_that_undoes_nothing_keeps_what_is_held() -> None:
    story = Story(HOLD).start(a="x")
    story.act("ok", "agree")
    assert (story.end, story.held) == ("done", ["hold"])


def test_a_notice_is_never_undone() -> None:
    steps = """
- {step: note, do: t.note, with: {name: =a}}
- {step: ok, ask: role head of home, outcomes: {agree: next, refuse: end refused}}
"""
    story = Story(steps).start(a="x")
    story.act("ok", "refuse")
    assert story.undone() == []


def test_effects_are_released_newest_first() -> None:
    steps = """
- {step: one, do: t.hold, with: {name: =a}, outcomes: {held: next, refused: end refused}}
- {step: two, do: t.hold, with: {name: =b}, outcomes: {held: next, refused: end refused}}
- {step: three, do: t.hold, with: {name: =one.id}, outcomes: {held: next, refused: end refused}}
- {step: ok, ask: role head of home, outcomes: {agree: next, refuse: end refused}}
"""
    story = Story(steps).start(a="x", b="y")
    story.act("ok", "refuse")
    assert story.undone() == ["three", "two", "one"]


def test_outputs_that_nobody_reads_are_not_kept_but_a_receipt_is() -> None:
    steps = """
- {step: note, do: t.note, with: {name: =a}}
- {step: hold, do: t.hold, with: {name: =a}, outcomes: {held: next, refused: end refused}}
- {step: ok, ask: role head of home, outcomes: {agree: next}}
"""
    story = Story(steps).start(a="x")
    assert story.state is not None
    assert set(story.state["out"]["note"]) == {"outcome", "result"}
    assert set(story.state["out"]["hold"]) == {"outcome", "result", "id"}


def test_a_result_comes_once() -> None:
    story = Story(HOLD).start(a="x")
    with pytest.raises(Conflict):
        story.give(c.Result(1, "held", {"id": "again"}))


def test_a_result_that_the_action_does_not_declare_is_a_defect() -> None:
    story = Story(HOLD)
    opened = decide(story.definition, None, c.Start("ann", "u", {"a": "x"}), story.facts)
    state = None
    for event in opened:
        state = evolve(state, event)
    assert state is not None
    request = pending(state)
    assert request is not None and request.kind == "do"
    with pytest.raises(ValueError, match="does not declare"):
        decide(story.definition, state, c.Result(request.n, "flown", {}), story.facts)


def test_an_action_that_fails_rests_as_an_incident_until_it_is_let_run_again() -> None:
    story = Story(HOLD)
    failing = [True]
    story.fails = lambda: failing[0]
    story.start(a="x")
    node = story.node("hold")
    assert node["ph"] == "incident"
    assert story.state is not None and pending(story.state) is None
    failing[0] = False
    story.give(c.Retry("admin", node["n"]))
    assert story.open == ["ok"] and story.held == ["hold"]
    with pytest.raises(Conflict):
        story.give(c.Retry("admin", node["n"]))


def test_a_release_that_fails_goes_on_where_it_stopped() -> None:
    steps = """
- {step: one, do: t.hold, outcomes: {held: next, refused: end refused}}
- {step: two, do: t.hold, outcomes: {held: next, refused: end refused}}
- {step: ok, ask: role head of home, outcomes: {agree: next, refuse: end refused}}
"""
    story = Story(steps).start()
    failing = iter([False, True])
    story.fails = lambda: next(failing, False)
    story.act("ok", "refuse")
    assert story.undone() == ["two"] and story.end == ""
    assert story.state is not None
    assert [entry[2] for entry in owed(story.state["root"])] == ["one"]
    story.give(c.Retry("admin", story.of_kind("unwind")["n"]))
    assert (story.undone(), story.end, story.held) == (["two", "one"], "refused", [])


def test_an_administrator_may_cancel_a_case_that_hangs_in_an_incident() -> None:
    story = Story(HOLD)
    failing = iter([True])
    story.fails = lambda: next(failing, False)
    story.start(a="x")
    story.give(c.Cancel("admin"))
    assert (story.end, story.held) == ("cancelled", [])


UNDO_THIS = """
- step: hold
  do: t.hold
  outcomes: {held: {then: next, undo: this}, refused: {then: next, undo: this}}
- {step: ok, ask: role head of home, outcomes: {agree: next}}
"""


@pytest.mark.parametrize(("result", "released"), [("held", ["hold"]), ("refused", [])])
def test_an_exit_releases_its_own_effect_where_there_is_one(result: str, released: list[str]) -> None:
    story = Story(UNDO_THIS, hold=[result]).start()
    assert (story.undone(), story.held, story.open) == (released, [], ["ok"])
