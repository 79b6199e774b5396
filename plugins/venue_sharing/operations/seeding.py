"""Imports the venues of a district pack from its ``data/venues.yaml``."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any, Final

from sqlalchemy import insert, select, update

from engine.extend import WEEKDAYS, Named, Problem, SeedContext, Text, listed, read_hours, whole_number
from plugins.venue_sharing.rules import MOST_PEOPLE
from plugins.venue_sharing.tables import venue

_MINUTE: Final = timedelta(minutes=1)
_WEEKDAYS: Final = {day.zh: str(place) for place, day in enumerate(WEEKDAYS, start=1)}
_STATUS: Final = {"open": "open", "开放": "open", "closed": "closed", "暂停": "closed"}
_KEYS: Final = {"name", "station", "capacity", "open", "rest", "facilities", "status", "longitude", "latitude"}


class _Unread(ValueError):
    """A value of a row cannot be read; the words say how it is written."""

    def __init__(self, key: str, zh: str, en: str) -> None:
        super().__init__(en)
        self.key = key
        self.text = Text(zh, en)


def check(names: Named, data: Any) -> Sequence[Problem]:
    """What is wrong with the rows ``{name, station, capacity, open: "08:00-21:00", facilities: […]}``."""
    if not isinstance(data, list):
        return [Problem("venue-list", Text("要写成列表，每行一处场地", "this has to be a list of venues"))]
    problems = []
    seen: set[tuple[str, str]] = set()
    for place, given in enumerate(data):
        try:
            row = _row(names, given)
            if (row["station"], row["name"]) in seen:
                raise _Unread("name", f"这个单位的“{row['name']}”写了两次", f"{row['name']!r} is written twice")
            seen.add((row["station"], row["name"]))
        except _Unread as fault:
            problems.append(Problem("venue-row", fault.text, path=f"{place}.{fault.key}".rstrip(".")))
    return problems


def seed(ctx: SeedContext, data: Any) -> Sequence[Problem]:
    """Make or update a venue for each row; it is known by its station and name."""
    for given in data:
        _save(ctx, _row(ctx.directory, given))
    return []


def _save(ctx: SeedContext, row: Mapping[str, Any]) -> None:
    mine = (venue.c.district_id == ctx.district) & (venue.c.station == row["station"]) & (venue.c.name == row["name"])
    if ctx.db.execute(select(venue.c.id).where(mine)).first():
        ctx.db.execute(update(venue).where(mine).values(**row))
    else:
        ctx.db.execute(insert(venue), {"district_id": ctx.district, "id": ctx.new_id(), **row})


def _row(names: Named, given: Any) -> dict[str, Any]:
    if not isinstance(given, Mapping):
        raise _Unread("", "每行要写明name、station、capacity、open", "each row needs name, station, capacity, open")
    wild = next((key for key in given if key not in _KEYS), None)
    if wild:
        known = listed(sorted(_KEYS))
        raise _Unread(str(wild), f"不认识“{wild}”，可用：{known.zh}", f"{wild!r} is not known; use {known.en}")
    opens, closes = _hours(given.get("open"))
    return {
        "name": _words(given, "name"),
        "station": _station(names, _words(given, "station")),
        "capacity": _capacity(given.get("capacity")),
        "opens": opens,
        "closes": closes,
        "rest_days": "".join(sorted(_weekday(day) for day in _listed(given, "rest"))),
        "facilities": "\n".join(str(one) for one in _listed(given, "facilities")),
        "status": _status(given.get("status", "open")),
        "longitude": _degrees(given, "longitude"),
        "latitude": _degrees(given, "latitude"),
    }


def _listed(given: Mapping[str, Any], key: str) -> list[Any]:
    found = given.get(key, [])
    if not isinstance(found, list):
        raise _Unread(key, f"{key}写成列表，例如[{found}]", f"write {key} as a list, such as [{found}]")
    return found


def _words(given: Mapping[str, Any], key: str) -> str:
    words = str(given.get(key) or "").strip()
    if not words:
        raise _Unread(key, f"缺少{key}", f"{key} is missing")
    return words


def _station(names: Named, words: str) -> str:
    unit = names.find_unit(words)
    if unit is None:
        raise _Unread("station", f"没有“{words}”这个单位", f"there is no unit {words!r}")
    return unit


def _capacity(given: Any) -> int:
    people = whole_number(str(given or ""), MOST_PEOPLE)
    if not people:
        raise _Unread("capacity", "容量要写成人数，例如80", "capacity is a number of people, such as 80")
    return people


def _hours(given: Any) -> tuple[int, int]:
    hours = read_hours(str(given or ""))
    if hours is None:
        zh = "开放时间写成08:00-21:00这样，在同一天里，最晚到24:00"
        raise _Unread("open", zh, "write opening hours within one day, such as 08:00-21:00, until 24:00 at the latest")
    return hours[0] // _MINUTE, hours[1] // _MINUTE


def _weekday(given: Any) -> str:
    if str(given) not in _WEEKDAYS:
        days = listed(_WEEKDAYS)
        raise _Unread("rest", f"休息日写成{days.zh}", f"days of rest are {days.en}")
    return _WEEKDAYS[str(given)]


def _status(given: Any) -> str:
    if str(given) not in _STATUS:
        raise _Unread("status", "状态写成开放或暂停", "status is open or closed")
    return _STATUS[str(given)]


def _degrees(given: Mapping[str, Any], key: str) -> float | None:
    if given.get(key) is None:
        return None
    try:
        degrees = float(given[key])
    except ValueError:
        degrees = 999.0
    if not -180 <= degrees <= 180:
        raise _Unread(key, f"{key}写成度数，例如121.61", f"{key} is in degrees, such as 121.61")
    return degrees
