"""Lengths of time as people write them: ``2 workdays`` and ``2 days`` are different things."""

from __future__ import annotations

import calendar as month_lengths
import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Final, Literal

from engine.definition.values.plain import narrow
from engine.i18n import Text, counted

DurationUnit = Literal["minutes", "hours", "days", "weeks", "months", "years", "work_minutes", "workdays"]

#: Longest amount that anybody may write; it keeps every sum of times inside the range of dates.
MOST: Final = 100_000

#: What people write after the number -> (unit, how many of it one is).
_WRITTEN: Final[dict[str, tuple[DurationUnit, int]]] = {
    r"work(?:ing)?[ _-]?minutes?|个?工作分钟": ("work_minutes", 1),
    r"work(?:ing)?[ _-]?hours?|个?工作小时|个?工时": ("work_minutes", 60),
    r"work(?:ing)?[ _-]?days?|个?工作[日天]": ("workdays", 1),
    r"minutes?|mins?|分钟": ("minutes", 1),
    r"hours?|个?小时|个?钟头": ("hours", 1),
    r"days?|天|日": ("days", 1),
    r"weeks?|周|个?星期": ("weeks", 1),
    r"months?|个月": ("months", 1),
    r"years?|年": ("years", 1),
}
#: A unit at the current place, not followed by more of a word.
UNIT_PATTERN: Final = re.compile(
    r"[ \t\u3000]*(?:" + "|".join(f"(?P<u{i}>{written})" for i, written in enumerate(_WRITTEN)) + r")(?![A-Za-z0-9_])",
    re.IGNORECASE,
)
_UNITS: Final = tuple(_WRITTEN.values())
_CHINESE_DIGITS: Final = {c: n for n, c in enumerate("零一二三四五六七八九十")} | {"两": 2}
_NUMBER: Final = re.compile(r"-?[0-9]{1,9}|[一二两三四五六七八九十]")

_WORDS: Final[dict[str, tuple[str, str]]] = {
    "minutes": ("分钟", "minute"),
    "hours": ("小时", "hour"),
    "days": ("天", "day"),
    "weeks": ("周", "week"),
    "months": ("个月", "month"),
    "years": ("年", "year"),
    "work_minutes": ("个工作分钟", "work minute"),
    "workdays": ("个工作日", "workday"),
}
#: The units whose lengths have an order, by the kind that ``Duration.measure`` names.
KINDS: Final[dict[str, Text]] = {
    "minutes": Text("分钟、小时、天或周", "minutes, hours, days or weeks"),
    "months": Text("月或年", "months or years"),
    "work_minutes": Text("工作小时", "work hours"),
    "workdays": Text("工作日", "workdays"),
}
#: Minutes that one of a kind usually comes to: a workday as a day, a work hour as an eighth of it, a month as 30 days.
_USUAL: Final = {"minutes": 1, "months": 30 * 1440, "work_minutes": 3, "workdays": 1440}
_PLAIN_MINUTES: Final = {"minutes": 1, "hours": 60, "days": 1440, "weeks": 10080}


@dataclass(frozen=True, slots=True)
class Duration:
    """So many of one unit. ``4 work hours`` are 240 ``work_minutes``; amounts may be negative in sums."""

    amount: int
    unit: DurationUnit

    @property
    def needs_calendar(self) -> bool:
        """Whether its end depends on which days are worked."""
        return self.unit in ("work_minutes", "workdays")

    @property
    def measure(self) -> tuple[str, int]:
        """A kind and a size: two durations can be compared or added if their kinds are the same."""
        if self.unit in _PLAIN_MINUTES:
            return "minutes", self.amount * _PLAIN_MINUTES[self.unit]
        if self.unit in ("months", "years"):
            return "months", self.amount * (12 if self.unit == "years" else 1)
        return self.unit, self.amount

    @property
    def kind(self) -> str:
        """The kind of its unit: lengths of one kind have an order that no calendar changes."""
        return self.measure[0]

    @property
    def words(self) -> Text:
        """``2个工作日`` and ``2 workdays``."""
        amount, zh, en = self._said()
        return Text(f"{amount}{zh}", counted(amount, en))

    def times(self, factor: int) -> Duration:
        """The same unit, *factor* times as many."""
        return Duration(self.amount * factor, self.unit)

    def plus(self, other: Duration) -> Duration | None:
        """The sum, or None if the two are of different kinds (``1 month`` and ``2 workdays``)."""
        if self.unit == other.unit:
            return Duration(self.amount + other.amount, self.unit)
        (kind, size), (other_kind, other_size) = self.measure, other.measure
        if kind != other_kind:
            return None
        return Duration(size + other_size, "minutes" if kind == "minutes" else "months")

    def against(self, other: Duration) -> int:
        """Below 0 where it is shorter than *other*, above where it is longer.

        Which of two kinds is longer depends on the day; they are taken for what they usually come to.
        """
        (kind, size), (other_kind, other_size) = self.measure, other.measure
        return size * _USUAL[kind] - other_size * _USUAL[other_kind]

    def _said(self) -> tuple[int, str, str]:
        if self.unit == "work_minutes" and self.amount and self.amount % 60 == 0:
            return self.amount // 60, "个工作小时", "work hour"
        return self.amount, *_WORDS[self.unit]

    def __str__(self) -> str:
        """The stored form, which `parse_duration` reads back."""
        return self.words.en


@lru_cache(maxsize=1024)
def parse_duration(text: str) -> Duration | None:
    """The duration that *text* says in either language, or None."""
    plain = narrow(text)
    number = _NUMBER.match(plain)
    if not number:
        return None
    digits = number.group()
    amount = _CHINESE_DIGITS[digits] if digits in _CHINESE_DIGITS else int(digits)
    read = unit_at(plain, number.end(), amount)
    return read[0] if read and read[1] == len(plain) else None


def unit_at(text: str, start: int, amount: int) -> tuple[Duration, int] | None:
    """The duration of *amount* whose unit stands at *start*, and where the unit ends; None if none does."""
    found = UNIT_PATTERN.match(text, start)
    if not found or abs(amount) > MOST:
        return None
    unit, size = _UNITS[int(str(found.lastgroup)[1:])]
    return Duration(amount * size, unit), found.end()


def add_plain(moment: datetime, duration: Duration) -> datetime:
    """*moment* and a duration that needs no calendar; the end of a short month stands in for its missing days.

    Raises OverflowError or ValueError where the year leaves 1-9999.
    """
    kind, size = duration.measure
    if kind == "minutes":
        return moment + timedelta(minutes=size)
    if kind == "months":
        day = add_months(moment.date(), size)
        return moment.replace(year=day.year, month=day.month, day=day.day)
    raise ValueError(f"{duration} needs a calendar")


def add_months(day: date, months: int) -> date:
    """The same day *months* later, or that month's last day."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    last = month_lengths.monthrange(year, month + 1)[1]
    return date(year, month + 1, min(day.day, last))
