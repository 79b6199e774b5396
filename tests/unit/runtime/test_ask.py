"""ask: whom a step asks, who may answer, and how several sign."""

from __future__ import annotations

from dataclasses import replace

import pytest

from engine.definition.fields.exit_form import form_of
from engine.errors import Conflict, Forbidden, Invalid
from engine.runtime import commands as c
from tests.unit.runtime.story import Story

ONE = """
- step: ok
  ask: role head of home
  fill: [b]
  outcomes:
    agree: {then: next}
    refuse: {opinion: must, then: end refused}
    note: {must: [who], then: end left}
"""
EVERYBODY = """
- step: ok
  ask: role head of home
  sign: all
  outcomes:
    agree: {then: next}
    refuse: {then: end refused}
"""


def test_a_step_asks_the_holders_of_its_role_as_one_audience() -> None:
    story = Story(ONE).start()
    assert story.audiences("ok") == ["role:head@u"]
    story.act("ok", "agree", b="x")
    assert story.end == "done"


def test_a_list_of_people_has_a_seat_each_and_the_first_to_act_decides() -> None:
    story = Story("- {step: ok, ask: [applicant, role head of home], outcomes: {agree: next}}").start("ann", "ill")
    assert story.audiences("ok") == ["user:ill", "role:head@u"]
    story.act("ok", "agree", by="bo", seat="role:head@u")
    assert story.end == "done"


def test_the_same_person_named_twice_has_one_seat() -> None:
    story = Story("- {step: ok, ask: [applicant, person start.who], outcomes: {agree: next}}").start()
    assert story.audiences("ok") == ["user:ann"]


def test_alternatives_are_asked_by_their_conditions() -> None:
    steps = """
- step: ok
  ask:
  - {if: a = 'x', who: role head of home}
  - {else: true, who: applicant}
  outcomes: {agree: next}
"""
    assert Story(steps).start(a="x").audiences("ok") == ["role:head@u"]
    assert Story(steps).start(a="y").audiences("ok") == ["user:ann"]


def test_only_who_is_asked_may_act() -> None:
    story = Story(ONE, members={"role:head@u": {"bo"}}).start()
    with pytest.raises(Forbidden) as refusal:
        story.act("ok", "agree", by="eve", b="x")
    assert refusal.value.code == "not_asked"


def test_who_acted_before_is_excluded_where_the_step_says_so() -> None:
    steps = """
- {step: first, ask: role head of home, outcomes: {agree: next}}
- {step: second, ask: role head of home, not: [start, first], outcomes: {agree: next}}
"""
    story = Story(steps).start("ann", "ill")
    story.act("first", "agree", by="bo")
    for barred in ("ann", "ill", "bo"):
        with pytest.raises(Forbidden) as refusal:
            story.act("second", "agree", by=barred)
        assert refusal.value.code == "excluded"
    story.act("second", "agree", by="cy")
    assert story.end == "done"


def test_where_all_are_excluded_the_step_goes_to_who_mends_such_things() -> None:
    steps = "- {step: ok, ask: role head of home, not: [start], outcomes: {agree: next}}"
    story = Story(steps, members={"role:head@u": {"ann"}}).start()
    assert story.audiences("ok") == ["role:district_admin@"]
    assert story.node("ok")["nobody"] is True


def test_who_is_on_duty_but_excluded_is_not_waited_for() -> None:
    steps = "- {step: ok, ask: rota duty of home, not: [start], outcomes: {agree: next}}"
    assert Story(steps, members={"role:duty@u": {"ann", "bo"}}).start().audiences("ok") == ["role:duty@u"]
    assert Story(steps, members={"role:duty@u": {"ann"}}).start().audiences("ok") == ["role:district_admin@"]


def test_whom_a_deputy_started_for_is_excluded_as_if_they_had_started() -> None:
    steps = "- {step: ok, ask: role head of home, not: [start], outcomes: {agree: next}}"
    story = Story(steps, members={"role:head@u": {"bo", "cy"}, "role:staff@u": {"bo"}})
    story.facts.standing_in["ann", "role:staff@u"] = "bo"
    story.start("ann")
    with pytest.raises(Forbidden):
        story.act("ok", "agree", by="bo")
    story.act("ok", "agree", by="cy")
    assert story.end == "done"


def test_whom_a_deputy_acted_for_is_excluded_as_if_they_had_acted() -> None:
    steps = """
- {step: first, ask: role head of home, outcomes: {agree: next}}
- {step: second, ask: role chief of home, not: [first], outcomes: {agree: next}}
"""
    story = Story(steps, members={"role:head@u": {"bo"}, "role:chief@u": {"bo", "cy", "di"}}).start()
    story.facts.standing_in["cy", "role:head@u"] = "bo"
    story.act("first", "agree", by="cy")
    for barred in ("bo", "cy"):
        with pytest.raises(Forbidden):
            story.act("second", "agree", by=barred)
    story.act("second", "agree", by="di")
    assert story.end == "done"


def test_a_role_that_only_the_excluded_hold_is_not_waited_for() -> None:
    steps = "- {step: ok, ask: role head of home, not: [start], outcomes: {agree: next}}"
    assert Story(steps, members={"role:head@u": {"ann"}}).start().audiences("ok") == ["role:district_admin@"]


def test_a_step_whose_condition_does_not_hold_is_passed_over() -> None:
    steps = "- {step: ok, if: a = 'x', ask: role head of home, outcomes: {agree: next}}"
    assert Story(steps).start(a="y").end == "done"
    assert Story(steps).start(a="x").open == ["ok"]


def test_a_decision_that_needs_a_reason_is_refused_without() -> None:
    story = Story(ONE).start()
    with pytest.raises(Invalid) as refusal:
        story.give(c.Act("bo", story.seat("ok"), "refuse"))
    assert [problem.path for problem in refusal.value.problems] == ["opinion"]
    story.act("ok", "refuse")
    assert story.end == "refused"


def test_what_an_outcome_must_have_is_asked_for_by_name() -> None:
    story = Story(ONE).start()
    with pytest.raises(Invalid) as refusal:
        story.act("ok", "note")
    assert [problem.path for problem in refusal.value.problems] == ["who"]
    story.act("ok", "note", who="bo")
    assert story.end == "left"


def test_what_the_outcome_does_not_ask_for_is_refused_and_not_dropped() -> None:
    story = Story(ONE).start(a="x")
    with pytest.raises(Invalid) as refusal:
        story.act("ok", "agree", b="seen", a="changed behind the form")
    assert [(problem.code, problem.path) for problem in refusal.value.problems] == [("field-unknown", "a")]
    assert story.state is not None
    assert story.state["data"] == {"a": "x"}


SHARED = """
- step: ok
  ask: role head of home
  fill: [a]
  outcomes:
    agree: {must: [a], then: next}
    leave: {fill: [b], then: end left}
    later: {then: stay}
"""


def test_a_field_that_step_and_outcome_both_ask_is_one() -> None:
    step = Story(SHARED).definition.process.index["ok"][0]
    agree, leave = (step.exit(name) for name in ("agree", "leave"))
    assert agree is not None
    assert leave is not None
    assert (form_of(step, agree), form_of(step, leave)) == (("a",), ("a", "b"))


def test_who_leaves_otherwise_need_not_complete_the_form_though_the_page_sends_it_empty() -> None:
    story = Story(SHARED).start()
    story.act("ok", "later", a=None)
    story.act("ok", "leave", a="", b=None)
    assert story.end == "left"


def test_what_was_filled_arrives_with_whatever_is_pressed() -> None:
    story = Story(SHARED).start()
    story.act("ok", "later", a="typed")
    assert story.state is not None
    assert story.state["data"] == {"a": "typed"}


def test_an_optional_field_is_emptied_by_whatever_is_pressed() -> None:
    story = Story(SHARED).start(a="x")
    story.act("ok", "later", a="")
    assert story.state is not None
    assert story.state["data"].get("a") is None


def test_an_outcome_of_the_clock_cannot_be_pressed() -> None:
    steps = """
- step: ok
  ask: role head of home
  due: {within: 2 days, late: silent}
  outcomes: {agree: next, silent: {by: clock, then: end left}}
"""
    with pytest.raises(Conflict) as refusal:
        Story(steps).start().act("ok", "silent")
    assert refusal.value.code == "no_such_outcome"


def test_an_outcome_by_another_is_theirs_alone() -> None:
    steps = """
- step: ok
  ask: role head of home
  outcomes: {agree: next, withdraw: {by: applicant, then: end refused}}
"""
    story = Story(steps, members={"role:head@u": {"bo"}}).start()
    with pytest.raises(Forbidden):
        story.act("ok", "withdraw", by="bo")
    story.act("ok", "withdraw", by="ann")
    assert story.end == "refused"


def test_everybody_signs_and_the_last_one_closes_the_step() -> None:
    story = Story(EVERYBODY, members={"role:head@u": {"bo", "cy"}}).start()
    assert story.audiences("ok") == ["user:bo", "user:cy"]
    story.act("ok", "agree", by="cy", seat="user:cy")
    assert story.open == ["ok"] and story.end == ""
    with pytest.raises(Conflict):
        story.give(c.Act("cy", story.node("ok")["seats"][1].n, "agree"))
    story.act("ok", "agree", by="bo")
    assert story.end == "done"


def test_where_everybody_signs_one_no_is_enough() -> None:
    story = Story(EVERYBODY, members={"role:head@u": {"bo", "cy"}}).start()
    story.act("ok", "refuse", by="cy", seat="user:cy")
    assert story.end == "refused"


def test_who_stays_has_said_something_and_the_step_stays_open() -> None:
    steps = "- {step: ok, ask: role head of home, outcomes: {agree: next, talk: {fill: [a], then: stay}}}"
    story = Story(steps).start()
    n = story.seat("ok")
    story.act("ok", "talk", a="one")
    story.act("ok", "talk", a="two")
    assert story.seat("ok") == n
    assert story.state is not None and story.state["data"]["a"] == "two"


def test_an_outcome_sets_fields_from_what_the_step_itself_left() -> None:
    steps = """
- {step: take, ask: role head of home, outcomes: {mine: {set: {who: =take.who}, then: next}}}
- {step: do, ask: person who, outcomes: {fine: next}}
"""
    story = Story(steps).start()
    story.act("take", "mine", by="bo")
    assert story.audiences("do") == ["user:bo"]


def test_small_steps_of_an_exit_run_before_its_target() -> None:
    steps = """
- step: ok
  ask: role head of home
  outcomes:
    agree: next
    more:
      steps:
      - {step: supply, ask: applicant, fill: [a], outcomes: {supplied: next, no: end refused}}
      then: back ok
      at_most: 2
"""
    story = Story(steps).start()
    story.act("ok", "more")
    assert story.open == ["supply"]
    story.act("supply", "supplied", by="ann", a="paper")
    assert story.open == ["ok"]
    story.act("ok", "more")
    story.act("supply", "no", by="ann")
    assert story.end == "refused"


def test_nobody_acts_through_a_deputy_where_they_are_excluded() -> None:
    steps = "- {step: ok, ask: role head of home, not: [start], outcomes: {agree: next}}"
    story = Story(steps, members={"role:head@u": {"ann", "bo"}}).start()
    story.facts.standing_in["cy", "role:head@u"] = "ann"
    with pytest.raises(Forbidden) as refusal:
        story.act("ok", "agree", by="cy")
    assert refusal.value.code == "excluded"
    story.facts.standing_in["cy", "role:head@u"] = "bo"
    story.act("ok", "agree", by="cy")
    assert [(e["by"], e["for"]) for e in story.events if e["e"] == "signed"] == [("cy", "bo")]


def test_a_process_that_is_started_for_oneself_is_not_started_for_another() -> None:
    story = Story("- {step: ok, ask: role head of home, outcomes: {agree: next}}")
    process = story.definition.process
    story.definition = replace(
        story.definition, process=replace(process, start=replace(process.start, for_applicant=False))
    )
    with pytest.raises(Invalid) as refusal:
        story.start("ann", "ill")
    assert [problem.path for problem in refusal.value.problems] == ["for"]
    assert story.state is None
    story.start("ann", "ann")
