"""When a demo happens: it ends now or at the last good moment of work, and its days are working days."""

from __future__ import annotations

from datetime import date

import pytest

from engine.content import shipped_workflows
from engine.definition.calendar.working import Calendar
from engine.definition.values.moments import midnight, read_datetime, to_datetime, to_micros
from engine.demo.days import ending, later, moment_of, ruled_days, working_days
from engine.demo.plan import span
from engine.extend.registry import Registry
from engine.ids import chance
from engine.operations.content.library import Library

CALENDAR: Calendar = Library(shipped_workflows(), Registry()).calendar(("cn",))[1]


def at(words: str) -> int:
    return to_micros(read_datetime(words))


@pytest.mark.parametrize(
    ("now", "ends"),
    [
        ("2026-06-16T15:20", "2026-06-16T15:20"),  # at work
        ("2026-06-16T09:10", "2026-06-15T16:40"),  # the office has only just opened
        ("2026-06-16T12:30", "2026-06-16T10:40"),  # at lunch
        ("2026-06-16T22:00", "2026-06-16T16:40"),  # at night
        ("2026-06-21T10:00", "2026-06-18T16:40"),  # Sunday after Dragon Boat, a holiday Friday
    ],
)
def test_a_demo_ends_now_or_at_the_last_good_moment_of_work(now: str, ends: str) -> None:
    assert ending(CALENDAR, at(now)) == at(ends)


def test_the_days_are_working_days_in_order_and_end_with_the_last() -> None:
    days = working_days(CALENDAR, at("2026-06-23T10:00"), 4)
    assert days == [date(2026, 6, 17), date(2026, 6, 18), date(2026, 6, 22), date(2026, 6, 23)]


def test_a_rule_of_days_names_the_latest_one_even_before_the_first_day() -> None:
    days = working_days(CALENDAR, at("2026-06-11T10:00"), 5)
    assert ruled_days("second Saturday of month", days) == [date(2026, 5, 9)]
    assert ruled_days("every day", days)[-1] == days[-1]


def test_moments_lie_in_office_hours_and_before_the_end() -> None:
    dice, end = chance(1), at("2026-06-16T15:00")
    for _ in range(200):
        moment = to_datetime(moment_of(CALENDAR, date(2026, 6, 16), dice, end))
        assert any(a <= moment - midnight(moment.date()) <= b for a, b in CALENDAR.office)
        assert to_micros(moment) < end


def test_what_takes_working_time_ends_in_office_hours() -> None:
    dice = chance(1)
    for _ in range(100):
        moment = later(CALENDAR, at("2026-06-18T17:30"), span("1 work hour, 2 workdays"), dice)
        assert at("2026-06-18T17:30") < moment <= at("2026-06-24T12:00")
        assert CALENDAR.is_workday(to_datetime(moment).date())


@pytest.mark.parametrize("words", ["1 hour, 2 workdays", "soon, later", "1 month, 2 months"])
def test_a_span_has_two_lengths_of_one_kind(words: str) -> None:
    with pytest.raises(ValueError, match=words.split()[-1]):
        span(words)
