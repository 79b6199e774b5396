"""The working calendar: which days are worked, and where a length of working time ends."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any, Final

from engine.clock import DAY, HOUR, MINUTE, Micros
from engine.definition.calendar.sheet import OFFICE, Sheet
from engine.definition.values.durations import Duration, DurationUnit, add_plain
from engine.definition.values.hours import at_clock
from engine.definition.values.moments import midnight, to_datetime, to_micros
from engine.definition.values.saying import clock_words, date_words, days_words, end_words, moment_words
from engine.errors import Invalid
from engine.i18n import Text, joined

_ONE_DAY: Final = timedelta(days=1)
_PLAIN: Final = {"minutes": MINUTE, "hours": HOUR, "days": DAY, "weeks": 7 * DAY}


@dataclass(frozen=True)
class Calendar:
    """Equal by ``hash``. ``holidays`` are days off by name, ``workdays`` worked weekends, ``years`` those published.

    ``office`` are the daily office hours, in order, each from and to so long after midnight. ``english`` translates
    holidays' names.
    """

    hash: str
    office: tuple[tuple[timedelta, timedelta], ...] = field(compare=False)
    holidays: dict[date, str] = field(compare=False, repr=False, default_factory=dict)
    workdays: frozenset[date] = field(compare=False, repr=False, default=frozenset())
    years: frozenset[int] = field(compare=False, default=frozenset())
    unconfirmed: frozenset[int] = field(compare=False, default=frozenset())
    english: dict[str, str] = field(compare=False, repr=False, default_factory=dict)

    def is_workday(self, day: date) -> bool:
        """Whether *day* is worked; in a year that is not known, whether it is Monday to Friday."""
        return day in self.workdays or (day.weekday() < 5 and day not in self.holidays)

    def warn_years(self, today: date) -> tuple[int, ...]:
        """This year, and from November the next, where their calendar is missing or not confirmed."""
        near = sorted({today.year, (today + timedelta(days=61)).year})
        return tuple(year for year in near if year not in self.years or year in self.unconfirmed)

    def add(self, at: Micros, duration: Duration) -> Micros:
        """The moment *duration* after *at*; negative durations go back.

        ``workdays`` keep the clock time. What falls outside office days and hours counts from the closing before
        it, so that every workday is a whole one: Saturday and one workday is Monday's closing.
        Raises OverflowError or ValueError past the year 9999.
        """
        return to_micros(self.add_to(to_datetime(at), duration))

    def add_to(self, moment: datetime, duration: Duration) -> datetime:
        """`add` for datetimes in the district's time."""
        if duration.unit == "workdays":
            return self._add_workdays(moment, duration.amount)
        if duration.unit == "work_minutes":
            minutes = timedelta(minutes=abs(duration.amount))
            return self._add_work(moment, minutes) if duration.amount >= 0 else self._take_work(moment, minutes)
        return add_plain(moment, duration)

    def between(self, a: Micros, b: Micros, unit: DurationUnit) -> Duration:
        """The whole units from *a* to *b*, negative if *b* is earlier; ``add`` of it never passes *b*."""
        if b < a:
            return self.between(b, a, unit).times(-1)
        if unit in _PLAIN:
            return Duration((b - a) // _PLAIN[unit], unit)
        start, end = to_datetime(a), to_datetime(b)
        if unit == "work_minutes":
            worked = sum((stop - begin for begin, stop in self._office_until(start, end)), timedelta())
            return Duration(worked // timedelta(minutes=1), unit)
        if unit == "workdays":
            return Duration(self._workdays_between(start, end), unit)
        months = (end.year - start.year) * 12 + end.month - start.month
        while months and add_plain(start, Duration(months, "months")) > end:
            months -= 1
        return Duration(months // 12 if unit == "years" else months, unit)

    def explain(self, at: Micros, duration: Duration, now: Micros | None) -> Text:
        """The sum as people check it: ``6月18日09:10 + 2个工作日 = 6月23日09:10；6月19日端午不计``."""
        start = to_datetime(at)
        end = self.add_to(start, duration)
        notes = self._notes(start.date(), end.date(), now) if duration.needs_calendar else []
        notes[:0] = self._counts_from(start, duration, now)
        said = zip(moment_words(start, now), duration.words, end_words(end, now), strict=True)
        zh, en = (f"{begin} + {length} = {stop}" for begin, length, stop in said)
        return joined([Text(zh, en), *notes], "；", "; ")

    def _counts_from(self, start: datetime, duration: Duration, now: Micros | None) -> list[Text]:
        """From when a length of working time counts that begins outside working hours."""
        if not duration.needs_calendar or duration.amount <= 0:
            return []
        opening, closing = self.office[0][0], self.office[-1][1]
        since, clock = start - midnight(start.date()), clock_words(start)
        if not self.is_workday(start.date()):
            why = Text("当天不上班", "that is a day off")
        elif since < opening:
            why = Text(f"{clock}还没上班", f"{clock} is before opening")
        elif since > closing:
            why = Text(f"{clock}已经下班", f"{clock} is after closing")
        elif duration.unit == "workdays" or next(self._office_from(start))[0] == start:
            return []
        else:
            why = Text(f"{clock}正在休息", f"{clock} is in a break")
        if duration.unit == "workdays":
            said = end_words(at_clock(*self._last_office(start)), now)
            from_ = Text(f"从上一次下班（{said.zh}）起算", f"it counts from the closing before, {said.en}")
        else:
            said = moment_words(next(self._office_from(start))[0], now)
            from_ = Text(f"从下一次上班（{said.zh}）起算", f"it counts from the next opening, {said.en}")
        return [Text(f"{why.zh}，{from_.zh}", f"{why.en}, so {from_.en}")]

    def _notes(self, first: date, last: date, now: Micros | None) -> list[Text]:
        """What a reader of the sum would not expect: holidays, worked weekends, years without a calendar."""
        days = [first + _ONE_DAY * n for n in range((last - first).days + 1)]
        notes = []
        for name in dict.fromkeys(self.holidays[day] for day in days if day in self.holidays):
            off = [day for day in days if self.holidays.get(day) == name]
            english = self.english.get(name, name)
            when = days_words(off[0], off[-1], now)
            notes.append(Text(f"{when.zh}{name}不计", f"{when.en} {english} not counted"))
        notes += [
            Text(f"{worked.zh}调休上班", f"{worked.en} is a working weekend day")
            for worked in (date_words(day, now) for day in days if day in self.workdays)
        ]
        if any(day.weekday() > 4 and day not in self.holidays and day not in self.workdays for day in days):
            notes.append(Text("双休日不计", "weekends not counted"))
        notes += [
            Text(f"{year}年没有工作日历，只按双休日计", f"{year} has no calendar: only weekends are off")
            for year in sorted({day.year for day in days} - self.years)
        ]
        return notes

    def _add_workdays(self, moment: datetime, amount: int) -> datetime:
        step = _ONE_DAY if amount >= 0 else -_ONE_DAY
        if amount == 0:
            return moment
        day, since = self._last_office(moment) if amount > 0 else self._next_office(moment)
        left = abs(amount)
        while left:
            day += step
            left -= self.is_workday(day)
        return at_clock(day, since)

    def _last_office(self, moment: datetime) -> tuple[date, timedelta]:
        """The workday and time of *moment* within opening and closing, else of the closing before it."""
        day, opening, closing = moment.date(), self.office[0][0], self.office[-1][1]
        since = moment - midnight(day)
        if self.is_workday(day) and since >= opening:
            return day, min(since, closing)
        day -= _ONE_DAY
        while not self.is_workday(day):
            day -= _ONE_DAY
        return day, closing

    def _next_office(self, moment: datetime) -> tuple[date, timedelta]:
        """The workday and time of *moment* within opening and closing, else of the opening after it."""
        day, opening, closing = moment.date(), self.office[0][0], self.office[-1][1]
        since = moment - midnight(day)
        if self.is_workday(day) and since <= closing:
            return day, max(since, opening)
        day += _ONE_DAY
        while not self.is_workday(day):
            day += _ONE_DAY
        return day, opening

    def _workdays_between(self, start: datetime, end: datetime) -> int:
        (day, since), found = self._last_office(start), 0
        while day < end.date():
            day += _ONE_DAY
            found += self.is_workday(day)
        late = self.is_workday(end.date()) and end - midnight(end.date()) < since
        return found - 1 if found and late else found

    def _add_work(self, moment: datetime, left: timedelta) -> datetime:
        if not left:
            return moment
        for begin, stop in self._office_from(moment):
            if stop - begin >= left:
                return begin + left
            left -= stop - begin
        raise OverflowError("past the last day")

    def _take_work(self, moment: datetime, left: timedelta) -> datetime:
        day = moment.date()
        while True:
            hours = self._hours_of(day) if self.is_workday(day) else ()
            for begin, stop in reversed(hours):
                worked = min(stop, moment) - begin
                if worked >= left:
                    return begin + (worked - left)
                left -= max(worked, timedelta())
            day -= _ONE_DAY

    def _hours_of(self, day: date) -> tuple[tuple[datetime, datetime], ...]:
        return tuple((at_clock(day, begin), at_clock(day, stop)) for begin, stop in self.office)

    def _office_from(self, moment: datetime) -> Iterator[tuple[datetime, datetime]]:
        """The stretches of office time from *moment* on."""
        day = moment.date()
        while True:
            if self.is_workday(day):
                for begin, stop in self._hours_of(day):
                    if stop > moment:
                        yield max(begin, moment), stop
            day += _ONE_DAY

    def _office_until(self, start: datetime, end: datetime) -> Iterator[tuple[datetime, datetime]]:
        for begin, stop in self._office_from(start):
            if begin >= end:
                return
            yield begin, min(stop, end)


def calendar_from(data: Any, overlay: Any = None) -> Calendar:
    """The calendar that a file says, with a region's or district's own days and office hours laid over it.

    Raises Invalid with every entry that cannot be read.
    """
    sheets = [Sheet(data), *([Sheet(overlay)] if overlay else [])]
    problems = tuple(problem for sheet in sheets for problem in sheet.problems)
    if problems:
        raise Invalid(problems)
    holidays: dict[date, str] = {}
    workdays: set[date] = set()
    for sheet in sheets:
        holidays = {day: name for day, name in holidays.items() if day not in sheet.workdays} | sheet.holidays
        workdays = (workdays - sheet.holidays.keys()) | sheet.workdays
    office = next((sheet.office for sheet in reversed(sheets) if sheet.office), OFFICE)
    years = sheets[0].years
    content = repr((office, sorted(holidays.items()), sorted(workdays), sorted(years)))
    return Calendar(
        hash=hashlib.sha256(content.encode()).hexdigest(),
        office=office,
        holidays=holidays,
        workdays=frozenset(workdays),
        years=frozenset(years),
        unconfirmed=_unconfirmed(sheets),
        english={name: word for sheet in sheets for name, word in sheet.english.items()},
    )


def _unconfirmed(sheets: Sequence[Sheet]) -> frozenset[int]:
    """The years that a sheet calls so, and those for which a region that has days of its own has none yet."""
    said = frozenset().union(*(sheet.unconfirmed for sheet in sheets))
    missing = (sheets[0].years - sheet.years for sheet in sheets[1:] if sheet.years)
    return said.union(*missing)
