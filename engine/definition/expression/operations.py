"""What the built-in operations compute; all of them total, with empty for what has no answer."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from fractions import Fraction
from functools import partial
from typing import Any, Final

from engine.definition.expression import numbers
from engine.definition.expression.numbers import to_places
from engine.definition.values.day_rules import parse_day_rule
from engine.definition.values.durations import Duration, add_months
from engine.definition.values.moments import Period, at_time
from engine.definition.values.types import DECIMAL, MONEY


def _rounded(whole: Callable[[Any], int]) -> Callable[..., Any]:
    return lambda number, digits=0: to_places(number, digits, whole)


def _money_rounded(whole: Callable[[Any], int]) -> Callable[..., int]:
    return lambda fen, digits=0: int(to_places(Fraction(fen, 100), min(digits, 2), whole) * 100)


def _durations(sign: int) -> Callable[[Duration, Duration], Duration | None]:
    return lambda a, b: a.plus(b.times(sign))


def _day_of(moment: date) -> date:
    return moment.date() if isinstance(moment, datetime) else moment


def _next_month(moment: date) -> date:
    return add_months(_day_of(moment).replace(day=1), 1)


def _month_end(moment: date) -> date:
    return _next_month(moment) - timedelta(days=1)


def _is_on(moment: date, rule: str) -> bool:
    parsed = parse_day_rule(rule)
    return parsed is not None and parsed.holds(_day_of(moment))


def _duration_order(compare: Callable[[int, int], bool]) -> Callable[[Duration, Duration], bool]:
    return lambda a, b: compare(a.against(b), 0)


def _within(item: Any, period: Period) -> bool:
    if isinstance(item, Period):
        return period.start <= item.start and item.end <= period.end
    return bool(period.start <= item < period.end)


def _present(values: tuple[Any, ...]) -> list[Any]:
    return [value for value in values if value is not None]


def _sum(values: tuple[Any, ...] | None) -> Any:
    total: numbers.Number = 0
    for value in _present(values or ()):
        total = numbers.add(total, value)
    return total


def _best(choose: Callable[..., Any]) -> Callable[..., Any]:
    def compute(*values: Any) -> Any:
        there = _present(values)
        return choose(there) if there else None

    return compute


@dataclass(frozen=True, slots=True)
class Operation:
    """``run`` computes; ``empty`` is the answer when an input is empty, unless it is ``lax`` and takes that itself."""

    run: Callable[..., Any]
    empty: bool | None = None
    lax: bool = False


def _test(run: Callable[..., bool]) -> Operation:
    return Operation(run, empty=False)


OPERATIONS: Final[dict[str, Operation]] = {
    "add": Operation(numbers.add),
    "subtract": Operation(numbers.subtract),
    "multiply": Operation(numbers.multiply),
    "divide": Operation(numbers.divided),
    "negate": Operation(lambda number: -number),
    "negate duration": Operation(lambda duration: duration.times(-1)),
    "add durations": Operation(_durations(1)),
    "subtract durations": Operation(_durations(-1)),
    "duration times": Operation(lambda duration, factor: duration.times(numbers.bounded(factor))),
    "days apart": Operation(lambda a, b: Duration((_day_of(a) - _day_of(b)).days, "days")),
    "minutes apart": Operation(lambda a, b: Duration((a - b) // timedelta(minutes=1), "minutes")),
    "=": _test(lambda a, b: a == b),
    "<>": _test(lambda a, b: a != b),
    "<": _test(lambda a, b: a < b),
    "<=": _test(lambda a, b: a <= b),
    ">": _test(lambda a, b: a > b),
    ">=": _test(lambda a, b: a >= b),
    "duration =": _test(_duration_order(int.__eq__)),
    "duration <>": _test(_duration_order(int.__ne__)),
    "duration <": _test(_duration_order(int.__lt__)),
    "duration <=": _test(_duration_order(int.__le__)),
    "duration >": _test(_duration_order(int.__gt__)),
    "duration >=": _test(_duration_order(int.__ge__)),
    "duration in": _test(lambda item, items: any(item.against(one) == 0 for one in items if one is not None)),
    "in": _test(lambda item, items: item in items),
    "within": _test(_within),
    "contains": _test(lambda whole, part: part in whole),
    "not": Operation(lambda value: not value, lax=True),
    "empty": Operation(lambda value: value is None or value == "" or value == (), lax=True),
    "list": Operation(lambda *items: items, lax=True),
    "column": Operation(lambda rows, name: tuple(row.get(name) for row in rows)),
    "field": Operation(lambda row, name: row.get(name)),
    "part": Operation(lambda value, name: PARTS[name](value)),
    "sum": Operation(_sum, lax=True),
    "count": Operation(lambda items: len(items or ()), lax=True),
    "last": Operation(lambda items: items[-1] if items else None),
    "first": Operation(lambda items: items[0] if items else None),
    "min": Operation(_best(min), lax=True),
    "max": Operation(_best(max), lax=True),
    "least": Operation(lambda items: _best(min)(*items)),
    "greatest": Operation(lambda items: _best(max)(*items)),
    "abs": Operation(abs),
    "round": Operation(_rounded(numbers.half_up)),
    "round whole": Operation(numbers.half_up),
    "floor whole": Operation(numbers.down),
    "ceil whole": Operation(numbers.up),
    "round money": Operation(_money_rounded(numbers.half_up)),
    "floor money": Operation(_money_rounded(numbers.down)),
    "ceil money": Operation(_money_rounded(numbers.up)),
    "settled money": Operation(partial(numbers.settled, MONEY)),
    "settled decimal": Operation(partial(numbers.settled, DECIMAL)),
    "len": Operation(len),
    "at time": Operation(at_time),
    "date": Operation(_day_of),
    "days_between": Operation(lambda a, b: (_day_of(b) - _day_of(a)).days),
    "end_of_month": Operation(_month_end),
    "next_month": Operation(_next_month),
    "year_end": Operation(lambda moment: date(moment.year, 12, 31)),
    "is_on": _test(_is_on),
}

#: The attributes that the language computes itself, by name.
PARTS: Final[dict[str, Callable[[Any], Any]]] = {
    "start": lambda period: period.start,
    "end": lambda period: period.end,
    "minutes": lambda period: period.minutes,
    "hours": lambda period: Fraction(period.minutes, 60),
    "date": lambda value: (value.start if isinstance(value, Period) else value).date(),
    "time": lambda moment: moment.time().replace(second=0, microsecond=0),
    "year": lambda moment: moment.year,
    "month": lambda moment: moment.month,
    "day": lambda moment: moment.day,
    "weekday": lambda moment: moment.isoweekday(),
    "hour": lambda moment: moment.hour,
    "minute": lambda moment: moment.minute,
}
