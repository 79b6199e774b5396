"""Days, times, money and numbers as people read them, in both languages: the one place that puts them into words.

*now* is when somebody reads: a day of another year than the reader's says its year. Without *now* nobody knows when
it is read, so every day says its year.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, time
from decimal import Decimal
from typing import Final

from engine.clock import Micros
from engine.definition.values.moments import (
    Period,
    decimal_text,
    last_day,
    midnight,
    to_datetime,
    to_micros,
    write_datetime,
)
from engine.i18n import Text

_MONTHS: Final = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
#: The days of a week, Monday first.
WEEKDAYS: Final = tuple(
    Text(f"周{zh}", en)
    for zh, en in zip("一二三四五六日", ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"), strict=True)
)
#: A day, a month, a year or a time of day as it stands in a sentence, so that nobody takes its numbers for others.
DAY_OR_TIME: Final = (
    r"(?:[0-9]{4}年)?(?:[0-9]{1,2}|每)月(?:[0-9]{1,2}日(?:至[0-9]{1,2}日)?)?|[0-9]{4}年|[0-9]{1,2}点"
    r"|(?:[0-9]{4}-[0-9]{2}-[0-9]{2}|[0-9]{1,2}(?::[0-9]{2})+"
    rf"|[0-9]{{1,2}} (?:{'|'.join(_MONTHS)})(?: [0-9]{{4}})?)(?![0-9])"
)


def weekday_words(day: date) -> Text:
    """``周二`` and ``Tue``."""
    return WEEKDAYS[day.weekday()]


def date_words(day: date, now: Micros | None) -> Text:
    """``6月16日`` and ``16 Jun``; in another year ``2027年6月16日`` and ``16 Jun 2027``."""
    zh, en = f"{day.month}月{day.day}日", f"{day.day} {_MONTHS[day.month - 1]}"
    if now is not None and to_datetime(now).year == day.year:
        return Text(zh, en)
    return Text(f"{day.year}年{zh}", f"{en} {day.year}")


def day_words(day: date, now: Micros | None) -> Text:
    """A day with its weekday: ``6月16日 周二`` and ``Tue 16 Jun``."""
    said, weekday = date_words(day, now), weekday_words(day)
    return Text(f"{said.zh} {weekday.zh}", f"{weekday.en} {said.en}")


def days_words(first: date, last: date, now: Micros | None) -> Text:
    """Days that follow each other: ``6月19日至21日`` and ``19 Jun – 21 Jun``; one day alone where they are the same."""
    begin, end = date_words(first, now), date_words(last, now)
    if first == last:
        return begin
    short = f"{last.day}日" if (first.year, first.month) == (last.year, last.month) else end.zh
    return Text(f"{begin.zh}至{short}", f"{begin.en} – {end.en}")


def clock_words(clock: datetime | time) -> str:
    """A time of day: ``14:00``."""
    return f"{clock.hour:02}:{clock.minute:02}"


def end_clock(at: datetime) -> str:
    """A time of day as an end: midnight is ``24:00`` of the day before it."""
    return "24:00" if at == midnight(at.date()) else clock_words(at)


def moment_words(at: datetime, now: Micros | None, *, weekday: bool = False) -> Text:
    """``6月16日14:00`` and ``16 Jun 14:00``; with its weekday ``6月16日 周二 14:00``."""
    return _at(at, clock_words(at), now, weekday)


def end_words(at: datetime, now: Micros | None, *, weekday: bool = False) -> Text:
    """`moment_words` of an end: midnight is 24:00 of the day before it, ``6月16日24:00``."""
    return _at(last_day(at), end_clock(at), now, weekday)


def _at(day: date, clock: str, now: Micros | None, weekday: bool) -> Text:
    said = day_words(day, now) if weekday else date_words(day, now)
    return Text(f"{said.zh}{' ' if weekday else ''}{clock}", f"{said.en} {clock}")


def span_words(period: Period, now: Micros | None, *, weekday: bool = False) -> Text:
    """``6月16日14:00–16:00``; midnight ends the day before it, as ``22:00–24:00``."""
    begin = moment_words(period.start, now, weekday=weekday)
    if last_day(period.end) <= period.start.date():
        return Text(*(f"{said}–{end_clock(period.end)}" for said in begin))
    end = end_words(period.end, now, weekday=weekday)
    return Text(f"{begin.zh} – {end.zh}", f"{begin.en} – {end.en}")


def hours_words(period: Period) -> str:
    """The times alone of a period within one day: ``14:00–16:00``."""
    return f"{clock_words(period.start)}–{end_clock(period.end)}"


def every_way(said: date | Period) -> frozenset[str]:
    """All the words for a day, a moment or a period, and for the days and moments at its ends, whoever reads them."""
    if isinstance(said, Period):
        ways = {*_moment_ways(said.start), *_moment_ways(said.end), *_period_ways(said)}
        return frozenset(ways | ({hours_words(said)} if last_day(said.end) == said.start.date() else set()))
    return frozenset(_moment_ways(said) if isinstance(said, datetime) else _day_ways(said))


def _years(*days: date) -> tuple[Micros | None, ...]:
    """When one may read of *days*: nobody knows, or in the year of each."""
    return (None, *(to_micros(midnight(day)) for day in days))


def _day_ways(day: date) -> Iterator[str]:
    yield day.isoformat()
    for now in _years(day):
        yield from (*date_words(day, now), *day_words(day, now))


def _moment_ways(at: datetime) -> Iterator[str]:
    stored = write_datetime(at)
    yield from (stored, stored.replace("T", " "))
    for day in (at.date(), last_day(at)):
        yield from _day_ways(day)
        for now in _years(day):
            for weekday in (True, False):
                yield from (*moment_words(at, now, weekday=weekday), *end_words(at, now, weekday=weekday))


def _period_ways(period: Period) -> Iterator[str]:
    first, last = period.start.date(), last_day(period.end)
    for now in _years(first, last):
        yield from days_words(first, last, now)
        for weekday in (True, False):
            yield from span_words(period, now, weekday=weekday)


def money_words(fen: int) -> Text:
    """An amount in fen: ``12.50元`` and ``12.50 yuan``."""
    yuan = yuan_text(fen)
    return Text(f"{yuan}元", f"{yuan} yuan")


def number_words(number: Decimal | int | str) -> str:
    """A number as it is: ``1200``, ``1.5``; without needless zeros or signs between its digits."""
    return decimal_text(Decimal(number))


def megabytes(size: int) -> str:
    """A size in bytes, as megabytes: ``12.3 MB``."""
    return f"{size / 1e6:.1f} MB"


def yuan_text(fen: int) -> str:
    """An amount in fen as yuan with two decimals, without the unit: ``12.50``."""
    return f"{Decimal(fen) / 100:.2f}"
