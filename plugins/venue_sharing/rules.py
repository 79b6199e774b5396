"""The district's rules about venues, without a database: half hours, opening hours, reasons to refuse, free gaps."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final, Literal

from engine.extend import (
    DAY,
    MINUTE,
    WEEKDAYS,
    Micros,
    Period,
    Text,
    date_words,
    day_end,
    hours_words,
    listed,
    midnight,
    nearest_period,
    span_words,
    to_datetime,
    to_micros,
)

#: Bookings occupy whole half hours; a half hour that is touched is taken.
GRAIN: Final[Micros] = 30 * MINUTE
#: More people than any venue holds; what is typed beyond is a slip.
MOST_PEOPLE: Final = 1_000_000
#: How far from the wanted moment a free gap is looked for, either way; in half hours too.
_REACH_DAYS: Final = 14
_REACH: Final = _REACH_DAYS * 48

Why = Literal["unknown", "closed", "past", "far", "hours", "small", "busy"]
#: What to change: the venue, how many come, or else the time.
ABOUT: Final[Mapping[str, Literal["venue", "people"]]] = {"unknown": "venue", "closed": "venue", "small": "people"}
#: Opening hours are the same on every day, so any day tells them.
_SOME_DAY: Final = date(2026, 1, 5)


@dataclass(frozen=True, slots=True)
class Hours:
    """When a venue may be used: from and to in minutes after midnight, and weekdays (1 = Monday) it stays shut."""

    opens: int
    closes: int
    rest_days: frozenset[int] = frozenset()

    def hold(self, period: Period) -> bool:
        """Whether all of *period* lies in the hours of one day."""
        open_ = self.on(period.start.date())
        return open_ is not None and open_.start <= period.start and period.end <= open_.end

    def on(self, day: date) -> Period | None:
        """When it may be used on *day*; None on a day of rest."""
        return None if day.isoweekday() in self.rest_days else self._usual(day)

    def _usual(self, day: date) -> Period:
        start = midnight(day)
        return Period(start + timedelta(minutes=self.opens), start + timedelta(minutes=self.closes))

    @property
    def words(self) -> Text:
        """``08:00–21:00``, and the days of rest."""
        span = hours_words(self._usual(_SOME_DAY))
        if not self.rest_days:
            return Text(span, span)
        shut = listed(WEEKDAYS[day - 1] for day in sorted(self.rest_days))
        return Text(f"{span}，{shut.zh}不开放", f"{span}, closed on {shut.en}")


@dataclass(frozen=True, slots=True)
class Bookable:
    """What may be booked *now*: for *horizon* days, with *buffer* minutes free between bookings."""

    now: Micros
    horizon: int
    buffer: int = 0

    @property
    def last(self) -> date:
        """The last day; all of it, at whatever hour somebody asks."""
        return to_datetime(self.now + self.horizon * DAY).date()

    def past(self, period: Period) -> bool:
        """Whether *period* has begun."""
        return to_micros(period.start) < self.now

    def far(self, period: Period) -> bool:
        """Whether *period* ends after the last day."""
        return period.end > day_end(self.last)


@dataclass(frozen=True, slots=True)
class Venue:
    """A venue as the rules see it; ``label`` is what people call it, its station first."""

    id: str
    station: str
    name: str
    label: str
    capacity: int
    hours: Hours
    facilities: tuple[str, ...] = ()
    open: bool = True


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a venue cannot be had, in a sentence with what to do; ``gap`` is the nearest free time of that length."""

    why: Why
    text: Text
    gap: Period | None = None

    def offering(self, gap: Period | None, now: Micros) -> Refusal:
        """The same, with the nearest free time where there is one."""
        if gap is None:
            return self
        when = span_words(gap, now)
        zh, en = f"{self.text.zh}最近的空档是{when.zh}。", f"{self.text.en} The nearest gap is {when.en}."
        return Refusal(self.why, Text(zh, en), gap)

    def or_else(self, other: Venue | None) -> Refusal:
        """The same, with another venue of the station that is free then, where there is one."""
        if other is None:
            return self
        zh = f"{self.text.zh}同站的{other.name}容{other.capacity}人，这个时段空着。"
        en = f"{self.text.en} {other.name} there holds {other.capacity} and is free then."
        return Refusal(self.why, Text(zh, en), self.gap)


def cells(start: Micros, end: Micros, buffer: int = 0) -> range:
    """The half hours that [start, end) and *buffer* minutes after it touch."""
    return range(start // GRAIN, -(-(end + buffer * MINUTE) // GRAIN))


def cells_of(period: Period, buffer: int = 0) -> range:
    """The half hours of *period* with *buffer* minutes after it."""
    return cells(to_micros(period.start), to_micros(period.end), buffer)


def unfit(venue: Venue, period: Period, people: int, within: Bookable) -> Refusal | None:
    """Why *venue* could not be had even if it were free, or None."""
    if not venue.open:
        zh, en = f"{venue.label}暂停外借。换一处场地。", f"{venue.label} is closed for now; choose another venue."
        return Refusal("closed", Text(zh, en))
    if within.past(period):
        return Refusal("past", Text("这个时段已经过去。改选之后的时段。", "This time has passed; choose a later one."))
    if within.far(period):
        days, last = within.horizon, date_words(within.last, within.now)
        zh = f"最多提前{days}天预约，现在约到{last.zh}为止。核对年份和日期。"
        return Refusal("far", Text(zh, f"Bookings are taken {days} days ahead, until {last.en}; check the date."))
    if not venue.hours.hold(period):
        hours = venue.hours.words
        zh = f"{venue.label}开放时间是{hours.zh}。时段改到这之内。"
        return Refusal("hours", Text(zh, f"{venue.label} is open {hours.en}; choose a time within."))
    if people > venue.capacity:
        zh = f"{venue.label}最多容{venue.capacity}人，本次{people}人。减少人数或换一处场地。"
        en = f"{venue.label} holds {venue.capacity} people, not {people}; bring fewer or choose another venue."
        return Refusal("small", Text(zh, en))
    return None


def busy(holder: str, gap: Period | None, now: Micros) -> Refusal:
    """Somebody, by name, has the venue already."""
    who = holder or "别的单位"
    zh, en = f"这个时段已被{who}预约。", f"This time is taken by {holder or 'somebody else'}."
    if gap is None:
        zh, en = f"{zh}前后两周没有能约的空档，换一处场地。", f"{en} No gap to book in two weeks: choose another."
    return Refusal("busy", Text(zh, en)).offering(gap, now)


def from_now_on(wanted: Period, now: Micros) -> Period:
    """*wanted* moved by whole days, so that it has not begun."""
    days = max(0, -(-(now - to_micros(wanted.start)) // DAY))
    return Period(wanted.start + timedelta(days=days), wanted.end + timedelta(days=days))


def nearest_gap(hours: Hours, wanted: Period, taken: Collection[int], within: Bookable) -> Period | None:
    """The free period of the same length that starts nearest to the wanted one; the later of two equally near.

    It lies flush with bookings or with the opening hours, to the minute, and begins in a half hour yet to come, so that
    there is time to ask for it.
    """
    soonest = (within.now // GRAIN + 1) * GRAIN

    def fits(moved: Period) -> bool:
        if to_micros(moved.start) < soonest or within.far(moved) or not hours.hold(moved):
            return False
        return not _meets(moved, taken, within.buffer)

    return nearest_period(wanted, _flush(hours, wanted, within.buffer), fits)


def _flush(hours: Hours, wanted: Period, buffer: int) -> Iterator[Micros]:
    """Where a gap around *wanted* may begin: as wanted; at a half hour, when the hours begin, or ending then."""
    begin, length = to_micros(wanted.start), to_micros(wanted.end) - to_micros(wanted.start)
    edges = (cell * GRAIN for cell in reach(wanted))
    days = (hours.on(wanted.start.date() + timedelta(days=day)) for day in range(-_REACH_DAYS, _REACH_DAYS + 1))
    starts = [begin]
    starts += [start for edge in edges for start in (edge, edge - buffer * MINUTE - length)]
    starts += [start for day in days if day for start in (to_micros(day.start), to_micros(day.end) - length)]
    return (start for start in starts if abs(start - begin) <= _REACH * GRAIN)


def reach(wanted: Period) -> range:
    """The half hours that ``nearest_gap`` may look at."""
    middle = cells_of(wanted)
    return range(middle.start - _REACH, middle.stop + _REACH + 8)


def _meets(period: Period, taken: Collection[int], buffer: int) -> bool:
    return any(cell in taken for cell in cells_of(period, buffer))


def free_spans(hours: Hours, day: date, taken: Collection[int]) -> list[Period]:
    """The free stretches of one day, in order, none of them empty."""
    open_ = hours.on(day)
    if open_ is None:
        return []
    first, last = to_micros(open_.start), to_micros(open_.end)
    free = [cell for cell in range(-(-first // GRAIN), last // GRAIN) if cell not in taken]
    spans: list[Period] = []
    for cell in free:
        start, end = to_datetime(cell * GRAIN), to_datetime((cell + 1) * GRAIN)
        if spans and spans[-1].end == start:
            spans[-1] = Period(spans[-1].start, end)
        else:
            spans.append(Period(start, end))
    return spans
