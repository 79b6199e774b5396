"""Lengths of time that a clock counts, each in the unit it was given in: from where it counts to where it ends.

A span is a list of ``[amount, unit]``, counted one after the other. Beside the units of durations there is ``day``: the
beginning of the day that was reached, or with 1 its end.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any, Final

from engine.clock import Micros
from engine.definition.calendar.working import Calendar
from engine.definition.values.durations import Duration, DurationUnit
from engine.definition.values.moments import midnight, to_datetime, to_micros

#: JSON: ``[[2, "workdays"], [90, "work_minutes"]]``.
Span = list[list[Any]]

DAY_BEGINS: Final = [0, "day"]
DAY_ENDS: Final = [1, "day"]
#: The units that a calendar counts.
_WORKING: Final = ("workdays", "work_minutes")


def span(duration: Duration) -> Span:
    """The span of *duration*."""
    return [[duration.amount, duration.unit]]


def works(counted: Span) -> bool:
    """Whether *counted* is told in working time."""
    return bool(counted) and counted[0][1] in _WORKING


def reach(calendar: Calendar, base: Micros, counted: Span) -> Micros:
    """Where *counted* ends that begins at *base*."""
    for amount, unit in counted:
        if unit == "day":
            base = to_micros(midnight(to_datetime(base).date() + timedelta(days=amount)))
        else:
            base = calendar.add(base, Duration(amount, unit))
    return base


def left(calendar: Calendar, now: Micros, end: Micros, counted: Span) -> Span:
    """What is left from *now* to *end* of what was *counted*: in its unit and, of workdays, the working minutes over.

    Minutes are rounded up: standing still costs nobody time. Workdays are not told in minutes, for 09:00 of tomorrow
    is as many working minutes away as the closing of today.
    """
    if end <= now:
        return []
    if not works(counted):
        return _minutes(calendar, now, end, "minutes")
    if counted[-1] == DAY_ENDS:
        days = calendar.between(now, end - 1, "workdays")
        return [*(span(days) if days.amount else []), DAY_ENDS]
    if counted[0][1] == "work_minutes":
        return _minutes(calendar, now, end, "work_minutes")
    days = calendar.between(now, end, "workdays")
    over = _minutes(calendar, calendar.add(now, days), end, "work_minutes")
    return [*(span(days) if days.amount else []), *over]


def _minutes(calendar: Calendar, now: Micros, end: Micros, unit: DurationUnit) -> Span:
    whole = calendar.between(now, end, unit)
    if calendar.add(now, whole) < end:
        whole = Duration(whole.amount + 1, unit)
    return span(whole) if whole.amount else []
