"""evolve: events alone make the state, and leave what they were given untouched."""

from __future__ import annotations

import json

from engine.runtime import commands as c
from engine.runtime.decide import decide
from engine.runtime.evolve import evolve, replay
from engine.runtime.pending import pending
from engine.runtime.shapes.events import as_event
from engine.runtime.shapes.tree import State
from engine.runtime.state import copy, fresh, is_timer, leaves, nodes, owed, place_of, seats
from tests.unit.runtime.story import Story

STEPS = """
- {step: hold, do: t.hold, with: {name: =a}, outcomes: {held: next, refused: end refused}}
- step: whole
  stage:
  - step: both
    parallel:
      x: [{step: xok, ask: role head of home, outcomes: {agree: next, no: drop}}]
      y: [{step: yok, ask: role head of home, outcomes: {agree: next, back: {then: back start, at_most: 1}}}]
    need: all
    outcomes: {met: next, short: end refused}
  due: {within: 2 days, late: over}
  outcomes: {done: next, over: {by: clock, then: end left}}
"""


def _story() -> Story:
    story = Story(STEPS).start(a="x")
    story.act("xok", "agree")
    return story


def test_replaying_the_events_gives_the_same_state() -> None:
    story = _story()
    story.act("yok", "back")
    story.act("start", "submit", by="ann", a="y")
    assert replay(story.events) == story.state


def test_events_survive_json() -> None:
    story = _story()
    assert replay(map(as_event, json.loads(json.dumps(story.events)))) == story.state


def test_evolving_leaves_state_and_event_as_they_were() -> None:
    state: State = fresh()
    for event in _story().events:
        before, said = copy(state), copy(event)
        after = evolve(state, event)
        assert state == before and event == said
        state = after


def test_deciding_changes_nothing_and_says_the_same_twice() -> None:
    story = _story()
    before = copy(story.state)
    command = c.Act("bo", story.seat("yok"), "agree", opinion=True)
    first = decide(story.definition, story.state, command, story.facts)
    assert decide(story.definition, story.state, command, story.facts) == first
    assert story.state == before


def test_the_tree_has_one_active_item_a_list() -> None:
    state = _story().state
    assert state is not None
    assert [node["k"] for node in nodes(state["root"])] == ["root", "stage", "parallel", "ask"]
    assert [leaf["s"] for leaf in leaves(state["root"])] == ["yok"]
    assert list(seats(state)) == [node["n"] for node in nodes(state["root"]) if node["s"] == "yok"]
    assert [node["s"] for node in nodes(state["root"]) if is_timer(node)] == ["whole"]
    stage, parallel = (next(n for n in nodes(state["root"]) if n["k"] == kind) for kind in ("stage", "parallel"))
    assert place_of(state, parallel["n"]) == (stage["n"], "")


def test_serials_only_grow() -> None:
    story = _story()
    story.act("yok", "back")
    story.act("start", "submit", by="ann", a="y")
    opened = [event["node"]["n"] for event in story.events if event["e"] == "opened"]
    assert opened == sorted(set(opened))


def test_what_an_inner_list_owes_moves_up_when_it_closes() -> None:
    story = Story("""
- step: whole
  stage:
  - {step: hold, do: t.hold, outcomes: {held: next, refused: end refused}}
- {step: ok, ask: role head of home, outcomes: {agree: next}}
""").start()
    assert story.state is not None
    ((item, _, step),) = owed(story.state["root"])
    assert (item, step) == ("whole", "hold"), "the list knows it by its own item"


def test_nothing_is_pending_before_a_start_or_after_an_end() -> None:
    assert pending(fresh()) is None
    story = _story()
    story.act("yok", "agree")
    assert story.end == "done" and story.state is not None
    assert pending(story.state) is None
