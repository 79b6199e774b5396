"""Whatever way a value is said, its spellings know it: nothing that is hidden comes through in other words."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.definition.values import saying
from engine.definition.values.forms import encode, spellings
from engine.definition.values.moments import DISTRICT_TIME, Period, day_end, last_day, midnight, to_micros
from engine.definition.values.types import ValueType
from engine.i18n import Text, both
from engine.operations.reading.cleaning import Cleaner

DAYS = st.dates(date(2024, 1, 1), date(2028, 12, 31))
MOMENTS = st.builds(lambda day, minutes: midnight(day) + timedelta(minutes=minutes), DAYS, st.integers(0, 24 * 60 - 1))
LENGTHS = st.integers(1, 4 * 24 * 60).map(lambda minutes: timedelta(minutes=minutes))
NOWS = st.one_of(st.none(), DAYS.map(lambda day: to_micros(midnight(day))))
#: The sentence around what is said.
FRAME = "安排在{}，请准备"


def of_day(day: date, now: int | None) -> Iterator[Text]:
    """Every way to say a day."""
    yield from (saying.date_words(day, now), saying.day_words(day, now), both(day.isoformat()))


def of_moment(at: datetime, now: int | None) -> Iterator[Text]:
    """Every way to say a moment, and its day."""
    for weekday in (True, False):
        yield from (saying.moment_words(at, now, weekday=weekday), saying.end_words(at, now, weekday=weekday))
    yield from of_day(at.date(), now)


def of_period(period: Period, now: int | None) -> Iterator[Text]:
    """Every way to say a period, its days and its ends."""
    for weekday in (True, False):
        yield saying.span_words(period, now, weekday=weekday)
    yield saying.days_words(period.start.date(), last_day(period.end), now)
    if period.end <= day_end(period.start.date()):
        yield both(saying.hours_words(period))
    for at in (period.start, period.end):
        yield from of_moment(at, now)


def hidden(kind: str, live: object) -> Cleaner:
    """What hides a value of a type."""
    of = ValueType(kind)
    return Cleaner(dict.fromkeys(spellings(of, encode(of, live)), "**"))


def told(cleaner: Cleaner, said: Text) -> set[str]:
    """A sentence with the words of both languages, cleaned."""
    return set(cleaner.clean(Text(*(FRAME.format(one) for one in said))))


@given(DAYS, NOWS)
def test_a_hidden_day_is_found_however_it_is_said(day: date, now: int | None) -> None:
    for said in of_day(day, now):
        assert told(hidden("date", day), said) == {FRAME.format("**")}


@given(MOMENTS, NOWS)
def test_a_hidden_moment_is_found_however_it_is_said(at: datetime, now: int | None) -> None:
    for said in of_moment(at, now):
        assert told(hidden("datetime", at), said) == {FRAME.format("**")}


@given(MOMENTS, LENGTHS, NOWS)
def test_a_hidden_period_is_found_however_it_is_said(start: datetime, length: timedelta, now: int | None) -> None:
    period = Period(start, start + length)
    for said in of_period(period, now):
        assert told(hidden("period", period), said) == {FRAME.format("**")}


@given(st.integers(-(10**9), 10**9))
def test_a_hidden_amount_is_found_with_its_unit_and_without(fen: int) -> None:
    for said in (saying.money_words(fen), both(saying.yuan_text(fen))):
        assert told(hidden("money", fen), said) == {FRAME.format("**")}


@given(st.integers(0, 60) | st.integers(2024, 2028), MOMENTS, LENGTHS, NOWS)
def test_a_hidden_number_takes_nothing_out_of_a_day_or_a_time(
    number: int, start: datetime, length: timedelta, now: int | None
) -> None:
    for one in (number, start.day, start.month, start.year, start.hour):
        for said in of_period(Period(start, start + length), now):
            assert told(hidden("integer", one), said) == {FRAME.format(words) for words in said}
    cleaner = hidden("integer", number)
    assert told(cleaner, both(f"{number}人")) == {FRAME.format("**人")}


@pytest.mark.parametrize("said", ["每月15日", "2026年", "2026年6月", "6月16日", "14点", "09:05:15", "6 Jun 2026"])
def test_other_days_and_times_stay_whole_too(said: str) -> None:
    cleaner = Cleaner(dict.fromkeys(("15", "2026", "6", "16", "14", "9", "5"), "**"))
    assert told(cleaner, both(said)) == {FRAME.format(said)}


def test_a_day_of_another_year_is_not_the_hidden_one() -> None:
    cleaner = hidden("date", date(2026, 6, 16))
    assert told(cleaner, both("2027年6月16日")) == {FRAME.format("2027年6月16日")}
    assert told(cleaner, saying.moment_words(datetime(2026, 6, 16, 14, tzinfo=DISTRICT_TIME), None)) == {
        FRAME.format("**14:00"), FRAME.format("** 14:00"),
    }  # fmt: skip
