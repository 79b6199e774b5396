"""The rules without a database: half hours, opening hours, the nearest gap, free stretches."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.extend import (
    DAY,
    MINUTE,
    Period,
    ValueType,
    decode,
    hours_words,
    midnight,
    span_words,
    to_datetime,
    to_micros,
)
from plugins.venue_sharing.rules import (
    GRAIN,
    Bookable,
    Hours,
    Venue,
    busy,
    cells,
    cells_of,
    free_spans,
    from_now_on,
    nearest_gap,
    reach,
    unfit,
)

DAILY = Hours(8 * 60, 21 * 60)


def period(words: str) -> Period:
    """A period of June 2026 such as ``16T14:00/16T16:00``."""
    start, end = words.split("/")
    found: Period = decode(ValueType("period"), f"2026-06-{start}/2026-06-{end}")
    return found


WANTED = period("16T14:00/16T16:00")
NOW = to_micros(WANTED.start)
ALWAYS = Bookable(0, 40_000)


@pytest.mark.parametrize(
    ("words", "buffer", "count"),
    [
        ("16T14:00/16T16:00", 0, 4),
        ("16T14:10/16T15:50", 0, 4),
        ("16T14:00/16T14:01", 0, 1),
        ("16T14:00/16T16:00", 1, 5),
        ("16T14:00/16T16:00", 30, 5),
        ("16T14:00/16T16:00", 31, 6),
    ],
)
def test_every_half_hour_that_is_touched_is_taken(words: str, buffer: int, count: int) -> None:
    assert len(cells_of(period(words), buffer)) == count


@given(start=st.integers(0, 10**6), minutes=st.integers(1, 600), gap=st.integers(0, 300), buffer=st.integers(0, 240))
def test_bookings_that_share_no_half_hour_are_at_least_the_buffer_apart(
    start: int, minutes: int, gap: int, buffer: int
) -> None:
    first = cells(start * MINUTE, (start + minutes) * MINUTE, buffer)
    later = (start + minutes + gap) * MINUTE
    second = cells(later, later + minutes * MINUTE, buffer)
    if not set(first) & set(second):
        assert gap >= buffer


@pytest.mark.parametrize(
    ("words", "inside"),
    [
        ("16T08:00/16T21:00", True),
        ("16T07:59/16T09:00", False),
        ("16T20:00/16T21:01", False),
        ("16T20:00/17T09:00", False),
        ("15T09:00/15T10:00", False),
    ],
)
def test_a_booking_lies_in_the_hours_of_one_day_that_is_no_day_of_rest(words: str, inside: bool) -> None:
    assert Hours(8 * 60, 21 * 60, frozenset({1})).hold(period(words)) is inside


def test_a_venue_may_be_open_until_midnight() -> None:
    assert Hours(0, 24 * 60).hold(period("16T00:00/17T00:00"))


def test_hours_in_words_name_the_days_of_rest() -> None:
    assert Hours(510, 1050, frozenset({7, 6})).words == (
        "08:30–17:30，周六、周日不开放",
        "08:30–17:30, closed on Sat, Sun",
    )
    assert DAILY.words == ("08:00–21:00", "08:00–21:00")
    assert Hours(0, 24 * 60).words.zh == "00:00–24:00"


def gap(taken: str, *, wanted: Period = WANTED, buffer: int = 0, now: str = "10T09:00/10T10:00") -> str:
    had = {cell for words in taken.split() for cell in cells_of(period(words))}
    found = nearest_gap(DAILY, wanted, had, Bookable(to_micros(period(now).start), 400, buffer))
    return span_words(found, NOW).zh if found else ""


@pytest.mark.parametrize(
    ("taken", "buffer", "nearest"),
    [
        ("16T14:00/16T16:00", 0, "6月16日16:00–18:00"),
        ("16T13:00/16T15:00", 0, "6月16日15:00–17:00"),
        ("16T15:30/16T19:30", 0, "6月16日13:30–15:30"),
        ("16T14:00/16T16:00", 15, "6月16日16:00–18:00"),
        ("16T12:30/16T20:00", 0, "6月16日10:30–12:30"),
        ("16T08:00/16T21:00", 0, "6月17日08:00–10:00"),
        ("16T08:00/16T21:00 17T08:00/17T12:00", 0, "6月15日19:00–21:00"),
    ],
)
def test_the_gap_that_starts_nearest_is_suggested(taken: str, buffer: int, nearest: str) -> None:
    assert gap(taken, buffer=buffer) == nearest


def test_of_two_gaps_equally_near_the_later_is_suggested() -> None:
    assert gap("16T14:30/16T15:30") == "6月16日15:30–17:30"


def test_no_gap_in_the_past_is_suggested() -> None:
    assert gap("16T08:00/16T21:00", now="16T09:00/16T10:00") == "6月17日08:00–10:00"


def test_without_a_gap_in_two_weeks_none_is_suggested() -> None:
    every = set(reach(WANTED))
    assert nearest_gap(DAILY, WANTED, every, ALWAYS) is None
    assert busy("", None, NOW).text.zh == "这个时段已被别的单位预约。前后两周没有能约的空档，换一处场地。"


@given(st.sets(st.integers(0, 47), max_size=30), st.integers(0, 60))
def test_a_suggested_gap_is_free_open_and_as_long_as_wanted(halves: set[int], buffer: int) -> None:
    first = to_micros(midnight(WANTED.start.date())) // GRAIN
    taken = {first + half for half in halves}
    found = nearest_gap(DAILY, WANTED, taken, Bookable(0, 40_000, buffer))
    assert found is not None
    assert found.minutes == WANTED.minutes
    assert DAILY.hold(found)
    assert not set(cells_of(found, buffer)) & taken


def test_the_free_stretches_of_a_day_are_what_bookings_leave() -> None:
    day = midnight(WANTED.start.date())
    taken = {*cells_of(period("16T08:00/16T09:00")), *cells_of(period("16T14:00/16T16:00"))}
    assert [hours_words(span) for span in free_spans(DAILY, day, taken)] == ["09:00–14:00", "16:00–21:00"]
    assert free_spans(Hours(480, 1260, frozenset({2})), day, set()) == []
    assert free_spans(DAILY, day, set(range(day_cells(day)[0], day_cells(day)[1]))) == []


def day_cells(day: object) -> tuple[int, int]:
    """The first half hour of a day and the first of the next."""
    first = to_micros(day) // GRAIN  # type: ignore[arg-type]
    return first, first + int(timedelta(days=1) / timedelta(minutes=30))


ROOM = Venue("v", "a", "厅", "甲社区/厅", 80, DAILY)


def test_a_time_beyond_the_horizon_is_refused_with_the_last_day() -> None:
    year_before = NOW - 365 * DAY
    assert unfit(ROOM, WANTED, 10, Bookable(year_before, 400)) is None
    no = unfit(ROOM, WANTED, 10, Bookable(year_before, 180))
    assert no is not None and no.why == "far"
    assert no.text.zh == "最多提前180天预约，现在约到12月13日为止。核对年份和日期。"
    ahead = Period(WANTED.start, WANTED.start + timedelta(minutes=30))
    assert unfit(ROOM, ahead, 10, Bookable(to_micros(ahead.end) - 7 * DAY, 7)) is None


@given(asked=st.integers(0, 24 * 60 - 1), horizon=st.integers(1, 400), end=st.integers(9, 21))
def test_all_of_the_last_day_may_be_booked_at_whatever_hour_somebody_asks(asked: int, horizon: int, end: int) -> None:
    today = midnight(WANTED.start.date())
    within = Bookable(to_micros(today) + asked * MINUTE, horizon)
    last = today + timedelta(days=horizon)
    wanted = Period(last + timedelta(hours=end - 1), last + timedelta(hours=end))
    assert unfit(ROOM, wanted, 10, within) is None
    tomorrow = Period(wanted.start + timedelta(days=1), wanted.end + timedelta(days=1))
    no = unfit(ROOM, tomorrow, 10, within)
    assert no is not None and no.why == "far"


SHUT = st.frozensets(st.integers(1, 7), max_size=5)


@given(
    hours=st.builds(Hours, st.integers(0, 700), st.integers(720, 1440), SHUT),
    begin=st.integers(-3 * 48, 10 * 48),
    halves=st.integers(1, 8),
    taken=st.sets(st.integers(0, 10 * 48), max_size=100),
    asked=st.integers(0, 3 * 24 * 60),
    horizon=st.integers(1, 9),
    buffer=st.integers(0, 90),
)
def test_a_gap_that_is_suggested_can_be_booked(
    hours: Hours, begin: int, halves: int, taken: set[int], asked: int, horizon: int, buffer: int
) -> None:
    first = to_micros(midnight(WANTED.start.date()))
    room = Venue("v", "a", "厅", "甲社区/厅", 80, hours)
    start = to_datetime(first + begin * GRAIN)
    within = Bookable(first + asked * MINUTE, horizon, buffer)
    had = {first // GRAIN + half for half in taken}
    wanted = from_now_on(Period(start, start + timedelta(minutes=30 * halves)), within.now)
    found = nearest_gap(hours, wanted, had, within)
    assert found is None or (unfit(room, found, 10, within), had & set(cells_of(found, buffer))) == (None, set())


@settings(max_examples=25, deadline=None)
@given(
    hours=st.builds(Hours, st.integers(0, 600), st.integers(800, 1440), st.frozensets(st.integers(1, 7), max_size=2)),
    begin=st.integers(0, 2 * 24 * 60),
    length=st.integers(20, 180),
    taken=st.sets(st.integers(0, 2 * 48), max_size=60),
    asked=st.integers(0, 24 * 60),
    buffer=st.integers(0, 90),
)
def test_no_minute_nearer_than_the_suggested_gap_could_be_booked(
    hours: Hours, begin: int, length: int, taken: set[int], asked: int, buffer: int
) -> None:
    first = to_micros(midnight(WANTED.start.date()))
    room, within = Venue("v", "a", "厅", "甲社区/厅", 80, hours), Bookable(first + asked * MINUTE, 9, buffer)
    soonest = (within.now // GRAIN + 1) * GRAIN
    had = {first // GRAIN + half for half in taken}

    def at(minute: int) -> Period:
        start = to_datetime(first + minute * MINUTE)
        return Period(start, start + timedelta(minutes=length))

    def free(wanted: Period) -> bool:
        open_ = to_micros(wanted.start) >= soonest and unfit(room, wanted, 10, within) is None
        return open_ and not had & set(cells_of(wanted, buffer))

    found = nearest_gap(hours, at(begin), had, within)
    far = 5 * 24 * 60 if found is None else abs(to_micros(found.start) - to_micros(at(begin).start)) // MINUTE
    assert not [d for d in range(far) for one in (begin + d, begin - d) if free(at(one))]
    assert found is None or free(found)


@pytest.mark.parametrize(
    ("wanted", "taken", "nearest"),
    [
        ("16T10:15/16T11:30", "16T09:00/16T11:30", "6月16日11:30–12:45"),
        ("16T14:15/16T16:00", "16T14:00/16T15:00", "6月16日15:00–16:45"),
        ("16T14:45/16T16:00", "16T15:00/16T18:00", "6月16日13:45–15:00"),
    ],
)
def test_the_nearest_gap_is_flush_with_what_is_taken(wanted: str, taken: str, nearest: str) -> None:
    assert gap(taken, wanted=period(wanted)) == nearest


def test_the_gap_of_another_year_says_its_year() -> None:
    text = busy("甲", WANTED, NOW - 365 * DAY).text
    assert "最近的空档是2026年6月16日14:00–16:00" in text.zh
    assert "16 Jun 2026 14:00" in text.en
