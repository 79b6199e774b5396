"""Kinds that are days, times and lengths of time."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from typing import Final

from engine.clock import Micros
from engine.definition.values.day_rules import parse_day_rule
from engine.definition.values.durations import KINDS as UNITS
from engine.definition.values.durations import Duration, parse_duration
from engine.definition.values.extents import FIRST_YEAR, LAST_YEAR
from engine.definition.values.hours import WHOLE_DAY, as_end, at_clock, read_clock
from engine.definition.values.kinds.shared import as_shaped, plain_shaped
from engine.definition.values.kinds.texts import match
from engine.definition.values.moments import (
    Period,
    midnight,
    read_datetime,
    read_period,
    write_datetime,
    write_period,
)
from engine.definition.values.saying import clock_words, day_words, every_way, moment_words, span_words
from engine.definition.values.types import DATE, DATETIME, DECIMAL, INTEGER, TIME, Unread, ValueKind, ValueType
from engine.i18n import Text, both

_DATE: Final = re.compile(
    r"([0-9]{4})(?:-([0-9]{1,2})-|/([0-9]{1,2})/|\.([0-9]{1,2})\.|年([0-9]{1,2})月)([0-9]{1,2})日?"
)
_UNTIL: Final = re.compile(r"[0-9]:[0-9]{2}(?::[0-9]{2})?(\s*(?:/|–|—|~|-|至|到)\s*)(?=\S)")
_GAP: Final = re.compile(r"[T\s]+")
_ANY_DAY: Final = date(2000, 1, 1)
_OF_A_DAY: Final[Mapping[str, ValueType]] = dict.fromkeys(("year", "month", "day", "weekday"), INTEGER)
_OF_A_CLOCK: Final[Mapping[str, ValueType]] = dict.fromkeys(("hour", "minute"), INTEGER)


def _date(text: str) -> date:
    year, *months, day = match(_DATE, text).groups()
    if not FIRST_YEAR <= int(year) <= LAST_YEAR:
        zh, en = f"的年份要在{FIRST_YEAR}到{LAST_YEAR}之间", f"has to lie between {FIRST_YEAR} and {LAST_YEAR}"
        raise Unread(Text(zh, en))
    return date(int(year), int(next(filter(None, months))), int(day))


def _clock(text: str) -> timedelta:
    since = read_clock(text)
    if since is None:
        raise Unread
    return since


def _time(text: str) -> str:
    since = _clock(text)
    if since == WHOLE_DAY:
        zh = "最晚写23:59；一天的结束写成第二天00:00，或在时段里写24:00"
        en = "is 23:59 at the latest: the end of a day is 00:00 of the next, or 24:00 within a period"
        raise Unread(Text(zh, en))
    return clock_words(at_clock(_ANY_DAY, since))


def _moment(text: str) -> datetime:
    day, _, clock = _GAP.sub(" ", text).partition(" ")
    return at_clock(_date(day), _clock(clock))


def _period(text: str) -> str:
    start_text, end_text = _ends(text)
    start = _moment(start_text)
    until = read_clock(end_text)
    end = _moment(end_text) if until is None else at_clock(start.date(), as_end(until))
    if end == midnight(start.date()):  # the day's first moment ends nothing, so its last is meant
        end += WHOLE_DAY
    if end <= start:
        raise Unread(Text(f"的结束时间要晚于{clock_words(start)}", f"has to end after {clock_words(start)}"))
    return write_period(Period(start, end))


def _ends(text: str) -> tuple[str, str]:
    """The two halves; a slash may also stand inside a date, so it divides only where a time ends."""
    between = [one.span(1) for one in _UNTIL.finditer(text)]
    if not between:
        raise Unread
    start, end = between[-1]
    return text[:start].strip(), text[end:].strip()


def _duration(text: str) -> str:
    duration = parse_duration(text)
    if duration is None or duration.amount < 0:
        raise Unread
    return str(duration)


def _say_duration(stored: str, _now: Micros | None) -> Text:
    duration = parse_duration(stored)
    return duration.words if duration else both(stored)


def _length(duration: Duration) -> tuple[str, int]:
    return duration.measure


def _calendar(text: str) -> str:
    if parse_day_rule(text) is None:
        raise Unread
    return text


KINDS: Final = (
    ValueKind(
        "date", Text("日期", "a date"), ("日期",),
        Text("要写成日期，例如2026-06-16", "has to be a date, such as 2026-06-16"),
        read=lambda text: _date(text).isoformat(), say=lambda stored, now: day_words(date.fromisoformat(stored), now),
        spell=lambda stored: every_way(date.fromisoformat(stored)),
        decode=date.fromisoformat, encode=date.isoformat, live=(date,),
        schema=as_shaped, plain=plain_shaped, sample="2026-06-16", bounds="value",
        is_day=True, quoted="'2026-06-16'", attributes=_OF_A_DAY, widget="date",
        past=lambda live, now: bool(live < now.date()),
    ),
    ValueKind(
        "time", Text("时间", "a time"), ("时间",), Text("要写成时间，例如14:00", "has to be a time, such as 14:00"),
        read=_time, decode=time.fromisoformat, encode=clock_words, live=(time,),
        schema=as_shaped, plain=plain_shaped, sample="14:00", bounds="value",
        is_day=True, quoted="'14:00'", attributes=_OF_A_CLOCK, widget="time",
    ),
    ValueKind(
        "datetime", Text("日期时间", "a date with a time"), ("日期时间",),
        Text("要写成日期和时间，例如2026-06-16 14:00", "has to be a date and time, such as 2026-06-16 14:00"),
        read=lambda text: write_datetime(_moment(text)),
        say=lambda stored, now: moment_words(read_datetime(stored), now, weekday=True),
        spell=lambda stored: every_way(read_datetime(stored)),
        decode=read_datetime, encode=write_datetime, live=(datetime,),
        schema=as_shaped, plain=plain_shaped, sample="2026-06-16T14:00", bounds="value",
        is_day=True, quoted="'2026-06-16 14:00'",
        attributes={"date": DATE, "time": TIME, **_OF_A_DAY, **_OF_A_CLOCK}, widget="datetime",
        past=lambda live, now: bool(live < now),
    ),
    ValueKind(
        "period", Text("时段", "a period"), ("时段",),
        Text("要写明开始和结束，例如2026-06-16 14:00/16:00", "has to have a start and an end: 2026-06-16 14:00/16:00"),
        read=_period, say=lambda stored, now: span_words(read_period(stored), now, weekday=True),
        spell=lambda stored: every_way(read_period(stored)),
        decode=read_period, encode=write_period, live=(Period,),
        schema=as_shaped, plain=plain_shaped, sample="2026-06-16T14:00/2026-06-16T16:00",
        quoted="'2026-06-16 14:00/16:00'",
        attributes={"start": DATETIME, "end": DATETIME, "date": DATE, "minutes": INTEGER, "hours": DECIMAL},
        widget="period", past=lambda live, now: bool(live.start < now),
    ),
    ValueKind(
        "duration", Text("时长", "a length of time"), ("时长",),
        Text("要写成整数和单位，例如2个工作日", "has to be a whole number and a unit, such as 2 workdays"),
        read=_duration, say=_say_duration, decode=parse_duration, encode=str, live=(Duration,),
        schema=as_shaped, plain=plain_shaped, sample="2 workdays", bounds="value", scale=_length, scales=UNITS,
        quoted="'2 workdays'", phrase="duration",
    ),
    ValueKind(
        "calendar", Text("日子规则", "a rule for days"), ("日历",),
        Text("要写成日子，例如每月第一个周六", "has to name days, such as first Saturday of month"),
        read=_calendar, schema=as_shaped, plain=plain_shaped, sample="first Saturday of month",
        quoted="'first Saturday of month'",
    ),
)  # fmt: skip
