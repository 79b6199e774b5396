"""Days, times and money in words: the same everywhere, and never without the year where it matters."""

from __future__ import annotations

import time
from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.definition.values.moments import DISTRICT_TIME, Period, midnight, to_micros
from engine.definition.values.saying import (
    clock_words,
    date_words,
    day_words,
    days_words,
    end_words,
    hours_words,
    moment_words,
    money_words,
    span_words,
    weekday_words,
)
from tests.formats import refuse_glibc

NOON = datetime(2026, 6, 16, 12, 5, tzinfo=DISTRICT_TIME)
NOW = to_micros(NOON)
HOUR = timedelta(hours=1)


def test_a_day_is_said_in_both_languages() -> None:
    assert date_words(NOON, NOW) == ("6月16日", "16 Jun")
    assert day_words(NOON, NOW) == ("6月16日 周二", "Tue 16 Jun")
    assert weekday_words(NOON) == ("周二", "Tue")
    assert clock_words(NOON) == "12:05"


def test_a_moment_is_said_short_or_with_its_weekday() -> None:
    assert moment_words(NOON, NOW) == ("6月16日12:05", "16 Jun 12:05")
    assert moment_words(NOON, NOW, weekday=True) == ("6月16日 周二 12:05", "Tue 16 Jun 12:05")


def test_a_span_names_its_day_once() -> None:
    assert span_words(Period(NOON, NOON + HOUR), NOW) == ("6月16日12:05–13:05", "16 Jun 12:05–13:05")
    overnight = Period(NOON, NOON + 24 * HOUR)
    assert span_words(overnight, NOW).zh == "6月16日12:05 – 6月17日12:05"
    assert span_words(overnight, NOW, weekday=True).en == "Tue 16 Jun 12:05 – Wed 17 Jun 12:05"


def test_midnight_ends_the_day_before_it() -> None:
    evening = Period(NOON, midnight(date(2026, 6, 17)))
    assert span_words(evening, NOW) == ("6月16日12:05–24:00", "16 Jun 12:05–24:00")
    assert hours_words(evening) == "12:05–24:00"
    long = Period(NOON, midnight(date(2026, 6, 18)))
    assert span_words(long, NOW) == ("6月16日12:05 – 6月17日24:00", "16 Jun 12:05 – 17 Jun 24:00")
    assert span_words(long, NOW, weekday=True).zh == "6月16日 周二 12:05 – 6月17日 周三 24:00"
    assert hours_words(Period(NOON, NOON + HOUR)) == "12:05–13:05"


@given(st.integers(1, 3 * 48))
def test_a_span_ends_as_its_end_alone_is_said(halves: int) -> None:
    span = Period(NOON, midnight(NOON.date()) + timedelta(hours=13) + halves * HOUR / 2)
    for said, end in zip(span_words(span, NOW), end_words(span.end, NOW), strict=True):
        assert said[-5:] == end[-5:]


def test_days_in_a_row_share_their_month() -> None:
    first = NOON.date()
    assert days_words(first, first, NOW) == ("6月16日", "16 Jun")
    assert days_words(first, date(2026, 6, 18), NOW) == ("6月16日至18日", "16 Jun – 18 Jun")
    assert days_words(first, date(2026, 7, 2), NOW).zh == "6月16日至7月2日"
    assert days_words(date(2026, 12, 31), date(2027, 1, 2), NOW).zh == "12月31日至2027年1月2日"


@given(st.dates(date(1900, 1, 1), date(2100, 12, 31)), st.integers(1900, 2100))
def test_a_day_says_its_year_exactly_when_it_is_another_than_the_reader_s(day: date, year: int) -> None:
    now, other = to_micros(midnight(date(year, 7, 1))), day.year != year
    span = Period(midnight(day), midnight(day) + HOUR)
    for said in (date_words(day, now), day_words(day, now), moment_words(midnight(day), now), span_words(span, now)):
        assert [str(day.year) in words for words in said] == [other, other]
    assert all(str(day.year) in words for words in date_words(day, None))


def test_money_is_yuan_with_two_decimals() -> None:
    assert [money_words(fen).zh for fen in (1250, 5, -5, 0)] == ["12.50元", "0.05元", "-0.05元", "0.00元"]
    assert money_words(1250).en == "12.50 yuan"


def test_what_only_some_systems_can_format_is_never_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    refuse_glibc(monkeypatch)
    with pytest.raises(ValueError, match="Invalid format"):
        f"{NOON:%-d}"
    with pytest.raises(ValueError, match="Invalid format"):
        time.strftime("%e")
    assert span_words(Period(NOON, NOON + HOUR), NOW).zh == "6月16日12:05–13:05"
