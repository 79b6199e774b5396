"""Nobody overwrites somebody: what everybody signs has no form, and what stays open fills nothing that is open too."""

from __future__ import annotations

import pytest

from tests.unit.definition.loading import codes, with_steps


@pytest.mark.parametrize("sign", ["any", "all"])
@pytest.mark.parametrize(
    ("fill", "agree", "shared"),
    [
        ("", "then: next", False),
        ("fill: [note],", "then: next", True),
        ("", "fill: [note], then: next", True),
        ("", "must: [note], then: next", True),
        ("", "set: {note: 阅}, then: next", False),
    ],
)
def test_a_form_that_everybody_would_fill_is_refused(sign: str, fill: str, agree: str, shared: bool) -> None:
    step = f"- {{step: one, ask: role a, sign: {sign}, {fill} outcomes: {{agree: {{{agree}}}, no: end refused}}}}"

    assert codes(with_steps(step)) == (["filled-by-several"] if shared and sign == "all" else [])


def test_an_outcome_that_one_person_decides_by_may_have_a_form_of_its_own() -> None:
    step = "- {step: one, ask: role a, sign: all, outcomes: {agree: next, no: {must: [note], then: end refused}}}"

    assert codes(with_steps(step)) == []


@pytest.mark.parametrize(
    ("inside", "beside", "then", "refused"),
    [
        ("fill: [note]", "fill: [note]", "stay", True),
        ("fill: [note]", "must: [note]", "stay", True),
        ("fill: [note]", "set: {note: 阅}", "stay", True),
        ("fill: [note]", "fill: [friend]", "stay", False),
        ("fill: [note]", "fill: [note]", "end refused", False),
        ("show: [note]", "fill: [note]", "stay", False),
    ],
)
def test_an_exit_that_stays_fills_nothing_that_is_filled_inside(
    inside: str, beside: str, then: str, refused: bool
) -> None:
    steps = f"""
- step: whole
  stage:
  - {{step: one, ask: role a, {inside}, outcomes: {{agree: next}}}}
  outcomes: {{done: next, mend: {{by: role b, {beside}, then: {then}}}}}
"""
    assert codes(with_steps(steps)) == (["filled-beside"] if refused else [])


def test_two_exits_of_one_stage_that_stay_do_not_fill_the_same() -> None:
    steps = """
- step: whole
  stage:
  - {step: one, ask: role a, outcomes: {agree: next}}
  outcomes:
    done: next
    mend: {by: role b, fill: [note], then: stay}
    again: {by: role c, fill: [note], then: stay}
"""
    assert codes(with_steps(steps)) == ["filled-beside"]
    assert codes(with_steps(steps.replace("fill: [note], then: stay", "fill: [friend], then: stay", 1))) == []
