"""The working calendar: real holidays, office hours, and that adding and measuring agree."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.definition.calendar.working import Calendar, calendar_from
from engine.definition.values.durations import Duration, parse_duration
from engine.definition.values.moments import read_datetime, to_datetime, to_micros, write_datetime
from engine.definition.yaml.source import data_of, read
from engine.errors import Invalid

FOLDER = Path(__file__).parents[4] / "workflows" / "calendars"


def sheet(name: str) -> dict[str, Any]:
    node, problems = read((FOLDER / f"{name}.yaml").read_text("utf-8"), name)
    assert node is not None and not problems
    return dict(data_of(node))


CHINA = calendar_from(sheet("cn"))
GUANGXI = calendar_from(sheet("cn"), sheet("gx"))
NOW = to_micros(read_datetime("2026-06-10T09:00"))


def at(text: str) -> int:
    return to_micros(read_datetime(text))


def plus(calendar: Calendar, start: str, words: str) -> str:
    duration = parse_duration(words)
    assert duration is not None
    return write_datetime(to_datetime(calendar.add(at(start), duration)))


@pytest.mark.parametrize(("year", "weekends"), [(2025, 5), (2026, 6)])
def test_the_published_years_have_248_workdays(year: int, weekends: int) -> None:
    days = [date(year, 1, 1) + timedelta(days=n) for n in range(365)]
    worked = [day for day in days if CHINA.is_workday(day)]
    assert len(worked) == 248
    assert sum(day.weekday() > 4 for day in worked) == weekends


def test_a_worked_saturday_counts_and_a_monday_holiday_does_not() -> None:
    assert CHINA.is_workday(date(2026, 2, 14))
    assert not CHINA.is_workday(date(2026, 2, 16))


@pytest.mark.parametrize(
    ("start", "words", "end"),
    [
        ("2026-06-15T09:10", "2 workdays", "2026-06-17T09:10"),
        ("2026-06-18T09:10", "2 workdays", "2026-06-23T09:10"),  # over the Dragon Boat holiday
        ("2026-02-13T10:00", "1 workday", "2026-02-14T10:00"),  # a Saturday that is worked
        ("2026-02-14T10:00", "1 workday", "2026-02-24T10:00"),  # over the Spring Festival
        ("2026-06-20T10:00", "1 workday", "2026-06-22T18:00"),  # begun on a day off: the whole next workday
        ("2026-06-16T22:00", "1 workday", "2026-06-17T18:00"),  # begun after closing
        ("2026-06-16T06:00", "1 workday", "2026-06-16T18:00"),  # begun before opening
        ("2026-06-16T10:00", "0 workdays", "2026-06-16T10:00"),
        ("2026-06-22T10:00", "-2 workdays", "2026-06-17T10:00"),
        ("2026-06-20T10:00", "-1 workdays", "2026-06-18T09:00"),
        ("2026-06-16T11:00", "4 work hours", "2026-06-16T17:00"),  # lunch is not work
        ("2026-06-18T16:00", "4 work hours", "2026-06-22T11:00"),
        ("2026-06-16T17:00", "1 work hour", "2026-06-16T18:00"),
        ("2026-06-16T12:30", "1 work hour", "2026-06-16T15:00"),
        ("2026-06-22T11:00", "-4 work hours", "2026-06-18T16:00"),
        ("2026-06-18T09:10", "3 days", "2026-06-21T09:10"),
        ("2026-06-18T09:10", "90 minutes", "2026-06-18T10:40"),
        ("2026-01-31T09:10", "1 month", "2026-02-28T09:10"),
    ],
)
def test_a_length_of_time_ends_where_staff_expect(start: str, words: str, end: str) -> None:
    assert plus(CHINA, start, words) == end


def test_a_region_has_days_off_of_its_own() -> None:
    assert plus(CHINA, "2025-03-28T10:00", "1 workday") == "2025-03-31T10:00"
    assert plus(GUANGXI, "2025-03-28T10:00", "1 workday") == "2025-04-02T10:00"
    assert GUANGXI.hash != CHINA.hash


def test_the_same_data_is_the_same_calendar() -> None:
    assert calendar_from(sheet("cn")) == CHINA
    assert calendar_from(sheet("cn")).hash == CHINA.hash


def test_an_overlay_may_work_a_holiday_and_have_hours_of_its_own() -> None:
    overlay = {"hours": ["08:00-12:00"], "years": {"2026": {"workdays": ["06-19"]}}}
    calendar = calendar_from(sheet("cn"), overlay)
    assert calendar.is_workday(date(2026, 6, 19))
    assert plus(calendar, "2026-06-18T11:00", "2 work hours") == "2026-06-19T09:00"


def test_a_year_without_a_calendar_has_weekends_and_a_warning() -> None:
    assert CHINA.is_workday(date(2027, 10, 1))
    assert not CHINA.is_workday(date(2027, 10, 2))
    assert CHINA.warn_years(date(2027, 3, 1)) == (2027,)
    assert CHINA.warn_years(date(2026, 11, 22)) == (2027,)
    assert CHINA.warn_years(date(2026, 6, 16)) == ()


def test_a_year_that_is_not_confirmed_warns_as_well() -> None:
    assert GUANGXI.warn_years(date(2026, 6, 16)) == (2026,)


def test_a_region_that_has_not_written_a_year_warns_and_one_without_days_of_its_own_does_not() -> None:
    late = calendar_from(sheet("cn"), {"years": {"2025": {"holidays": {"州庆": "08-08"}}}})
    assert late.warn_years(date(2026, 6, 16)) == (2026,)
    assert late.warn_years(date(2025, 6, 16)) == ()
    assert calendar_from(sheet("cn"), {"hours": ["08:00-12:00"]}).warn_years(date(2026, 6, 16)) == ()


def test_the_sum_names_the_holidays_it_skipped() -> None:
    said = CHINA.explain(at("2026-06-18T09:10"), Duration(2, "workdays"), NOW)
    assert said.zh == "6月18日09:10 + 2个工作日 = 6月23日09:10；6月19日至21日端午不计"
    assert said.en == "18 Jun 09:10 + 2 workdays = 23 Jun 09:10; 19 Jun – 21 Jun Dragon Boat not counted"


def test_the_sum_names_worked_weekends_and_plain_ones() -> None:
    said = CHINA.explain(at("2026-02-13T10:00"), Duration(2, "workdays"), NOW).zh
    assert "2月15日至23日春节不计" in said
    assert "2月14日调休上班" in said
    assert "双休日不计" in CHINA.explain(at("2026-06-12T10:00"), Duration(1, "workdays"), NOW).zh


def test_the_sum_says_that_a_year_is_unknown() -> None:
    assert "2027年没有工作日历" in CHINA.explain(at("2027-01-04T10:00"), Duration(1, "workdays"), NOW).zh


def test_a_sum_over_the_turn_of_the_year_says_the_other_year() -> None:
    said = CHINA.explain(at("2025-12-30T10:00"), Duration(5, "workdays"), at("2025-12-30T10:00"))
    assert "12月30日10:00 + 5个工作日 = 2026年1月" in said.zh
    assert " 2026 10:00" in said.en


LATE = calendar_from(sheet("cn"), {"hours": ["09:00-12:00", "18:00-24:00"]})


@pytest.mark.parametrize(
    ("start", "length", "end"),
    [
        ("2026-06-15T23:00", "2 work hours", "2026-06-16T10:00"),
        ("2026-06-15T23:30", "30 work minutes", "2026-06-16T00:00"),
        ("2026-06-16T00:00", "1 workday", "2026-06-17T00:00"),
        ("2026-06-13T12:00", "1 workday", "2026-06-16T00:00"),
        ("2026-06-12T23:00", "1 workday", "2026-06-15T23:00"),
    ],
)
def test_an_office_may_be_open_until_the_end_of_the_day(start: str, length: str, end: str) -> None:
    duration = parse_duration(length)
    assert duration is not None
    assert write_datetime(LATE.add_to(read_datetime(start), duration)) == end
    assert LATE.between(at(start), at(end), duration.unit) == duration


@pytest.mark.parametrize("hours", ["22:00-06:00", "09:00", "9点到12点", "08:00-25:00", "12:00-12:00", "０9：00-1²:00"])
def test_office_hours_that_cannot_be_read_say_what_can_be_written(hours: str) -> None:
    with pytest.raises(Invalid) as refused:
        calendar_from(sheet("cn"), {"hours": [hours]})
    (problem,) = refused.value.problems
    assert hours in problem.message.zh
    assert "09:00-12:00" in problem.hint.zh and "24:00" in problem.hint.zh and "24:00" in problem.hint.en


@pytest.mark.parametrize(
    ("start", "length", "said"),
    [
        ("2026-11-27T08:52", Duration(1, "workdays"), "08:52还没上班，从上一次下班（11月26日18:00）起算"),
        ("2026-11-30T08:52", Duration(1, "workdays"), "08:52还没上班，从上一次下班（11月27日18:00）起算"),
        ("2026-11-27T18:30", Duration(1, "workdays"), "18:30已经下班，从上一次下班（11月27日18:00）起算"),
        ("2026-11-28T10:00", Duration(1, "workdays"), "当天不上班，从上一次下班（11月27日18:00）起算"),
        ("2026-11-27T08:52", Duration(60, "work_minutes"), "08:52还没上班，从下一次上班（11月27日09:00）起算"),
        ("2026-11-27T12:30", Duration(60, "work_minutes"), "12:30正在休息，从下一次上班（11月27日14:00）起算"),
        ("2026-11-28T10:00", Duration(60, "work_minutes"), "当天不上班，从下一次上班（11月30日09:00）起算"),
        ("2026-11-27T09:05", Duration(1, "workdays"), ""),
        ("2026-11-27T12:30", Duration(1, "workdays"), ""),
        ("2026-11-27T18:00", Duration(1, "workdays"), ""),
        ("2026-11-27T09:00", Duration(60, "work_minutes"), ""),
        ("2026-11-28T10:00", Duration(1, "days"), ""),
    ],
)
def test_a_sum_that_begins_outside_working_hours_says_from_when_it_counts(
    start: str, length: Duration, said: str
) -> None:
    notes = CHINA.explain(at(start), length, at(start)).zh.split("；")[1:]
    assert [note for note in notes if "起算" in note] == ([said] if said else [])


def test_a_plain_sum_has_nothing_to_explain() -> None:
    assert CHINA.explain(at("2026-06-18T09:10"), Duration(3, "days"), NOW).zh == "6月18日09:10 + 3天 = 6月21日09:10"


@pytest.mark.parametrize(
    "data",
    [
        {"years": {"2026": {"holidays": {"端午": "06-31"}}}},
        {"years": {"2026": {"holidays": {"端午": "06-21/06-19"}}}},
        {"years": {"26": {}}},
        {"years": {"2026": {"holiday": {}}}},
        {"hours": ["9-12"]},
        {"hours": ["14:00-18:00", "09:00-12:00"]},
        {"hour": []},
    ],
)
def test_a_calendar_that_cannot_be_read_says_where(data: dict[str, Any]) -> None:
    with pytest.raises(Invalid) as refused:
        calendar_from(data)
    assert refused.value.problems[0].path


moments = st.integers(at("2025-01-01T00:00"), at("2027-12-31T00:00"))
lengths = st.builds(Duration, st.integers(0, 2_000), st.sampled_from(("work_minutes", "workdays", "minutes")))


@given(moments, moments, lengths)
def test_what_begins_later_never_ends_earlier(one: int, other: int, length: Duration) -> None:
    early, late = sorted((one, other))
    assert CHINA.add(early, length) <= CHINA.add(late, length)


@given(moments, st.integers(0, 5_000), st.integers(0, 5_000), st.sampled_from(("work_minutes", "workdays")))
def test_a_longer_time_never_ends_earlier(start: int, one: int, other: int, unit: Any) -> None:
    short, long = sorted((one // 10, other // 10))
    assert CHINA.add(start, Duration(short, unit)) <= CHINA.add(start, Duration(long, unit))


@given(moments, st.integers(0, 10_000))
def test_the_work_minutes_added_are_the_work_minutes_between(start: int, minutes: int) -> None:
    end = CHINA.add(start, Duration(minutes, "work_minutes"))
    assert CHINA.between(start, end, "work_minutes") == Duration(minutes, "work_minutes")


@given(moments, st.integers(1, 300))
def test_the_workdays_added_are_the_workdays_between(start: int, days: int) -> None:
    end = CHINA.add(start, Duration(days, "workdays"))
    assert CHINA.between(start, end, "workdays") == Duration(days, "workdays")


@given(moments, moments, st.sampled_from(("work_minutes", "workdays", "hours", "days", "months")))
def test_time_measured_backwards_is_the_same_time_negative(one: int, other: int, unit: Any) -> None:
    early, late = sorted((one, other))
    assert CHINA.between(late, early, unit) == CHINA.between(early, late, unit).times(-1)


@given(moments, st.integers(0, 3_000))
def test_work_taken_back_leads_to_a_moment_with_the_same_work_before_it(start: int, minutes: int) -> None:
    back = CHINA.add(start, Duration(-minutes, "work_minutes"))
    assert back <= start
    measured = CHINA.between(back, start, "work_minutes").amount
    assert measured == minutes


@given(moments, moments, st.sampled_from(("minutes", "hours", "days", "weeks", "months", "years", "work_minutes")))
def test_adding_what_was_measured_never_passes_the_end(one: int, other: int, unit: Any) -> None:
    early, late = sorted((one, other))
    assert CHINA.add(early, CHINA.between(early, late, unit)) <= late
