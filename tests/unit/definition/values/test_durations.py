"""Durations: two languages, eight units, and which of them may be added or compared."""

from __future__ import annotations

from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.definition.values.durations import MOST, Duration, add_plain, parse_duration
from engine.definition.values.moments import DISTRICT_TIME
from engine.i18n import Text

UNITS = ("minutes", "hours", "days", "weeks", "months", "years", "work_minutes", "workdays")


@pytest.mark.parametrize(
    ("text", "amount", "unit"),
    [
        ("2 workdays", 2, "workdays"),
        ("1 workday", 1, "workdays"),
        ("2 working days", 2, "workdays"),
        ("2个工作日", 2, "workdays"),
        ("2 工作日", 2, "workdays"),
        ("两个工作日", 2, "workdays"),
        ("４ work hours", 240, "work_minutes"),
        ("4个工作小时", 240, "work_minutes"),
        ("30 work minutes", 30, "work_minutes"),
        ("3 days", 3, "days"),
        ("3天", 3, "days"),
        ("十日", 10, "days"),
        ("4 hours", 4, "hours"),
        ("4小时", 4, "hours"),
        ("90 minutes", 90, "minutes"),
        ("90分钟", 90, "minutes"),
        ("2周", 2, "weeks"),
        ("2个星期", 2, "weeks"),
        ("6个月", 6, "months"),
        ("1年", 1, "years"),
        ("-3 days", -3, "days"),
    ],
)
def test_a_duration_is_read_in_either_language(text: str, amount: int, unit: str) -> None:
    assert parse_duration(text) == Duration(amount, unit)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "text", ["", "2", "days", "2 days later", "1.5 days", "2 fortnights", "3月", "2 days 4 hours", "999999999 days"]
)
def test_what_is_no_duration_is_none(text: str) -> None:
    assert parse_duration(text) is None


@given(st.integers(-MOST, MOST), st.sampled_from(UNITS))
def test_the_stored_form_reads_back(amount: int, unit: str) -> None:
    duration = Duration(amount, unit)  # type: ignore[arg-type]
    assert parse_duration(str(duration)) == duration


def test_words_name_whole_work_hours_as_hours() -> None:
    assert Duration(240, "work_minutes").words == Text("4个工作小时", "4 work hours")
    assert Duration(30, "work_minutes").words == Text("30个工作分钟", "30 work minutes")
    assert Duration(1, "workdays").words == Text("1个工作日", "1 workday")
    assert Duration(0, "work_minutes").words == Text("0个工作分钟", "0 work minutes")


def test_durations_of_one_kind_add_up() -> None:
    assert Duration(1, "days").plus(Duration(2, "days")) == Duration(3, "days")
    assert Duration(1, "days").plus(Duration(2, "hours")) == Duration(1560, "minutes")
    assert Duration(1, "years").plus(Duration(2, "months")) == Duration(14, "months")


def test_durations_of_two_kinds_have_no_sum() -> None:
    assert Duration(1, "days").plus(Duration(1, "workdays")) is None
    assert Duration(1, "months").plus(Duration(30, "days")) is None
    assert Duration(1, "workdays").plus(Duration(60, "work_minutes")) is None


def test_a_month_later_is_the_same_day_or_the_last_one() -> None:
    start = datetime(2026, 1, 31, 9, 10, tzinfo=DISTRICT_TIME)
    assert add_plain(start, Duration(1, "months")).isoformat() == "2026-02-28T09:10:00+08:00"
    assert add_plain(start, Duration(-1, "months")).isoformat() == "2025-12-31T09:10:00+08:00"
    assert add_plain(start, Duration(2, "years")).isoformat() == "2028-01-31T09:10:00+08:00"


def test_working_time_cannot_be_added_without_a_calendar() -> None:
    with pytest.raises(ValueError, match="calendar"):
        add_plain(datetime(2026, 1, 31, tzinfo=DISTRICT_TIME), Duration(1, "workdays"))


def test_a_work_hour_may_be_called_as_offices_call_it() -> None:
    assert {parse_duration(words) for words in ("4个工时", "4工时", "4 work hours")} == {
        Duration(240, "work_minutes")
    }
