"""Times of day as people write them: from 00:00 to 24:00, which is the end of the day."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta
from typing import Final

from engine.definition.values.moments import midnight
from engine.definition.values.plain import narrow

WHOLE_DAY: Final = timedelta(days=1)
_CLOCK: Final = re.compile(r"([0-9]{1,2}):([0-5][0-9])(?::([0-5][0-9])(?:\.0+)?)?")
_HOURS: Final = re.compile(r"([0-9:.]{3,12}) ?[-–—~至到] ?([0-9:.]{3,12})")


def read_clock(text: str) -> timedelta | None:
    """How long after the beginning of the day ``14:00`` is, 24:00 at most; None if *text* is no time of day."""
    found = _CLOCK.fullmatch(text)
    if not found:
        return None
    hours, minutes, seconds = (int(part or 0) for part in found.groups())
    since = timedelta(hours=hours, minutes=minutes, seconds=seconds)
    return since if since <= WHOLE_DAY else None


def as_end(since: timedelta) -> timedelta:
    """The same time as an end: what ends at 00:00 ends with the day."""
    return since or WHOLE_DAY


def read_hours(text: str) -> tuple[timedelta, timedelta] | None:
    """The stretch of a day that ``08:00-21:00`` or ``18:00-24:00`` writes, or None."""
    found = _HOURS.fullmatch(narrow(text))
    begin, stop = (read_clock(part) for part in found.groups()) if found else (None, None)
    if begin is None or stop is None:
        return None
    stop = as_end(stop)
    return (begin, stop) if begin < stop else None


def at_clock(day: date, since: timedelta) -> datetime:
    """The moment so long after the beginning of *day* in the district's time."""
    return midnight(day) + since
