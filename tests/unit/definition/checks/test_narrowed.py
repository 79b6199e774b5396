"""A condition that asks whether something is there is believed where it held, and forgotten when that is lost."""

from __future__ import annotations

import pytest

from tests.unit.definition.loading import HEAD, codes, with_steps

FORM = HEAD.replace("fill: [place, slot]", "fill: [place, slot, friend, partner]").replace(
    "  stars:", "  partner: {type: partner}\n  total: {type: integer, value: '=first(rows.n)'}\n"
    "  rows: {type: table, key: n, columns: {n: {type: integer}}, optional: true}\n  stars:"
)  # fmt: skip


@pytest.mark.parametrize(
    "condition",
    [
        "not empty(friend)",
        "friend <> empty",
        "friend 不为空",
        "friend = applicant",
        "today > '2026-01-01' and not empty(friend)",
        "friend = applicant or not empty(friend)",
        "not (empty(friend) or today > '2026-01-01')",
    ],
)
def test_a_step_that_is_skipped_where_a_field_is_empty_may_read_it(condition: str) -> None:
    step = f'- {{step: help, if: "{condition}", ask: person friend, outcomes: {{agree: next}}}}'

    assert codes(with_steps(step, head=FORM)) == []


@pytest.mark.parametrize(
    "condition",
    [
        "empty(friend)",
        "not empty(friend) or today > '2026-01-01'",
        "not (friend = applicant)",
        "not (empty(friend) and today > '2026-01-01')",
    ],
)
def test_a_condition_that_may_hold_without_the_field_is_no_test(condition: str) -> None:
    step = f'- {{step: help, if: "{condition}", ask: person friend, outcomes: {{agree: next}}}}'

    assert codes(with_steps(step, head=FORM)) == ["maybe-empty"]


def test_what_stands_inside_a_tested_step_may_read_the_field_too() -> None:
    steps = """
- step: whole
  if: not empty(friend)
  stage:
  - {step: first, ask: role a, outcomes: {agree: next}}
  - {step: help, ask: person friend, outcomes: {agree: next}}
"""
    assert codes(with_steps(steps, head=FORM)) == []


def test_behind_a_tested_step_the_field_may_be_empty_again() -> None:
    steps = """
- {step: first, if: not empty(friend), ask: role a, outcomes: {agree: next}}
- {step: help, ask: person friend, outcomes: {agree: next}}
"""
    assert codes(with_steps(steps, head=FORM)) == ["maybe-empty"]


CHOICE = """
- step: which
  choose:
  - {{if: {condition}, steps: [{{step: one, ask: {one}, outcomes: {{agree: next}}}}]}}
  - {{else: [{{step: two, ask: {two}, outcomes: {{agree: next}}}}]}}
"""


@pytest.mark.parametrize(
    ("condition", "one", "two", "found"),
    [
        ("not empty(friend)", "person friend", "applicant", []),
        ("empty(friend)", "applicant", "person friend", []),
        ("empty(friend)", "person friend", "applicant", ["maybe-empty"]),
        ("not empty(friend)", "applicant", "person friend", ["maybe-empty"]),
    ],
)
def test_the_branches_of_a_choice_know_which_condition_held(
    condition: str, one: str, two: str, found: list[str]
) -> None:
    assert codes(with_steps(CHOICE.format(condition=condition, one=one, two=two), head=FORM)) == found


@pytest.mark.parametrize(
    ("condition", "one", "two", "found"),
    [
        ("not empty(friend)", "person friend", "applicant", []),
        ("empty(friend)", "applicant", "person friend", []),
        ("not empty(friend)", "applicant", "person friend", ["maybe-empty"]),
    ],
)
def test_the_cases_of_a_who_know_which_condition_held(condition: str, one: str, two: str, found: list[str]) -> None:
    step = f"""
- step: help
  ask: [{{if: {condition}, who: {one}}}, {{else: true, who: {two}}}]
  outcomes: {{agree: next}}
"""
    assert codes(with_steps(step, head=FORM)) == found


def test_what_a_plugin_says_may_be_missing_can_be_tested_too() -> None:
    step = "- {step: help, ask: person partner.contact, outcomes: {agree: next}}"

    assert codes(with_steps(step, head=FORM)) == ["maybe-empty"]
    assert codes(with_steps(step.replace("ask:", "if: not empty(partner.contact), ask:"), head=FORM)) == []


def test_what_was_derived_is_forgotten_when_a_form_may_have_changed_it() -> None:
    steps = """
- step: whole
  if: not empty(total)
  stage:
  - {step: first, ask: role a, %s outcomes: {agree: next}}
  - {step: rate, ask: role a, due: {within: =total * 1 day, late: escalate role b}, outcomes: {agree: next}}
"""
    assert codes(with_steps(steps % "", head=FORM)) == []
    assert codes(with_steps(steps % "fill: [rows],", head=FORM)) == ["maybe-empty"]


NAMED = "- {step: name, ask: role a, outcomes: {agree: {fill: [friend], must: [friend], then: next}}}\n"
SORRY = "{step: sorry, ask: person friend, outcomes: {agree: next}}"


@pytest.mark.parametrize(("fill", "found"), [("", []), ("fill: [friend],", ["maybe-empty"])])
def test_an_exit_of_a_stage_does_not_know_what_a_step_inside_may_have_emptied(fill: str, found: list[str]) -> None:
    steps = f"""
- step: whole
  stage:
  - {{step: inside, ask: role a, {fill} outcomes: {{agree: next}}}}
  - {{step: more, ask: role a, outcomes: {{agree: next}}}}
  outcomes:
    done: next
    stop: {{by: applicant, steps: [{SORRY}], then: end refused}}
"""
    assert codes(with_steps(NAMED + steps)) == found


@pytest.mark.parametrize(("fill", "found"), [("", []), ("fill: [friend],", ["maybe-empty"])])
def test_inside_a_stage_nothing_is_sure_that_an_exit_beside_may_empty(fill: str, found: list[str]) -> None:
    steps = f"""
- step: whole
  stage:
  - {{step: first, ask: role a, outcomes: {{agree: next}}}}
  - {SORRY}
  outcomes:
    done: next
    note: {{by: applicant, {fill} then: stay}}
"""
    assert codes(with_steps(NAMED + steps)) == found


@pytest.mark.parametrize(("fill", "found"), [("", []), ("fill: [friend],", ["maybe-empty"])])
def test_behind_a_parallel_step_nothing_is_sure_that_one_branch_may_have_emptied(fill: str, found: list[str]) -> None:
    steps = f"""
- step: both
  parallel:
    x: [{{step: one, ask: role a, {fill} outcomes: {{agree: next}}}}]
    y: [{{step: two, ask: role b, outcomes: {{agree: next}}}}]
- {SORRY}
"""
    assert codes(with_steps(NAMED + steps)) == found


@pytest.mark.parametrize(("fill", "found"), [("", []), ("fill: [friend],", ["maybe-empty"])])
def test_a_return_out_of_a_branch_brings_back_what_the_other_branch_emptied(fill: str, found: list[str]) -> None:
    steps = f"""
- {SORRY}
- step: both
  parallel:
    x: [{{step: one, ask: role a, {fill} outcomes: {{agree: next}}}}]
    y: [{{step: two, ask: role b, outcomes: {{agree: next, redo: {{then: back sorry, at_most: 2}}}}}}]
"""
    assert codes(with_steps(NAMED + steps)) == found


@pytest.mark.parametrize(("undo", "found"), [("none", []), ("all", ["maybe-empty"])])
def test_an_exit_of_a_stage_does_not_know_outputs_that_a_step_inside_may_have_undone(
    undo: str, found: list[str]
) -> None:
    steps = f"""
- step: hold
  do: venue_sharing.hold
  with: {{venue: =place, period: =slot}}
  outcomes: {{held: next, refused: end refused}}
- step: whole
  stage:
  - {{step: inside, ask: role a, outcomes: {{agree: {{undo: {undo}, then: next}}}}}}
  - {{step: more, ask: role a, outcomes: {{agree: next}}}}
  outcomes:
    done: next
    stop: {{by: applicant, set: {{note: =hold.id}}, then: end refused}}
"""
    head = HEAD.replace("note:   {type: text, optional: true}", "note:   {type: text}")
    assert codes(with_steps(steps, head=head)) == found
