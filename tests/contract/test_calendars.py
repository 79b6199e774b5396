"""The shipped calendars say what was published for each year, and which years nobody has confirmed."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from engine.content import shipped_workflows
from engine.definition.calendar.working import Calendar, calendar_from
from engine.extend.registry import Registry
from engine.operations.content.library import Library

#: First and last day off, and the weekend days worked for it, by the State Council's notices.
PUBLISHED = {
    2025: [
        ("01-01", "01-01", []), ("01-28", "02-04", ["01-26", "02-08"]), ("04-04", "04-06", []),
        ("05-01", "05-05", ["04-27"]), ("05-31", "06-02", []), ("10-01", "10-08", ["09-28", "10-11"]),
    ],
    2026: [
        ("01-01", "01-03", ["01-04"]), ("02-15", "02-23", ["02-14", "02-28"]), ("04-04", "04-06", []),
        ("05-01", "05-05", ["05-09"]), ("06-19", "06-21", []), ("09-25", "09-27", []),
        ("10-01", "10-07", ["09-20", "10-10"]),
    ],
}  # fmt: skip


def of(district: str) -> Calendar:
    """The working calendar that a district's pack asks for."""
    pack, problems = Library(shipped_workflows(), Registry.discovered()).pack(district)
    assert pack and not problems
    return calendar_from(*pack.calendar)


@pytest.mark.parametrize("year", PUBLISHED)
def test_every_day_of_a_published_year_is_as_the_notice_says(year: int) -> None:
    off: set[date] = set()
    worked: set[date] = set()
    for first, last, instead in PUBLISHED[year]:
        start, end = (date.fromisoformat(f"{year}-{day}") for day in (first, last))
        off |= {start + timedelta(days=n) for n in range((end - start).days + 1)}
        worked |= {date.fromisoformat(f"{year}-{day}") for day in instead}
    calendar = of("shangjie")
    for n in range(365):
        day = date(year, 1, 1) + timedelta(days=n)
        assert calendar.is_workday(day) == (day in worked or (day.weekday() < 5 and day not in off)), day


@pytest.mark.parametrize(
    ("district", "years"), [("shangjie", ()), ("haicheng", (2026,)), ("guiding", (2026,))]
)
def test_a_year_whose_regional_days_nobody_confirmed_is_told(district: str, years: tuple[int, ...]) -> None:
    assert of(district).warn_years(date(2026, 6, 16)) == years
