"""Moments in words."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from engine.clock import DAY, HOUR, MINUTE
from engine.definition.values.moments import DISTRICT_TIME, day_end, to_micros
from engine.web import times

NOW = to_micros(datetime(2026, 6, 16, 9, 10, tzinfo=DISTRICT_TIME))


@pytest.mark.parametrize(
    ("after", "zh", "en"),
    [
        (timedelta(hours=4, minutes=50), "今天14:00", "today 14:00"),
        (timedelta(days=1), "明天09:10", "tomorrow 09:10"),
        (timedelta(days=-1), "昨天09:10", "yesterday 09:10"),
        (timedelta(days=3), "6月19日 周五 09:10", "Fri 19 Jun 09:10"),
        (timedelta(days=365), "2027年6月16日 周三 09:10", "Wed 16 Jun 2027 09:10"),
    ],
)
def test_a_moment_is_told_from_today(after: timedelta, zh: str, en: str) -> None:
    assert times.moment(NOW + after // timedelta(microseconds=1), NOW) == (zh, en)


def test_midnight_divides_today_from_tomorrow_by_the_wall_clock() -> None:
    midnight = to_micros(datetime(2026, 6, 17, tzinfo=DISTRICT_TIME))
    assert times.moment(midnight - MINUTE, NOW).zh == "今天23:59"
    assert times.moment(midnight, NOW).zh == "明天00:00"


def test_an_end_at_midnight_is_that_of_the_day_before() -> None:
    today = to_micros(day_end(datetime(2026, 6, 16, tzinfo=DISTRICT_TIME).date()))
    assert times.deadline(today, NOW) == ("今天24:00", "today 24:00")
    assert times.deadline(today + MINUTE, NOW).zh == "明天00:01"
    assert times.deadline(today + 3 * DAY, NOW) == ("6月19日 周五 24:00", "Fri 19 Jun 24:00")
    assert times.due_words(today, "due", "today", NOW).zh == "今天24:00到期"
    assert times.due_words(today + 3 * DAY, "due", "later", NOW).zh == "6月19日 周五到期"


@pytest.mark.parametrize(
    ("length", "zh", "en"),
    [
        (0, "不到1小时", "under an hour"),
        (HOUR, "1小时", "1 hour"),
        (23 * HOUR, "23小时", "23 hours"),
        (DAY, "1天", "1 day"),
        (9 * DAY, "9天", "9 days"),
    ],
)
def test_a_span_has_one_unit(length: int, zh: str, en: str) -> None:
    assert times.span(length) == (zh, en)


def test_what_came_within_the_hour_has_just_come() -> None:
    assert times.waiting(NOW - HOUR + 1, NOW).zh == "刚到"
    assert times.with_you(NOW - HOUR + 1, NOW).zh == "刚到你这里"
    assert times.waiting(NOW - HOUR, NOW) == ("已1小时", "for 1 hour")
    assert times.with_you(NOW - 2 * DAY, NOW) == ("在你这里2天", "with you for 2 days")


@pytest.mark.parametrize(
    ("due_in", "why", "due_class", "zh"),
    [
        (-26 * HOUR, "due", "late", "逾期1天"),
        (-5 * MINUTE, "due", "late", "逾期不到1小时"),
        (5 * HOUR, "before", "today", "今天14:10要用"),
        (5 * HOUR, "due", "today", "今天14:10到期"),
        (3 * DAY, "due", "later", "6月19日 周五到期"),
    ],
)
def test_a_due_chip_says_which_date_matters(due_in: int, why: str, due_class: str, zh: str) -> None:
    assert times.due_words(NOW + due_in, why, due_class, NOW).zh == zh


def test_paper_carries_the_whole_date() -> None:
    assert times.stamp(NOW).zh == "2026年6月16日09:10"
    assert times.machine(NOW) == "2026-06-16T09:10+08:00"


@pytest.mark.parametrize("ahead", [1, MINUTE, HOUR, 25 * HOUR, 400 * DAY])
def test_after_the_clock_was_set_back_no_time_is_negative(ahead: int) -> None:
    said = [times.waiting(NOW + ahead, NOW), times.with_you(NOW + ahead, NOW), times.late_words(NOW + ahead, NOW),
            times.span(-ahead)]  # fmt: skip
    assert [text.zh for text in said] == ["刚到", "刚到你这里", "逾期不到1小时", "不到1小时"]
    assert not any("-" in words for text in said for words in text)
