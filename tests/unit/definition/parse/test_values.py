"""Constants and formulas are read by the type of their place."""

from __future__ import annotations

from typing import Any

import pytest

from engine.definition.kinds.do import Do
from tests.unit.definition.loading import HEAD, codes, loaded, with_steps

ONE = "- {step: one, ask: role a, outcomes: {agree: next}}"


def field_default(type_: str, default: str) -> Any:
    """The stored default of a setting of *type_*."""
    head = HEAD.replace("fields:", f"settings:\n  x: {{type: {type_}, default: {default}}}\nfields:")
    default_value = loaded(with_steps(ONE, head=head)).settings[0].default
    assert default_value is not None
    return default_value.constant


@pytest.mark.parametrize(
    ("type_", "written", "stored"),
    [
        ("duration", "2个工作日", "2 workdays"),
        ("integer", "5", 5),
        ("money", "12.5", 1250),
        ("decimal", "0.1", "0.1"),
        ("boolean", "是", True),
        ("boolean", "false", False),
        ("date", "2026-06-16", "2026-06-16"),
        ("text", "12:30", "12:30"),
        ("choices, of: [甲, 乙]", "[甲]", ["甲"]),
    ],
)
def test_a_constant_is_read_by_the_type_of_its_place(type_: str, written: str, stored: Any) -> None:
    assert field_default(type_, written) == stored


def test_nothing_but_four_words_is_a_yes_or_no() -> None:
    head = HEAD.replace("fields:", "settings:\n  x: {type: boolean, default: yes}\nfields:")

    assert codes(with_steps(ONE, head=head)) == ["not-a-flag"]


@pytest.mark.parametrize("written", ["=slot.end + 1 day", "slot.end + 1 day"])
def test_a_deadline_takes_a_moment_with_or_without_the_sign(written: str) -> None:
    steps = (
        f"- {{step: one, ask: role a, due: {{by: {written}, late: no}}, outcomes: {{agree: next, no: end refused}}}}"
    )
    due = loaded(with_steps(steps)).steps[0].due

    assert due is not None and due.by is not None and due.by.text == "slot.end + 1 day"


def test_a_quoted_formula_is_a_formula() -> None:
    steps = """
- step: hold
  do: venue_sharing.hold
  with: {venue: =place, period: =slot, people: "=if(empty(friend), 1, 2)"}
  outcomes: {held: next, refused: end refused}
"""
    hold = loaded(with_steps(steps)).steps[0]

    assert isinstance(hold, Do)
    assert hold.with_[2][1].formula is not None


@pytest.mark.parametrize(
    ("steps", "code"),
    [
        ("- {step: one, if: =stars > 3, ask: role a, outcomes: {agree: next}}", "needless-sign"),
        ("- {step: one, if: stars, ask: role a, outcomes: {agree: next}}", "formula-type"),
        ("- {step: one, ask: role a, outcomes: {agree: {set: {stars: five}, then: next}}}", "field-type"),
        ("- {step: one, ask: role a, outcomes: {agree: {set: {stars: =place}, then: next}}}", "formula-type"),
    ],
)
def test_a_value_of_the_wrong_kind_is_a_fault(steps: str, code: str) -> None:
    head = HEAD.replace("fill: [place, slot]", "fill: [place, slot, stars]")

    assert codes(with_steps(steps, head=head)) == [code]


def test_fill_all_is_every_field_that_is_not_derived() -> None:
    head = HEAD.replace("fill: [place, slot]", "fill: all").replace(
        "  stars:", "  double: {type: integer, value: =stars * 2}\n  stars:"
    )

    assert loaded(with_steps(ONE, head=head)).start.fill == ("place", "slot", "note", "helper", "friend", "stars")


@pytest.mark.parametrize(
    ("setting", "found"),
    [
        ("{type: choice, of: [甲, 乙], default: 乙}", []),
        ("{type: choice, of: [甲, 乙], default: 丙}", ["cannot-hold"]),
        ("{type: choices, of: [甲, 乙], default: [甲, 丙]}", ["cannot-hold"]),
    ],
)
def test_a_constant_of_a_choice_is_one_of_its_options(setting: str, found: list[str]) -> None:
    head = HEAD.replace("fields:", f"settings:\n  x: {setting}\nfields:")

    assert codes(with_steps(ONE, head=head)) == found


def test_one_column_of_a_table_cannot_be_filled_yet() -> None:
    head = HEAD.replace("  stars:", "  rows: {type: table, columns: {ok: {type: boolean}}}\n  stars:")
    filled = "- {step: one, ask: role a, fill: [%s], outcomes: {agree: next}}"

    assert codes(with_steps(filled % "rows", head=head)) == []
    assert codes(with_steps(filled % "rows.ok", head=head)) == ["not-yet"]
