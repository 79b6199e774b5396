"""Values are there before they are read, on every way."""

from __future__ import annotations

import pytest

from tests.unit.definition.loading import HEAD, codes, load, with_steps

HOLD = """
- step: hold
  do: venue_sharing.hold
  with: {venue: =place, period: =slot}
  outcomes: {held: next, refused: end refused}
"""
CONFIRM = """
- step: confirm
  do: venue_sharing.confirm
  with: {hold: =hold.id}
"""
HELPED = """
- {step: choose_helper, ask: role a, fill: [helper], outcomes: {agree: next}}
"""
HELP = """
- {step: help, ask: person helper, outcomes: {agree: next}}
"""


def test_an_output_is_there_behind_the_result_that_brings_it() -> None:
    assert codes(with_steps(HOLD + CONFIRM)) == []


def test_an_output_is_not_there_behind_a_result_that_does_not_bring_it() -> None:
    steps = HOLD.replace("refused: end refused", "refused: next") + CONFIRM

    assert codes(with_steps(steps)) == ["maybe-empty"]


def test_an_output_is_not_surely_there_behind_a_step_that_may_be_skipped() -> None:
    steps = HOLD.replace("step: hold\n", "step: hold\n  if: today > '2026-01-01'\n") + CONFIRM

    assert codes(with_steps(steps)) == ["maybe-empty"]


def test_the_problem_names_what_may_be_empty_and_stands_where_it_is_read() -> None:
    _, problems = load(with_steps(HELP))

    assert (problems[0].path, problems[0].message.en) == ("steps.help.ask", "helper may still be empty here")


CHOICE = """
- step: which
  choose:
  - {{if: today > '2026-01-01', steps: [{{step: one, ask: role a, fill: [helper], outcomes: {{agree: next}}}}]}}
  - {{else: [{{step: two, ask: role a, fill: [{other}], outcomes: {{agree: next}}}}]}}
"""


@pytest.mark.parametrize(("other", "found"), [("helper", []), ("stars", ["maybe-empty"])])
def test_a_field_is_there_behind_a_choice_if_every_branch_fills_it(other: str, found: list[str]) -> None:
    assert codes(with_steps(CHOICE.format(other=other) + HELP)) == found


PARALLEL = """
- step: both
  parallel:
    x: [{{step: one, ask: role a, fill: [helper], outcomes: {{agree: next}}}}]
    y: [{{step: two, ask: role b, fill: [stars], outcomes: {{agree: next}}}}]
  need: {need}
"""


@pytest.mark.parametrize(("need", "found"), [("all", []), ("2", ["maybe-empty"]), ("any", ["maybe-empty"])])
def test_what_a_branch_fills_is_there_where_all_branches_were_needed(need: str, found: list[str]) -> None:
    # A number is judged as "so many of them, whichever": the same number as there are branches is written "all".
    assert codes(with_steps(PARALLEL.format(need=need) + HELP)) == found


def test_a_form_is_filled_only_where_the_case_goes_on() -> None:
    steps = """
- step: ask_helper
  ask: role a
  fill: [helper]
  outcomes:
    agree: next
    other: {by: applicant, then: next}
"""
    assert codes(with_steps(steps + HELP)) == ["maybe-empty"]


def test_what_an_exit_must_have_is_there_behind_it_even_if_the_field_is_optional() -> None:
    steps = "- {step: name, ask: role a, outcomes: {agree: {fill: [friend], must: [friend], then: next}}}\n"
    friendly = "- {step: help, ask: person friend, outcomes: {agree: next}}"

    assert codes(with_steps(steps + friendly)) == []
    assert codes(with_steps(steps.replace("must: [friend], ", "") + friendly)) == ["maybe-empty"]


def test_the_clock_leaves_no_actor_and_no_form_behind() -> None:
    steps = """
- step: take
  ask: role a
  fill: [stars]
  due: {within: 2 days, late: silent}
  outcomes:
    take: next
    silent: {by: clock, set: {stars: 3}, then: next}
"""
    assert codes(with_steps(steps + "- {step: rate, if: stars < 3, ask: role b, outcomes: {agree: next}}")) == []
    assert codes(with_steps(steps + "- {step: go, ask: person take.who, outcomes: {agree: next}}")) == ["maybe-empty"]


def test_an_exit_of_a_stage_knows_only_what_was_known_before_the_stage() -> None:
    steps = f"""
- step: whole
  stage:{HELPED.replace(chr(10), chr(10) + "  ")}
  outcomes:
    done: next
    stop: {{by: applicant, steps: [{{step: sorry, ask: person helper, outcomes: {{agree: next}}}}], then: end refused}}
"""
    assert codes(with_steps(steps + HELP)) == ["maybe-empty"]
    assert codes(with_steps(steps.replace("ask: person helper, ", "ask: role b, ") + HELP)) == []


def test_a_return_keeps_fields() -> None:
    steps = HELPED + HELP.replace("{agree: next}", "{agree: next, redo: {then: back choose_helper, at_most: 2}}")

    assert codes(with_steps(steps)) == []


def test_a_later_form_may_empty_an_optional_field_that_a_return_then_brings_back_empty() -> None:
    steps = """
- {step: help, ask: person friend, outcomes: {agree: next}}
- step: mend
  ask: role a
  fill: [friend]
  outcomes: {agree: next, redo: {then: back help, at_most: 2}}
"""
    first = "- {step: name, ask: role a, outcomes: {agree: {must: [friend], then: next}}}\n"

    assert codes(with_steps(first + steps)) == ["maybe-empty"]
    assert codes(with_steps(first + steps.replace("fill: [friend]", "fill: [note]"))) == []


def test_undoing_an_action_empties_its_outputs() -> None:
    steps = HOLD + "- {step: check, ask: role a, outcomes: {agree: {undo: all, then: next}}}" + CONFIRM

    assert codes(with_steps(steps)) == ["maybe-empty"]


@pytest.mark.parametrize(
    ("condition", "found"),
    [
        ("stars > 3", ["maybe-empty"]),
        ("not empty(stars) and stars > 3", []),
        ("stars = empty", []),
        ("coalesce(stars, 0) > 3", []),
        ("note = '急'", []),
    ],
)
def test_a_condition_says_so_if_what_it_reads_may_be_empty(condition: str, found: list[str]) -> None:
    steps = f'- {{step: one, if: "{condition}", ask: role a, outcomes: {{agree: next}}}}'

    assert codes(with_steps(steps)) == found


def test_an_optional_input_of_an_action_may_be_empty() -> None:
    hold = HOLD.replace("period: =slot}", "period: =slot, people: =stars}")

    assert codes(with_steps(hold)) == []
    assert codes(with_steps(hold, head=HEAD.replace("fill: [place, slot]", "fill: [place]"))) == ["maybe-empty"]


def test_a_required_field_is_not_set_to_something_that_may_be_empty() -> None:
    steps = "- {step: one, ask: role a, outcomes: {agree: {set: {helper: =friend}, then: next}}}"

    assert codes(with_steps(steps)) == ["maybe-empty"]
    assert codes(with_steps(steps.replace("helper: =friend", "friend: =helper"))) == []


def test_a_party_is_known_when_the_fields_behind_it_are() -> None:
    asked = "- {step: one, ask: role a of owner, outcomes: {agree: next}}"
    late = with_steps(asked, head=HEAD.replace("fill: [place, slot]", "fill: [slot]"))

    assert codes(with_steps(asked)) == []
    assert codes(late) == ["maybe-empty"]


def test_who_is_told_may_be_nobody_yet() -> None:
    steps = "- {step: one, ask: role a, outcomes: {agree: {tell: person helper, then: next}}}"

    assert codes(with_steps(steps)) == []


def test_the_deadline_of_the_case_reads_what_the_start_filled() -> None:
    head = HEAD + "due: {by: slot.end, late: escalate role a}\n"
    one = "- {step: one, ask: role a, outcomes: {agree: next}}"

    assert codes(with_steps(one, head=head)) == []
    assert codes(with_steps(one, head=head.replace("fill: [place, slot]", "fill: [place]"))) == ["maybe-empty"]


def test_who_may_start_is_asked_before_the_first_form() -> None:
    one = "- {step: one, ask: role a, outcomes: {agree: next}}"

    assert codes(with_steps(one, head=HEAD.replace("role staff", "role staff of place.station"))) == ["maybe-empty"]
    assert codes(with_steps(one, head=HEAD.replace("role staff", "role staff of start.unit"))) == []


def test_what_the_start_sets_is_reckoned_after_the_first_form() -> None:
    one = "- {step: one, ask: role a, outcomes: {agree: next}}"
    head = HEAD.replace("fill: [place, slot]", "fill: [place, slot], set: {helper: =%s}")

    assert codes(with_steps(one, head=head % "start.who")) == []
    assert codes(with_steps(one, head=head % "friend")) == ["maybe-empty"]


def test_an_optional_field_may_be_cleared_though_it_has_a_default() -> None:
    head = HEAD.replace("friend: {type: person, optional: true}", "friend: {type: person, default: =applicant%s}")
    steps = """
- {step: one, ask: role a, fill: [friend], outcomes: {agree: next}}
- {step: two, ask: person friend, outcomes: {agree: next}}
"""
    assert codes(with_steps(steps, head=head % "")) == []
    assert codes(with_steps(steps, head=head % ", optional: true")) == ["maybe-empty"]
