"""Reading formulas: the habits of people who know Excel and type Chinese, and where reading stops."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.definition.expression import ExpressionFault, Formula, compile_formula
from engine.definition.expression.faults import Stop
from engine.definition.expression.parser import MOST_BYTES, MOST_DEPTH, parse
from engine.definition.values.durations import Duration
from tests.unit.definition.expression.worlds import SCOPE, codes, value


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1 + 2 * 3", 7),
        ("(1 + 2) * 3", 9),
        ("10 - 2 - 3", 5),
        ("-people + 1", -4),
        ("2 * -3", -6),
        ("1.50", Decimal("1.50")),
        ("50%", Decimal("0.5")),
        ("12.5 %", Decimal("0.125")),
        ("'it''s'", "it's"),
        ('"甲"', "甲"),
        ("“甲”", "甲"),
        ("‘甲’", "甲"),
        ("2 workdays", Duration(2, "workdays")),
        ("2个工作日", Duration(2, "workdays")),
        ("-3 days", Duration(-3, "days")),
        ("true", True),
        ("否", False),
        ("empty(空)", True),
        ("not urgent", False),
        ("not people = 5", False),
        ("１２＋３", 15),
        ("people ＞＝ 5", True),
        ("people ≥ 5", True),
        ("people ≠ 5", False),
        ("people == 5", True),
        ("people != 5", False),
        ("people <> 5", False),
        ("people × 2 ÷ 5", Decimal(2)),
        ("如果（urgent，1，2）", 1),
        ("IF(urgent, 1, 2)", 1),
        ("MAX(1, people)", 5),
        ("AND(people > 1, people < 9, NOT(urgent))", False),
        ("OR(people > 8, urgent)", True),
        ("and(people > 1)", True),
        ("max(1、2)", 2),
        ("人数 > 5且people<10", True),
        ("人数>5或者urgent", True),
        ("people = 1 或 人数 = 7", True),
        ("非 urgent", False),
        ("people 为空", False),
        ("nothing 为空", True),
        ("nothing不为空", None),
        ("nothing 不为空", False),
        ("class", "c"),
        ("from", "f"),
        ("in", "i"),
        ("PEOPLE = 5", None),
    ],
)
def test_a_formula_reads_as_its_author_means_it(text: str, expected: object) -> None:
    made = compile_formula(text, SCOPE)
    if expected is None:
        assert not isinstance(made, Formula)
    else:
        assert value(text) == expected


@pytest.mark.parametrize(
    ("text", "at"),
    [
        ("", 0),
        ("1 +", 3),
        ("(1 + 2", 0),
        ("1 + 2)", 5),
        ("'open", 0),
        ("people people", 7),
        ("1 < people < 9", 11),
        ("2026-06-16", 5),
        ("people % 2", 7),
        ("people ^ 2", 7),
        ("a.", 2),
        ("= 3", 0),
        ("max(1 2)", 3),
        ("{a}", 0),
        ("1" * 30, 0),
        ("people ！ 3", 7),
    ],
)
def test_what_cannot_be_read_says_where(text: str, at: int) -> None:
    (fault,) = compile_formula(text, SCOPE)  # type: ignore[misc]
    assert fault.code == "formula-syntax"
    assert fault.offset == at


@pytest.mark.parametrize("text", ["= 3", "2026-06-16", "people % 2", "1 < people < 9"])
def test_a_habit_from_elsewhere_gets_a_hint(text: str) -> None:
    (fault,) = compile_formula(text, SCOPE)  # type: ignore[misc]
    assert fault.hint is not None and fault.hint.zh and fault.hint.en


def test_a_formula_may_be_4096_bytes_and_no_more() -> None:
    assert isinstance(compile_formula("1".rjust(MOST_BYTES), SCOPE), Formula)
    assert codes("1".rjust(MOST_BYTES + 1)) == ["formula-too-long"]
    assert codes("'" + "字" * 1366 + "'") == ["formula-too-long"]


def test_brackets_may_nest_to_a_depth_and_no_deeper() -> None:
    deep = MOST_DEPTH - 1
    assert isinstance(compile_formula("(" * deep + "1" + ")" * deep, SCOPE), Formula)
    assert codes("(" * MOST_DEPTH + "1" + ")" * MOST_DEPTH) == ["formula-too-deep"]


@pytest.mark.parametrize("joiner", ["+", "-", "*"])
def test_a_chain_without_brackets_cannot_exhaust_the_stack(joiner: str) -> None:
    assert codes(joiner.join(["people"] * 500)) == ["formula-too-deep"]


def test_many_alternatives_are_no_depth() -> None:
    assert value(" or ".join(["people = 1"] * 200)) is False


@given(st.text(max_size=60))
def test_any_text_is_read_or_refused_with_one_fault(text: str) -> None:
    try:
        parse(text)
    except Stop as stopped:
        assert 0 <= stopped.fault.offset <= len(text)


PIECES = (
    "people rate fee kind lines slot day urgent nothing venue . , ( ) + - * / = <> < in and or not 且 count sum if",
    "row ok amount 1 2.5 50% '商企' 2个工作日 empty 空 max only last 。 “ % [ ]",
)
pieces = st.sampled_from([piece for line in PIECES for piece in line.split()])


@given(st.lists(pieces, max_size=14))
def test_any_heap_of_words_makes_a_formula_or_faults(words: list[str]) -> None:
    made = compile_formula(" ".join(words), SCOPE)
    if isinstance(made, Formula):
        value(made.text)
    else:
        assert made and all(isinstance(fault, ExpressionFault) for fault in made)
