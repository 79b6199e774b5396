"""Moments and periods in the district's time, and their conversions."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from functools import lru_cache
from typing import Final
from zoneinfo import ZoneInfo

from engine.clock import Micros
from engine.errors import Misuse
from engine.i18n import Text

DISTRICT_TIME: Final = ZoneInfo("Asia/Shanghai")
_EPOCH: Final = datetime.fromtimestamp(0, DISTRICT_TIME)
_MICRO: Final = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class Period:
    """From ``start`` up to, not including, ``end``; both are aware datetimes."""

    start: datetime
    end: datetime

    @property
    def minutes(self) -> int:
        """Its length in whole minutes."""
        return (self.end - self.start) // timedelta(minutes=1)


def to_datetime(at: Micros) -> datetime:
    """The moment as a datetime in the district's time."""
    return _EPOCH + at * _MICRO


def to_micros(moment: datetime) -> Micros:
    """An aware datetime as microseconds since 1970 UTC. Raises Misuse for one without a zone."""
    return (_zoned(moment) - _EPOCH) // _MICRO


def _zoned(moment: datetime) -> datetime:
    """*moment*, which Python would read in the time of whatever machine it runs on where it has no zone."""
    if moment.utcoffset() is None:
        raise Misuse(Text(
            "时刻没有写明时区，不知道是哪里的几点。用 midnight、to_datetime 或 decode 得到的时刻。",
            "a moment has no time zone, so nobody knows whose clock it is by; "
            "take what midnight, to_datetime or decode answer",
        ))  # fmt: skip
    return moment


@lru_cache(maxsize=1024)
def midnight(day: date) -> datetime:
    """The first moment of *day* in the district's time."""
    return datetime(day.year, day.month, day.day, tzinfo=DISTRICT_TIME)


def day_end(day: date) -> datetime:
    """24:00 of *day*: what a day means where it is used as an end. As a beginning it means its `midnight`.

    It is the first moment that no longer belongs to the day; ends that are stored are exclusive.
    """
    return midnight(day + timedelta(days=1))


def last_day(end: datetime) -> date:
    """The day that an exclusive *end* ends: of midnight the one before it."""
    return (end - _MICRO).date()


def at_time(day: date, clock: time) -> datetime:
    """*day* at *clock* in the district's time."""
    return datetime.combine(day, clock, DISTRICT_TIME)


def nearest_period(wanted: Period, starts: Iterable[Micros], fits: Callable[[Period], bool]) -> Period | None:
    """The period as long as *wanted* that fits and begins nearest to it, of those that begin at one of *starts*; of two
    equally near the later.
    """
    begin, length = to_micros(wanted.start), wanted.end - wanted.start
    for start in sorted(set(starts), key=lambda at: (abs(at - begin), -at)):
        moved = Period(to_datetime(start), to_datetime(start) + length)
        if fits(moved):
            return moved
    return None


def read_datetime(stored: str) -> datetime:
    """The moment of its stored form ``2026-06-16T14:00``."""
    return datetime.fromisoformat(stored).replace(tzinfo=DISTRICT_TIME)


def write_datetime(moment: datetime) -> str:
    """The stored form of a moment, to the second. Raises Misuse for one without a zone."""
    local = _zoned(moment).astimezone(DISTRICT_TIME).replace(tzinfo=None, microsecond=0)
    return local.isoformat(timespec="seconds" if local.second else "minutes")


def read_period(stored: str) -> Period:
    """The period of its stored form, two moments with ``/`` between them."""
    start, _, end = stored.partition("/")
    return Period(read_datetime(start), read_datetime(end))


def write_period(period: Period) -> str:
    """The stored form of a period."""
    return f"{write_datetime(period.start)}/{write_datetime(period.end)}"


def decimal_text(number: Decimal | int) -> str:
    """A number without exponent and without zeros that say nothing: ``1.5``, ``100``; minus nothing is ``0``."""
    text = format(Decimal(number) or Decimal(0), "f")
    return (text.rstrip("0").rstrip(".") or "0") if "." in text else text
