"""When a demo happens: its working days, the moment it ends, and moments within office hours."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from engine.clock import MINUTE, SECOND, Micros
from engine.definition.calendar.working import Calendar
from engine.definition.values.day_rules import parse_day_rule
from engine.definition.values.durations import Duration
from engine.definition.values.hours import at_clock
from engine.definition.values.moments import to_datetime, to_micros
from engine.demo.plan import Span
from engine.ids import Chance

_DAY = timedelta(days=1)
#: A demo ends now when the office has been open for this long, else so long before the last closing.
_WARM = timedelta(minutes=60)
_BEFORE_CLOSING = timedelta(minutes=80)
#: How far back a day that a rule names may lie.
_LONGEST_BACK = 45


def ending(calendar: Calendar, now: Micros) -> Micros:
    """The moment at which the history ends: *now*, or the last good moment of work before it."""
    moment = to_datetime(now)
    if calendar.is_workday(moment.date()):
        opened = _at(moment, calendar.office[0][0])
        if any(_at(moment, a) <= moment < _at(moment, b) for a, b in calendar.office) and moment >= opened + _WARM:
            return now
    day = moment.date()
    while True:
        if calendar.is_workday(day):
            ends = [at_clock(day, closing) - _BEFORE_CLOSING for _, closing in calendar.office]
            past = [end for end in ends if end <= moment]
            if past:
                return to_micros(max(past))
        day -= _DAY


def _at(moment: datetime, since: timedelta) -> datetime:
    return at_clock(moment.date(), since)


def working_days(calendar: Calendar, end: Micros, count: int) -> list[date]:
    """The last *count* working days up to the day of *end*, in order."""
    found: list[date] = []
    day = to_datetime(end).date()
    while len(found) < count:
        if calendar.is_workday(day):
            found.append(day)
        day -= _DAY
    return found[::-1]


def days_since(calendar: Calendar, since: Micros, end: Micros) -> list[date]:
    """The working days after the day of *since*, up to the day of *end*."""
    day, last = to_datetime(since).date(), to_datetime(end).date()
    after = (day + _DAY * n for n in range(1, (last - day).days + 1))
    return [one for one in after if calendar.is_workday(one)]


def ruled_days(rule: str, days: Sequence[date]) -> list[date]:
    """The days up to the last of *days* that *rule* names; at least the latest one, though it lies before the first."""
    parsed = parse_day_rule(rule)
    if parsed is None:
        raise ValueError(rule)
    back = (days[-1] - _DAY * n for n in range(_LONGEST_BACK))
    named = [day for day in back if parsed.holds(day)]
    return sorted({*named[:1], *(day for day in named if day >= days[0])})


def moment_of(calendar: Calendar, day: date, chance: Chance, before: Micros) -> Micros:
    """Some moment of office hours on *day*, earlier than *before*; mornings are a little busier."""
    spans = [(to_micros(at_clock(day, a)), to_micros(at_clock(day, b))) for a, b in calendar.office]
    spans = [(a, min(b, before)) for a, b in spans if a < before]
    if not spans:
        return before
    first, last = chance.choices(spans, [2 * (b - a) if n == 0 else b - a for n, (a, b) in enumerate(spans)])[0]
    return min(first + 5 * MINUTE + int((last - first) * chance.random()), last - SECOND)


def later(calendar: Calendar, at: Micros, after: Span, chance: Chance) -> Micros:
    """Some moment so long after *at*; more often sooner than later, and never at a full second."""
    low, high = after
    amount = low.amount + round((high.amount - low.amount) * chance.random() ** 1.7)
    return calendar.add(at, Duration(amount, low.unit)) + int(chance.random() * 59 * SECOND)
