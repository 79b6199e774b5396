"""Reads one calendar file: office hours, and each year's days off and worked weekends."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import date, timedelta
from typing import Any, Final

from engine.definition.values.hours import read_hours
from engine.errors import Problem
from engine.i18n import Text, both, listed

#: Office hours where no file says any.
OFFICE: Final = tuple((timedelta(hours=begin), timedelta(hours=stop)) for begin, stop in ((9, 12), (14, 18)))
_KEYS: Final = ("title", "hours", "english", "years")
_YEAR: Final = re.compile("[0-9]{4}")
_DAY, _SPAN = "02-14", "06-19/06-21"
#: Months: a stretch that goes back by more goes on in the next year.
_HALF_A_YEAR: Final = 6
_YEAR_KEYS: Final = ("holidays", "workdays", "unconfirmed")


class Sheet:
    """What one file says; ``problems`` lists the entries that could not be read.

    Days are written ``06-19`` or ``06-19/06-21``, office hours ``09:00-12:00``; every scalar is text.
    """

    def __init__(self, content: Any) -> None:
        self.problems: list[Problem] = []
        self.holidays: dict[date, str] = {}
        self.workdays: set[date] = set()
        self.years: set[int] = set()
        self.unconfirmed: set[int] = set()
        data = self._mapping("", content, "years: …")
        self.english: dict[str, str] = self._mapping("english", data.get("english"), "{国庆: National Day}")
        self.office = self._office(self._list("hours", data.get("hours"), "[09:00-12:00]"))
        self._known("", data, _KEYS)
        for year, days in self._mapping("years", data.get("years"), "2026: …").items():
            self._year(str(year), self._mapping(f"years.{year}", days, "{workdays: [02-14]}"))

    def _mapping(self, path: str, value: Any, example: str) -> dict[str, Any]:
        if isinstance(value, dict):
            return value
        if value is not None:
            self._fault(path, _shown(value), example)
        return {}

    def _list(self, path: str, value: Any, example: str) -> list[str]:
        """The words of a list; those that are no words are faults."""
        if isinstance(value, str) or not isinstance(value, (list, type(None))):
            self._fault(path, _shown(value), example)
            return []
        found = []
        for one in value or ():
            if isinstance(one, str):
                found.append(one)
            else:
                self._fault(path, _shown(one), example)
        return found

    def _office(self, stretches: Iterable[str]) -> tuple[tuple[timedelta, timedelta], ...]:
        found: list[tuple[timedelta, timedelta]] = []
        for text in stretches:
            hours = read_hours(text)
            if hours is None or (found and hours[0] < found[-1][1]):
                self._hours_fault(text)
            found += [hours] if hours else []
        return tuple(found)

    def _hours_fault(self, text: str) -> None:
        message = Text(f"工作日历看不懂“{text}”", f'The calendar cannot read "{text}"')
        hint = Text(
            "写同一天里的开始和结束，例如 [09:00-12:00, 14:00-18:00]；按先后排，不重叠，最晚到24:00，不跨到第二天",
            "Write beginnings and ends within one day, such as [09:00-12:00, 14:00-18:00]: in order, apart, until 24:00"
            " at the latest, never into the next day",
        )
        self.problems.append(Problem("calendar-entry", message, hint, path="hours"))

    def _known(self, path: str, data: Mapping[str, Any], keys: tuple[str, ...]) -> None:
        for key in data:
            if key not in keys:
                self._fault(f"{path}{key}", key, listed(keys))

    def _year(self, year: str, days: Mapping[str, Any]) -> None:
        if not _YEAR.fullmatch(year):
            self._fault(f"years.{year}", year, "2026")
            return
        self.years.add(int(year))
        path = f"years.{year}"
        self._known(f"{path}.", days, _YEAR_KEYS)
        if str(days.get("unconfirmed", "")).lower() in ("是", "true"):
            self.unconfirmed.add(int(year))
        for name, spans in self._mapping(f"{path}.holidays", days.get("holidays"), "{国庆: 10-01/10-07}").items():
            inner = f"{path}.holidays.{name}"
            for span in self._list(inner, [spans] if isinstance(spans, str) else spans, _SPAN):
                self.holidays |= dict.fromkeys(self._days(year, span, inner, _SPAN), name)
        for day in self._list(f"{path}.workdays", days.get("workdays"), "[02-14]"):
            self._worked(self._days(year, day, f"{path}.workdays", _DAY), f"{path}.workdays")

    def _days(self, year: str, span: str, path: str, example: str) -> Iterator[date]:
        first_text, _, last_text = span.partition("/")
        try:
            first, last = (date.fromisoformat(f"{year}-{one.strip()}") for one in (first_text, last_text or first_text))
        except ValueError:
            self._fault(path, span, example)
            return
        if last < first:
            self._reversed(path, span, first, last)
        yield from (first + timedelta(days=n) for n in range((last - first).days + 1))

    def _worked(self, days: Iterable[date], path: str) -> None:
        """Take days that are worked although they fall on a weekend; none of them is free as well."""
        for day in days:
            self.workdays.add(day)
            if name := self.holidays.get(day):
                zh, en = f"{day}写成上班日，又在节假日“{name}”里", f"{day} is worked and lies within the holiday {name}"
                hint = Text("只留一处", "Keep one of the two")
                self.problems.append(Problem("calendar-both", Text(zh, en), hint, path=path))

    def _reversed(self, path: str, span: str, first: date, last: date) -> None:
        """A stretch that ends before it begins: turned round, or one that goes on in the next year."""
        begin, end = (day.isoformat()[5:] for day in (first, last))
        hint = Text(f"写成 {end}/{begin}", f"Write {end}/{begin}")
        if first.month - last.month > _HALF_A_YEAR:
            ahead, after = f"{begin}/12-31", f"01-01/{end}"
            zh = f"跨年的分两年写：{first.year} 年写 {ahead}，{first.year + 1} 年写 {after}"
            hint = Text(zh, f"Write {ahead} under {first.year} and {after} under {first.year + 1}")
        message = Text(f"“{span}”还没开始就结束了", f'"{span}" ends before it begins')
        self.problems.append(Problem("calendar-reversed", message, hint, path=path))

    def _fault(self, path: str, text: str, example: str | Text) -> None:
        message = Text(f"工作日历看不懂“{text}”", f'The calendar cannot read "{text}"')
        like = both(example) if not isinstance(example, Text) else example
        hint = Text(f"写成 {like.zh} 的样子", f"Write it like {like.en}")
        self.problems.append(Problem("calendar-entry", message, hint, path=path))


def _shown(value: Any) -> str:
    """The beginning of what stands where something else is wanted."""
    return str(value)[:20]


def faults_of(content: Any) -> tuple[Problem, ...]:
    """The entries of a calendar file's *content* that cannot be read, each with its key path."""
    return tuple(Sheet(content).problems)
