"""Reads one calendar file: office hours, and each year's days off and worked weekends."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, time, timedelta
from typing import Any, Final

from engine.errors import Problem
from engine.i18n import Text

#: Office hours where no file says any.
OFFICE: Final = ((time(9), time(12)), (time(14), time(18)))
_KEYS: Final = ("title", "hours", "english", "years")
_YEAR_KEYS: Final = ("holidays", "workdays", "unconfirmed")


class Sheet:
    """What one file says; ``problems`` lists the entries that could not be read.

    Days are written ``06-19`` or ``06-19/06-21``, office hours ``09:00-12:00``; every scalar is text.
    """

    def __init__(self, data: Mapping[str, Any]) -> None:
        self.problems: list[Problem] = []
        self.holidays: dict[date, str] = {}
        self.workdays: set[date] = set()
        self.years: set[int] = set()
        self.unconfirmed: set[int] = set()
        self.english: dict[str, str] = dict(data.get("english") or {})
        self.office = self._office(data.get("hours") or ())
        self._known("", data, _KEYS)
        for year, days in (data.get("years") or {}).items():
            self._year(str(year), days)

    def _office(self, stretches: Any) -> tuple[tuple[time, time], ...]:
        found: list[tuple[time, time]] = []
        for text in stretches:
            try:
                begin, stop = (time.fromisoformat(one.strip()) for one in str(text).split("-"))
            except ValueError:
                self._fault("hours", str(text), "09:00-12:00")
                continue
            if begin >= stop or (found and begin < found[-1][1]):
                self._fault("hours", str(text), "09:00-12:00")
            found.append((begin, stop))
        return tuple(found)

    def _known(self, path: str, data: Mapping[str, Any], keys: tuple[str, ...]) -> None:
        for key in data:
            if key not in keys:
                self._fault(f"{path}{key}", key, "、".join(keys))

    def _year(self, year: str, days: Mapping[str, Any]) -> None:
        if not year.isdigit() or len(year) != 4:
            self._fault("years", year, "2026")
            return
        self.years.add(int(year))
        self._known(f"years.{year}.", days, _YEAR_KEYS)
        if str(days.get("unconfirmed", "")).lower() in ("是", "true"):
            self.unconfirmed.add(int(year))
        for name, spans in (days.get("holidays") or {}).items():
            for span in spans if isinstance(spans, list) else [spans]:
                self.holidays |= dict.fromkeys(self._days(year, str(span), f"years.{year}.holidays.{name}"), name)
        for day in days.get("workdays") or ():
            self.workdays.update(self._days(year, str(day), f"years.{year}.workdays"))

    def _days(self, year: str, span: str, path: str) -> Iterator[date]:
        first_text, _, last_text = span.partition("/")
        try:
            first, last = (date.fromisoformat(f"{year}-{one.strip()}") for one in (first_text, last_text or first_text))
        except ValueError:
            self._fault(path, span, "06-19/06-21")
            return
        if last < first:
            self._fault(path, span, "06-19/06-21")
        yield from (first + timedelta(days=n) for n in range((last - first).days + 1))

    def _fault(self, path: str, text: str, example: str) -> None:
        message = Text(f"工作日历看不懂“{text}”", f'The calendar cannot read "{text}"')
        hint = Text(f"写成 {example} 的样子", f"Write it like {example}")
        self.problems.append(Problem("calendar-entry", message, hint, path=path))
