"""Values in their three forms: stored (JSON), live (what formulas reckon with) and words (what people read)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any, Final

from engine.clock import Micros
from engine.definition.values.durations import parse_duration
from engine.definition.values.inputs import parse_input
from engine.definition.values.moments import (
    DISTRICT_TIME,
    Period,
    at_time,
    day_end,
    decimal_text,
    midnight,
    read_datetime,
    read_period,
    to_datetime,
    to_micros,
    write_datetime,
    write_period,
)
from engine.definition.values.saying import (
    clock_words,
    day_words,
    every_way,
    moment_words,
    money_words,
    span_words,
    yuan_text,
)
from engine.definition.values.types import ValueType
from engine.i18n import Text, both, counted, listed

__all__ = [
    "DISTRICT_TIME",
    "Period",
    "at_time",
    "day_end",
    "decimal_text",
    "decode",
    "decode_row",
    "encode",
    "encode_row",
    "lives_as_stored",
    "midnight",
    "parse_input",
    "spellings",
    "to_datetime",
    "to_micros",
    "words",
]

_READ: Final[dict[str, Callable[[Any], Any]]] = {
    "decimal": Decimal,
    "date": date.fromisoformat,
    "time": time.fromisoformat,
    "datetime": read_datetime,
    "period": read_period,
    "duration": parse_duration,
    "choices": tuple,
}
_WRITE: Final[dict[str, Callable[[Any], Any]]] = {
    "decimal": decimal_text,
    "date": date.isoformat,
    "time": clock_words,
    "datetime": write_datetime,
    "period": write_period,
    "duration": str,
    "choices": list,
}
#: The kinds that are stored in another form than formulas reckon with.
_TURNED: Final = frozenset({*_READ, "table", "record", "list"})
_DAYS: Final = frozenset({"date", "datetime", "period"})


def decode(kind: ValueType, stored: Any) -> Any:
    """The live value of a stored one; None stays None. Trusts *stored* to be well formed."""
    if stored is None:
        return None
    if kind.name == "table":
        return tuple(decode_row(kind, row) for row in stored)
    if kind.name == "record":
        return decode_row(kind, stored)
    if kind.name == "list":
        return tuple(decode(ValueType(kind.of), item) for item in stored)
    read = _READ.get(kind.name)
    return read(stored) if read else stored


def lives_as_stored(kind: ValueType) -> bool:
    """Whether the live value of *kind* is the stored one."""
    return kind.name not in _TURNED


def decode_row(kind: ValueType, row: dict[str, Any]) -> dict[str, Any]:
    """One row of a table, its columns live; a column that was not filled is None."""
    return {name: decode(column, row.get(name)) for name, column in kind.columns}


def encode(kind: ValueType, live: Any) -> Any:
    """The stored (JSON) form of a live value; None stays None."""
    if live is None:
        return None
    if kind.name == "table":
        return [encode_row(kind, row) for row in live]
    if kind.name == "record":
        return encode_row(kind, live)
    if kind.name == "list":
        return [encode(ValueType(kind.of), item) for item in live]
    write = _WRITE.get(kind.name)
    return write(live) if write else live


def encode_row(kind: ValueType, row: dict[str, Any]) -> dict[str, Any]:
    """One row of a table, stored, without its empty columns."""
    stored = {name: encode(column, row.get(name)) for name, column in kind.columns}
    return {name: value for name, value in stored.items() if value is not None}


def words(kind: ValueType, stored: Any, now: Micros | None = None) -> Text:
    """What people read for a stored value: ``6月16日 周二 14:00–16:00``, ``12.50元``, ``是``; empty for None.

    A day of another year than that of *now* says its year; without *now* every day does. References read as
    their ids: who knows their names replaces them.
    """
    if stored is None:
        return both("")
    say = _SAY.get(kind.name)
    if say:
        return say(stored)
    if kind.name in _DAYS:
        return _say_day(decode(kind, stored), now)
    return both(str(stored))


def spellings(kind: ValueType, stored: Any) -> frozenset[str]:
    """All the ways in which a stored value may stand in a sentence that somebody put together."""
    found = frozenset((str(stored), *words(kind, stored)))
    if kind.name in _DAYS:
        return found | every_way(decode(kind, stored))
    return found | {yuan_text(stored)} if kind.name == "money" else found


def _say_day(live: date | Period, now: Micros | None) -> Text:
    if isinstance(live, Period):
        return span_words(live, now, weekday=True)
    return moment_words(live, now, weekday=True) if isinstance(live, datetime) else day_words(live, now)


def _say_duration(stored: str) -> Text:
    duration = parse_duration(stored)
    return duration.words if duration else both(stored)


_SAY: Final[dict[str, Callable[[Any], Text]]] = {
    "boolean": lambda yes: Text("是", "Yes") if yes else Text("否", "No"),
    "money": money_words,
    "decimal": lambda number: both(decimal_text(Decimal(number))),
    "duration": _say_duration,
    "choices": listed,
    "table": lambda rows: Text(f"{len(rows)}行", counted(len(rows), "row")),
}
