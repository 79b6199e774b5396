"""Evaluating formulas: exact sums, empty values, dates, tables, and the end of patience."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.definition.expression import evaluate
from engine.definition.expression.numbers import half_up
from engine.definition.values.durations import Duration
from engine.errors import Invalid
from tests.unit.definition.expression.worlds import World, formula, moment, value


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("people / 2", Decimal("2.5")),
        ("0.1 + 0.2 = 0.3", True),
        ("fee * 50%", 525),
        ("fee * 0.333", 350),  # 349.65 fen
        ("-fee / 4", -263),  # 262.5 fen, half away from zero
        ("fee / 4", 263),
        ("fee / fee", Decimal(1)),
        ("fee + 10.5", 2100),
        ("fee > 10", True),
        ("fee = 10.50", True),
        ("10.51 > fee", True),
        ("min(fee, 5)", 500),
        ("round(fee)", 1100),
        ("floor(fee)", 1000),
        ("ceil(fee)", 1100),
        ("round(rate, 1)", Decimal("0.3")),
        ("round(2.5)", 3),
        ("round(-2.5)", -3),
        ("floor(-2.5)", -3),
        ("ceil(2.1)", 3),
        ("abs(-2.5)", Decimal("2.5")),
        ("max(people, 人数, 3)", 7),
        ("min(rate, people)", Decimal("0.25")),
    ],
)
def test_numbers_and_amounts_are_exact(text: str, expected: Any) -> None:
    found = value(text)
    assert found == expected and type(found) is type(expected)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("floor(fee * 0.2 * 100) / 100", 1999),  # of 99.99 yuan: 1999.80, down to 1999, a hundredth is 19.99
        ("floor(fee * (0.2 * 100)) / 100", 1999),
        ("fee * 0.2", 2000),
        ("fee / 3 * 3", 9999),
        ("fee / 7 * 7 = fee", True),
        ("fee * 0.333 > 33.29", True),
        ("fee * 0.333 < 33.30", True),
        ("rate / 3 * 3 = rate", True),
        ("people / 3", Decimal("1.666667")),
        ("-people / 3", Decimal("-1.666667")),
        ("people / 3 < 1.666667", True),
        ("people / 3 in (1.666667, 2)", False),
        ("0.0000005", Decimal("0.000001")),
        ("0.00000049 * 1", Decimal(0)),
        ("slot.hours * 1.2", Decimal(3)),
        ("round(fee / 3, 1)", 3330),
        ("max(fee / 3, 33.33)", 3333),
        ("sum(lines.amount) / 3 * 3 = sum(lines.amount)", True),
    ],
)
def test_a_formula_is_reckoned_exactly_and_rounded_once_at_its_end(text: str, expected: Any) -> None:
    found = value(text, fee=9999)
    assert found == expected and type(found) is type(expected)


def test_a_plugins_function_is_given_rounded_numbers() -> None:
    world = World()
    evaluate(formula("points.worth(people / 3) > 1"), world)
    assert world.asked == [("points.worth", (Decimal("1.666667"),))]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("nothing + 1", None),
        ("nothing > 1", False),
        ("nothing <> 1", False),
        ("nothing = 1", False),
        ("nothing = empty", True),
        ("nothing <> empty", False),
        ("empty(title)", False),
        ("not (nothing > 1)", True),
        ("coalesce(nothing, 3)", 3),
        ("如果(为空(nothing), 0, nothing)", 0),
        ("max(nothing, 2)", 2),
        ("people / 0", None),
        ("fee / 0", None),
        ("people / 0 > 1", False),
        ("nothing in (1, 2)", False),
        ("venue.site", None),
        ("len(venue.site)", None),
        ("day + 9000 years", None),
        ("sum(lines.n)", 4),
        ("max(lines.n)", 3),
        ("if(urgent, people, people / 0)", 5),
        ("urgent or people / 0 > 1", True),
    ],
)
def test_what_has_no_answer_is_empty_and_never_an_error(text: str, expected: Any) -> None:
    assert value(text) == expected


def test_a_table_nobody_filled_counts_nothing() -> None:
    for text, expected in (("count(lines)", 0), ("sum(lines.amount)", 0), ("count(lines, row.ok)", 0)):
        assert value(text, lines=None) == expected
    for text in ("last(lines)", "max(lines.n)", "only(lines, row.ok)", "last(lines).amount"):
        assert value(text, lines=None) is None
    assert value("last(lines)", lines=()) is None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("day + 3 days", date(2026, 6, 19)),
        ("day - 1 week", date(2026, 6, 9)),
        ("day + 2 workdays", date(2026, 6, 18)),
        ("day + 4 workdays", date(2026, 6, 22)),
        ("day + 4 days + 1 workday", date(2026, 6, 22)),
        ("day - 1 workday", date(2026, 6, 15)),
        ("day - 2 workdays", date(2026, 6, 12)),
        ("day + 4 days - 1 workday", date(2026, 6, 19)),
        ("at + 90 minutes", moment("2026-06-16T15:30")),
        ("slot.end + 1 day", moment("2026-06-17T16:30")),
        ("slot.start - 2 hours", moment("2026-06-16T12:00")),
        ("at + settings.answer_in", moment("2026-06-20T14:00")),
        ("at + length * 2", moment("2026-06-22T14:00")),
        ("day - today", Duration(1, "days")),
        ("at - now", Duration(1730, "minutes")),
        ("slot.minutes", 150),
        ("slot.hours", Decimal("2.5")),
        ("slot.date = day", True),
        ("at in slot", True),
        ("slot.end in slot", False),
        ("slot in slot", True),
        ("at.date = '2026-06-16'", True),
        ("at.time = '14:00'", True),
        ("at > '2026-06-16 13:59'", True),
        ("day.weekday", 2),
        ("today_at(clock)", moment("2026-06-15T21:00")),
        ("today_at('21:00') > now", True),
        ("days_between(today, day)", 1),
        ("days_between(at, today)", -1),
        ("end_of_month(day)", date(2026, 6, 30)),
        ("next_month('2026-12-31')", date(2027, 1, 1)),
        ("year_end(at)", date(2026, 12, 31)),
        ("date(at)", date(2026, 6, 16)),
        ("length > 1 workday", True),
        ("length > 1 day", True),
        ("length > 2 days", False),
        ("length = 2 days", True),
        ("length in (1 day, 2 days)", True),
        ("length < 1 month", True),
        ("length <= 16 work hours and length >= 16 work hours", True),
        ("1 hour = 60 minutes", True),
        ("24 hours in (1 day, 2 days)", True),
        ("is_on('2026-06-06', 'first Saturday of month')", True),
        ("is_on(day, settings.open_on)", False),
    ],
)
def test_dates_and_lengths_of_time(text: str, expected: Any) -> None:
    assert value(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("sum(lines.amount)", 400),
        ("合计(lines.amount)", 400),
        ("count(lines, row.ok)", 2),
        ("count(lines, row.amount > 0.5 and row.what = '桌')", 1),
        ("sum(only(lines, row.ok).amount)", 150),
        ("last(lines).amount", 50),
        ("first(lines.what)", "桌"),
        ("'椅' in lines.what", True),
        ("len(lines)", 3),
        ("count(only(lines, row.ok))", 2),
        ("count(lines, count(lines, row.ok) = 2)", 3),
        ("count(lines, row.n = count(lines, row.ok) + 1)", 1),
        ("kind in ('商企', '个体')", True),
        ("people in (1, 人数, 5)", True),
        ("contains(title, '广场')", True),
        ("'舞' in title", True),
        ("'甲' in tags and not contains(tags, '乙')", True),
        ("len(title)", 3),
        ("lender in stations", True),
    ],
)
def test_tables_lists_and_words(text: str, expected: Any) -> None:
    assert value(text) == expected


def test_references_are_asked_of_the_world() -> None:
    assert value("venue.station") == "venue:v1.station"
    assert value("venue.station.name") == "unit:venue:v1.station.name"
    assert value("venue.capacity >= people") is True
    assert value("owner.name") == "person:p1.name"
    assert value("hold.id") == "h1"
    assert value("hold.id", hold=None) is None
    assert value("venue.station.name", venue=None) is None


def test_a_plugin_s_function_and_a_role_are_asked_of_the_world() -> None:
    world = World()
    assert evaluate(formula("points.worth(rate)"), world) == 125
    assert evaluate(formula("has_role(owner, 'clerk')"), world) is True
    assert world.asked == [("points.worth", (Decimal("0.25"),)), ("has_role", ("p1", "clerk"))]


def test_a_workday_is_one_on_which_work_begins() -> None:
    class Closed(World):
        def add(self, moment: Any, duration: Duration) -> Any:
            assert duration == Duration(1, "work_minutes")
            return moment.replace(day=17 if moment.day == 16 else moment.day)

    assert evaluate(formula("is_workday(today)"), Closed()) is True
    assert evaluate(formula("is_workday(day)"), Closed()) is False


def test_a_name_that_the_world_lacks_is_an_error_of_the_caller() -> None:
    world = World()
    del world.values["people"]
    with pytest.raises(KeyError):
        evaluate(formula("people + 1"), world)


def test_a_table_too_long_for_its_condition_ends_in_a_refusal() -> None:
    made = formula("count(lines, row.amount > 0.5 and count(lines, row.ok) > 1)")
    rows = World().values["lines"] * 60
    with pytest.raises(Invalid) as refused:
        evaluate(made, World(lines=rows))
    assert refused.value.problems[0].code == "formula-too-much"
    assert evaluate(made, World(lines=rows[:30])) == 20


@given(st.integers(-(10**12), 10**12), st.integers(-(10**6), 10**6))
def test_amounts_split_by_shares_lose_at_most_a_fen(fee: int, people: int) -> None:
    half = value("fee * 50%", fee=fee)
    assert abs(half * 2 - fee) <= 1
    assert value("fee * people / people", fee=fee, people=people) == (fee if people else None)


FACTORS = st.decimals(min_value=-1000, max_value=1000, places=4).filter(bool)


@given(st.integers(-(10**12), 10**12), FACTORS, FACTORS, FACTORS)
def test_the_order_of_reckoning_makes_no_difference(fee: int, a: Decimal, b: Decimal, c: Decimal) -> None:
    wholly = half_up(fee * Fraction(a) * Fraction(b) / Fraction(c))
    ways = ("fee * ({a}) * ({b}) / ({c})", "fee / ({c}) * (({a}) * ({b}))", "({a}) / ({c}) * ({b}) * fee")
    assert {value(way.format(a=a, b=b, c=c), fee=fee) for way in ways} == {wholly}


@given(st.integers(), st.integers())
def test_whole_numbers_of_any_size_give_a_number_or_nothing(one: int, other: int) -> None:
    found = value("people * 人数 + people", people=one, 人数=other)
    exact = one * other + one
    assert found == exact or (found is None and max(abs(one * other), abs(exact)) >= 10**30)
