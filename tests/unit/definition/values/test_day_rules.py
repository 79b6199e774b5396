"""Rules that name days: which days they hold on."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from engine.definition.values.day_rules import DayRule, parse_day_rule

APRIL_2023 = [date(2023, 4, 1) + timedelta(days=n) for n in range(30)]


def days(text: str) -> list[int]:
    rule = parse_day_rule(text)
    assert rule is not None
    return [day.day for day in APRIL_2023 if rule.holds(day)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("first Saturday of month", [1]),
        ("second saturday of the month", [8]),
        ("last Sunday of every month", [30]),
        ("每月第二个周六", [8]),
        ("每月最后一个星期日", [30]),
        ("every Saturday", [1, 8, 15, 22, 29]),
        ("每周六", [1, 8, 15, 22, 29]),
        ("15th of month", [15]),
        ("每月15日", [15]),
        ("last day of month", [30]),
        ("每月最后一天", [30]),
        ("月末", [30]),
        ("每月31日", []),
    ],
)
def test_a_rule_holds_on_its_days_and_on_no_other(text: str, expected: list[int]) -> None:
    assert days(text) == expected


@pytest.mark.parametrize(
    "text", ["", "someday", "fifth Saturday of month", "32nd of month", "0th of month", "每月第六个周六"]
)
def test_what_names_no_day_is_none(text: str) -> None:
    assert parse_day_rule(text) is None


def test_both_languages_make_the_same_rule() -> None:
    assert parse_day_rule("first Saturday of month") == parse_day_rule("每月第一个周六") == DayRule("weekday", 5, 1)
