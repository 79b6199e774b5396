"""Returns, drops, reach, results and undo stand in the tree as the rules say."""

from __future__ import annotations

import pytest

from engine.definition.checks.tree import returns
from tests.unit.definition.loading import codes, load, loaded, with_steps

TREE = """
- {step: first, ask: role a, outcomes: {agree: next}}
- step: outer
  stage:
  - {step: inner, ask: role a, outcomes: {agree: next}}
  - step: split
    parallel:
      x:
      - {step: x1, ask: role a, outcomes: {agree: next}}
      - step: x2
        ask: role a
        outcomes: {agree: {steps: [{step: small, ask: role b, outcomes: {agree: next}}], then: next}}
      y: [{step: y1, ask: role a, outcomes: {agree: next}}]
- {step: last, ask: role a, outcomes: {agree: next}}
"""


@pytest.mark.parametrize(
    ("step", "legal"),
    [
        ("first", ["first", "start"]),
        ("inner", ["inner", "outer", "first", "start"]),
        ("x2", ["x2", "x1", "split", "inner", "outer", "first", "start"]),
        ("small", ["small", "x2", "x1", "split", "inner", "outer", "first", "start"]),
        ("y1", ["y1", "split", "inner", "outer", "first", "start"]),
        ("last", ["last", "outer", "first", "start"]),
    ],
)
def test_a_return_leads_to_the_step_or_an_earlier_one_of_a_list_around_it(step: str, legal: list[str]) -> None:
    assert list(returns(loaded(with_steps(TREE)), step)) == legal


@pytest.mark.parametrize("target", ["last", "split", "x1"])
def test_a_return_forward_inward_or_into_another_branch_is_refused(target: str) -> None:
    step = "y1" if target == "x1" else "first"
    text = with_steps(
        TREE.replace(
            f"{{step: {step}, ask: role a, outcomes: {{agree: next",
            f"{{step: {step}, ask: role a, outcomes: {{redo: {{then: back {target}, at_most: 1}}, agree: next",
        )
    )

    assert codes(text) == ["bad-return"]


def branches(one: str, two: str, more: str = "") -> str:
    """Two branches, each with one ask of these outcomes."""
    return with_steps(
        "- step: both\n  parallel:\n"
        f"    x: [{{step: one, ask: role a, outcomes: {{{one}}}}}]\n"
        f"    y: [{{step: two, ask: role b, outcomes: {{{two}}}}}]\n{more}"
    )


SHORT = "  outcomes: {met: next, short: end refused}"


@pytest.mark.parametrize(
    ("one", "two", "more", "found"),
    [
        ("agree: next", "agree: next", "", []),
        ("agree: next, no: drop", "agree: next", "", ["not-mapped"]),
        ("agree: next, no: drop", "agree: next", SHORT, []),
        ("agree: next, no: drop", "agree: next", "  need: any", []),
        ("agree: next, no: drop", "agree: next, no: drop", "  need: any", ["not-mapped"]),
        ("agree: next, no: drop", "agree: next", "  need: 2", ["not-mapped"]),
        ("agree: next, no: drop", "agree: next", "  outcomes: {short: end refused}", ["not-mapped"]),
        ("agree: next", "agree: next", "  need: 2\n  rest: finish", []),
    ],
)
def test_short_is_mapped_where_too_few_branches_may_be_counted(one: str, two: str, more: str, found: list[str]) -> None:
    assert codes(branches(one, two, more)) == found


def test_a_drop_counts_for_the_nearest_parallel_step_around_it() -> None:
    inner = """
- step: outer
  parallel:
    a: [{step: one, ask: role a, outcomes: {agree: next}}]
    b:
    - step: inner
      parallel:
        c: [{step: two, ask: role a, outcomes: {agree: next, no: drop}}]
        d: [{step: three, ask: role a, outcomes: {agree: next}}]
      outcomes: {met: next, short: %s}
"""
    assert codes(with_steps(inner % "next")) == []
    _, problems = load(with_steps(inner % "drop"))
    assert [(one.code, one.path) for one in problems if not one.warning] == [("not-mapped", "steps.outer.outcomes")]


def test_only_the_first_step_that_no_way_leads_to_is_named() -> None:
    steps = """
- {step: one, ask: role a, outcomes: {no: end refused}}
- {step: two, ask: role a, outcomes: {agree: next}}
- {step: three, ask: role a, outcomes: {agree: next}}
"""
    _, problems = load(with_steps(steps))

    assert [(one.code, one.path) for one in problems] == [("unreachable", "steps.two")]


def test_a_step_behind_one_that_may_be_skipped_is_reached() -> None:
    steps = """
- {step: one, if: today > '2026-01-01', ask: role a, outcomes: {no: end refused}}
- {step: two, ask: role a, outcomes: {agree: next}}
"""
    assert codes(with_steps(steps)) == []


def test_done_is_needed_only_where_a_case_runs_off_the_end() -> None:
    ends = "ends: {refused: {}}\n"

    assert codes(with_steps("- {step: one, ask: role a, outcomes: {no: end refused}}", ends)) == []
    assert codes(with_steps("- {step: one, ask: role a, outcomes: {agree: next, no: end refused}}", ends)) == [
        "no-done"
    ]


def test_a_stage_is_left_by_people_who_are_named() -> None:
    stage = (
        "- step: all\n  stage: [{step: one, ask: role a, outcomes: {agree: next}}]\n  outcomes: {done: next, stop: %s}"
    )

    assert codes(with_steps(stage % "{by: applicant, then: end refused}")) == []
    assert codes(with_steps(stage % "end refused")) == ["never-comes"]


DOOR = "- {step: door, do: venue_sharing.open_door, with: {venue: =place}}\n"


@pytest.mark.parametrize(
    ("steps", "found"),
    [
        (DOOR + "- {step: one, ask: role a, outcomes: {agree: next, redo: {then: back start, at_most: 1}}}", 1),
        (DOOR + "- {step: one, ask: role a, outcomes: {agree: next, redo: {then: back one, at_most: 1}}}", 0),
        (DOOR + "- {step: one, ask: role a, outcomes: {agree: {undo: all, then: next}}}", 1),
        ("- {step: one, ask: role a, outcomes: {agree: {undo: all, then: next}}}\n" + DOOR, 0),
        (DOOR + "- {step: one, ask: role a, outcomes: {agree: next, no: end refused}}", 1),
        ("- {step: one, ask: role a, outcomes: {agree: next, no: end refused}}\n" + DOOR, 0),
    ],
)
def test_what_cannot_be_undone_is_never_in_the_way(steps: str, found: int) -> None:
    ends = "ends: {done: {}, refused: {undo: all}}\n"

    assert codes(with_steps(steps, ends)) == ["undo-impossible"] * found


def test_a_cancelled_stage_or_branch_does_not_hold_what_cannot_be_undone() -> None:
    stage = f"- step: all\n  stage:\n  {DOOR}  outcomes: {{done: next, stop: {{by: applicant, %sthen: end refused}}}}"
    other = "y: [{step: one, ask: role a, outcomes: {agree: next}}]"
    split = f"- step: both\n  parallel:\n    x:\n    {DOOR}    {other}\n  need: %s"

    assert codes(with_steps(stage % "")) == ["undo-impossible"]
    assert codes(with_steps(stage % "undo: none, ")) == []
    assert codes(with_steps(split % "any")) == ["undo-impossible"]
    assert codes(with_steps(split % "all")) == []


@pytest.mark.parametrize(("door", "found"), [(DOOR, ["undo-impossible"]), ("", [])])
def test_an_end_inside_a_branch_undoes_what_runs_beside_it_further_out(door: str, found: list[str]) -> None:
    steps = f"""
- step: outer
  parallel:
    near:
    - step: inner
      parallel:
        x: [{{step: one, ask: role a, outcomes: {{agree: next, stop: end refused}}}}]
        y: [{{step: two, ask: role a, outcomes: {{agree: next}}}}]
    far:
    {door}    - {{step: three, ask: role a, outcomes: {{agree: next}}}}
"""
    assert codes(with_steps(steps)) == found


def test_a_circle_of_derived_fields_is_told_once() -> None:
    fields = "".join(f"  {x}: {{type: integer, value: =1 + {y}}}\n" for x, y in ("xy", "yz", "zx"))
    text = with_steps("- {step: one, ask: role a, outcomes: {agree: next}}").replace("  stars:", f"{fields}  stars:")

    assert codes(text) == ["derived-circle"]
