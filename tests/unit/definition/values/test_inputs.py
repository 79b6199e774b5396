"""What people type: many ways to write a value, one stored form, and a sentence where it cannot be read."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.definition.fields.schema import FORMATS
from engine.definition.values.extents import MOST_NUMBER, MOST_TEXT
from engine.definition.values.forms import decode, encode
from engine.definition.values.inputs import parse_input
from engine.definition.values.kinds.table import BUILT_IN
from engine.definition.values.types import ValueType
from engine.errors import Problem
from engine.i18n import Text

AFTERNOON = "2026-06-16T14:00/2026-06-16T16:00"
EVENING = "2026-06-16T22:00/2026-06-17T00:00"


@pytest.mark.parametrize(
    ("kind", "typed", "stored"),
    [
        ("text", "  两行\n文字 ", "两行\n文字"),
        ("integer", "５０", 50),
        ("integer", "1,000", 1000),
        ("integer", "-3", -3),
        ("integer", "-0", 0),
        ("decimal", "-0.00", "0"),
        ("money", "-0", 0),
        ("integer", "20.0", 20),
        ("decimal", "1.50", "1.5"),
        ("decimal", "１２", "12"),
        ("money", "12.5", 1250),
        ("money", "12.50元", 1250),
        ("money", "¥1,000", 100000),
        ("boolean", "是", True),
        ("boolean", "on", True),
        ("boolean", "No", False),
        ("date", "2026-6-16", "2026-06-16"),
        ("date", "2026年6月16日", "2026-06-16"),
        ("date", "2026/06/16", "2026-06-16"),
        ("time", "9:05", "09:05"),
        ("datetime", "2026-06-16 14:00", "2026-06-16T14:00"),
        ("datetime", "2026-06-16T14:00", "2026-06-16T14:00"),
        ("period", "2026-06-16 14:00/16:00", AFTERNOON),
        ("period", "2026-06-16T14:00/2026-06-16T16:00", AFTERNOON),
        ("period", "2026/6/16 14:00 – 16:00", AFTERNOON),
        ("period", "2026-06-16 22:00/24:00", EVENING),
        ("period", "2026-06-16 22:00/00:00", EVENING),
        ("period", "2026-06-16 22:00/2026-06-16 24:00", EVENING),
        ("period", "2026-06-16 22:00/2026-06-16 00:00", EVENING),
        ("period", "2026-06-16 22:00/2026-06-17 00:00", EVENING),
        ("period", "2026-06-16 00:00/24:00", "2026-06-16T00:00/2026-06-17T00:00"),
        ("datetime", "2026-12-31 24:00", "2027-01-01T00:00"),
        ("text", "e\u0301cole\r\n\ufeff第二行\u200b", "école\n第二行"),
        ("period", "2026年6月16日 14：00至16：00", AFTERNOON),
        ("duration", "2个工作日", "2 workdays"),
        ("phone", "138 0013 8000", "13800138000"),
        ("phone", "+86-13800138000", "13800138000"),
        ("phone", "0779-3218888转12", "0779-3218888转12"),
        ("id_number", "11010519491231002x", "11010519491231002X"),
        ("calendar", "每月第一个周六", "每月第一个周六"),
        ("choices", "甲、乙\n甲", ["甲", "乙"]),
        ("choice", " 完好 ", "完好"),
        ("person", "p1", "p1"),
    ],
)
def test_what_people_type_is_read(kind: str, typed: str, stored: Any) -> None:
    assert parse_input(ValueType(kind), typed) == stored


@pytest.mark.parametrize(
    ("kind", "typed"),
    [
        ("integer", "1.5"),
        ("integer", "many"),
        ("integer", "NaN"),
        ("integer", "1e3"),
        ("integer", str(MOST_NUMBER + 1)),
        ("decimal", "Infinity"),
        ("decimal", "1" * 50),
        ("money", "12.505"),
        ("boolean", "maybe"),
        ("date", "2026-02-30"),
        ("date", "16.06.2026"),
        ("date", "2026-06/16"),
        ("time", "25:00"),
        ("time", "24:00"),
        ("time", "14:60"),
        ("period", "2026-06-16 22:00/24:01"),
        ("date", "1026-06-16"),
        ("date", "2206-06-16"),
        ("datetime", "2026-06-16"),
        ("period", "2026-06-16 14:00"),
        ("period", "2026-06-16/2026-06-17"),
        ("duration", "soon"),
        ("duration", "-2 days"),
        ("phone", "12345"),
        ("id_number", "110105194912310021"),
        ("id_number", "11010519491331002X"),
        ("calendar", "someday"),
    ],
)
def test_what_cannot_be_read_is_a_problem_with_a_way_out(kind: str, typed: str) -> None:
    problem = parse_input(ValueType(kind), typed, Text("时段", "Slot"))
    assert isinstance(problem, Problem)
    assert problem.message.zh.startswith("时段") and problem.message.zh.endswith("。")
    assert problem.message.en.startswith("Slot")


#: One sound value of each type that is written with digits.
WRITTEN = {
    "integer": "12", "decimal": "1.5", "money": "12.50", "date": "2026-06-16", "time": "14:05",
    "datetime": "2026-06-16 14:05", "period": "2026-06-16 14:05/16:05", "duration": "2个工作日",
    "phone": "13800138000", "id_number": "11010519491231002X", "calendar": "每月第1个周六",
}  # fmt: skip
#: Digits that are no full-width forms: raised, lowered, in circles and brackets, mathematical, of other scripts.
OTHER_DIGITS = "⁰¹²⁵₀₂①②⑴⒈❶𝟏𝟚٣۳१๑߁½Ⅳ〇㈠"


@pytest.mark.parametrize("kind", WRITTEN)
def test_full_width_digits_are_read_as_plain_ones(kind: str) -> None:
    wide = "".join(chr(ord(sign) + 0xFEE0) if "!" <= sign <= "~" else sign for sign in WRITTEN[kind])
    assert parse_input(ValueType(kind), wide) == parse_input(ValueType(kind), WRITTEN[kind])


@given(st.sampled_from(sorted(WRITTEN)), st.sampled_from(OTHER_DIGITS), st.data())
def test_no_other_digit_is_ever_read(kind: str, digit: str, data: st.DataObject) -> None:
    text = WRITTEN[kind]
    at = data.draw(st.integers(0, len(text)))
    written = text[:at] + digit + text[at + data.draw(st.integers(0, 1)) :]
    assert isinstance(parse_input(ValueType(kind), written), Problem), written


def test_an_end_before_the_start_names_the_start() -> None:
    problem = parse_input(ValueType("period"), "2026-06-16 14:00/13:00", Text("时段", "Slot"))
    assert problem.message.zh == "时段的结束时间要晚于14:00。"


@pytest.mark.parametrize("kind", BUILT_IN)
def test_characters_that_no_database_keeps_are_refused(kind: str) -> None:
    for text in ("a\x00b", "a\ud800b", "a\x07b", "a\x1bb", "a\x9fb", "a\uffffb"):
        problem = parse_input(ValueType(kind), text)
        assert isinstance(problem, Problem) and problem.code == "field-text"
        problem.message.zh.encode()


def test_a_text_may_be_long_but_not_longer() -> None:
    assert parse_input(ValueType("text"), "字" * MOST_TEXT) == "字" * MOST_TEXT
    problem = parse_input(ValueType("text"), "字" * (MOST_TEXT + 1))
    assert isinstance(problem, Problem) and problem.code == "field-length"


@given(st.sampled_from(tuple(BUILT_IN)), st.text(max_size=40))
def test_any_text_at_all_is_read_or_refused_without_a_traceback(kind: str, text: str) -> None:
    stored = parse_input(ValueType(kind), text)
    if not isinstance(stored, Problem):
        assert encode(ValueType(kind), decode(ValueType(kind), stored) if kind != "table" else None) in (stored, None)


@given(st.sampled_from((*FORMATS, "integer")), st.data())
def test_a_stored_form_reads_as_itself(kind: str, data: st.DataObject) -> None:
    samples = {
        "integer": "12", "decimal": "1.5", "date": "2026-06-16", "time": "14:00", "datetime": "2026-06-16T14:00",
        "period": AFTERNOON, "duration": "2 workdays", "phone": "0779-3218888", "id_number": "11010519491231002X",
        "calendar": "first Saturday of month",
    }  # fmt: skip
    padding = data.draw(st.sampled_from(("", " ", "\u3000")))
    read = parse_input(ValueType(kind), f"{padding}{samples[kind]}{padding}")
    assert str(read) == samples[kind]
