"""The pages and the card of the plugin: what is free at a time, and a venue's week."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from engine.extend import (
    Card,
    Endpoint,
    Figure,
    Invalid,
    NotFound,
    Page,
    PageContext,
    Period,
    Problem,
    Text,
    ValueType,
    View,
    clock_words,
    day_end,
    day_words,
    decode,
    encode,
    hours_words,
    listed,
    midnight,
    parse_input,
    span_words,
    to_datetime,
    to_micros,
    whole_number,
)
from plugins.venue_sharing.operations import venues
from plugins.venue_sharing.rules import GRAIN, MOST_PEOPLE, Venue, cells, free_spans

_TITLE = Text("场地", "Venues")
_FIELDS = ("date", "from", "until", "people", "facility")
_WORDS = {
    "date": Text("日期", "Date"),
    "from": Text("从", "From"),
    "until": Text("到", "Until"),
    "people": Text("人数", "People"),
    "seats": Text("可容{n}人", "for {n} people"),
    "facility": Text("设施", "Facility"),
    "search": Text("查空档", "Search"),
    "free": Text("空着的场地", "Free venues"),
    "more": Text("再看一些", "Show more"),
    "none": Text("这个时段没有合适的空场地", "No venue fits at this time"),
    "try": Text("换个时段，或减少人数、设施的要求。", "Try another time, fewer people or no facility."),
    "venue": Text("场地", "Venue"),
    "hours": Text("开放时间", "Hours"),
    "week": Text("看一周", "See the week"),
    "day": Text("日子", "Day"),
    "booked": Text("已约", "Booked"),
    "open": Text("空档", "Free"),
    "nothing": Text("无", "none"),
    "held": Text("待确认", "to be confirmed"),
    "closed": Text("暂停外借", "closed for now"),
    "before": Text("上一周", "Week before"),
    "after": Text("下一周", "Week after"),
    "back": Text("查空档", "Find a free venue"),
}
#: What a venue is to the reader's unit, nearest first.
_NEAR = (Text("本单位", "own"), Text("同片区", "same alliance"), Text("上级相同", "under the same unit"), None)
#: How many venues a page shows at once.
PAGE = 30
MOST_SHOWN = 10_000
_COUNT = Text("人数要写成整数，例如20。", "The number of people has to be a whole number, such as 20.")


@dataclass(frozen=True, slots=True)
class Room:
    """A venue as a row of the list."""

    label: str
    href: str
    capacity: int
    hours: Text
    facilities: str
    near: Text | None = None


@dataclass(frozen=True, slots=True)
class Day:
    """A day of a venue's week: who has it when, and what is free."""

    name: str
    booked: tuple[tuple[str, str, bool], ...]
    free: tuple[str, ...]


def venues_page(ctx: PageContext) -> View:
    """The venues that are free at the time asked for, else for the two hours from now."""
    when, people, fault = _asked(ctx)
    facility = ctx.query.get("facility", "").strip()
    rooms = venues.search(ctx, when, people=people, facility=facility) if when and not fault else []
    shown = max(whole_number(ctx.query.get("shown", ""), MOST_SHOWN) or 0, PAGE)
    values = {
        "rooms": tuple(_nearest_first(ctx, rooms)[:shown]),
        "count": len(rooms),
        "more": shown + PAGE if len(rooms) > shown else 0,
        "when": span_words(when, ctx.now) if when else None,
        "asked": {**dict.fromkeys(_FIELDS, ""), **_shown(when), **_typed(ctx)},
        "fault": fault.message if fault else None,
        "words": _WORDS,
        "all": venues.count_venues(ctx),
    }
    return View("venue_sharing/venues.html", _TITLE, values)


def _nearest_first(ctx: PageContext, rooms: Sequence[Venue]) -> list[Room]:
    """The reader's own venues, those of the alliance their unit is in, of units under the same one, then the others."""
    ctx.directory.want(units={room.station for room in rooms})
    allies = ctx.directory.allies(ctx.unit) if ctx.unit else frozenset()
    above = ctx.directory.parent(ctx.unit) if ctx.unit else ""

    def far(room: Venue) -> int:
        if room.station == ctx.unit:
            return 0
        if room.station in allies:
            return 1
        return 2 if above and ctx.directory.parent(room.station) == above else 3

    return [_room(ctx, room, _NEAR[far(room)]) for room in sorted(rooms, key=far)]


def venue_page(ctx: PageContext) -> View:
    """A venue's week: seven days from today or from ``?from=2026-06-15``."""
    room = venues.venue_with(ctx, ctx.args["id"])
    if room is None:
        raise NotFound(Text("没有这处场地。", "There is no such venue."))
    first = _first_day(ctx)
    days = tuple(_day(ctx, room, first + timedelta(days=n)) for n in range(7))
    week = timedelta(days=7)
    values = {
        "room": _room(ctx, room),
        "open": room.open,
        "words": _WORDS,
        "list": ctx.link("/venues"),
        "days": days,
        "before": ctx.link(f"/venues/{room.id}?from={(first - week).date()}"),
        "after": ctx.link(f"/venues/{room.id}?from={(first + week).date()}"),
    }
    return View("venue_sharing/venue.html", Text(room.label, room.label), values)


def free(ctx: PageContext) -> Mapping[str, Any]:
    """For programs: what is free at a time."""
    when, people, fault = _asked(ctx)
    if fault:
        raise Invalid((fault,))
    facility = ctx.query.get("facility", "").strip()
    rooms = venues.search(ctx, when, people=people, facility=facility) if when else []
    stations = {room.id: ctx.directory.unit_name(room.station) for room in rooms}
    found = [
        {"id": room.id, "station": stations[room.id], "name": room.name, "capacity": room.capacity,
         "hours": room.hours.words.pick(ctx.language), "facilities": room.facilities}
        for room in rooms
    ]  # fmt: skip
    return {"when": encode(ValueType("period"), when), "venues": found}


def today_card(ctx: PageContext) -> Sequence[Figure]:
    """How many venues there are and how many are free for the next two hours."""
    many = venues.count_venues(ctx)
    if not many:
        return ()
    free = len(venues.search(ctx, _soon(ctx)))
    href = ctx.link("/venues")
    return (
        Figure(str(free), Text("现在空着", "free now"), href),
        Figure(str(many), Text("场地总数", "venues"), href),
    )


PAGES = (
    Page("/venues", _TITLE, venues_page, icon="building", order=20),
    Page("/venues/<id>", Text("场地一周", "A venue's week"), venue_page, menu=False),
)
ENDPOINTS = (Endpoint("/venue_sharing/free", "venues that are free at a time", free, query=_FIELDS),)
CARDS = (
    Card("venue_sharing.today", Text("今日场地", "Venues today"), today_card, Text("还没有场地", "No venues yet")),
)


def _asked(ctx: PageContext) -> tuple[Period | None, int, Problem | None]:
    """The period in the query, the next two hours without one; how many come; and what is wrong with the question."""
    date, start, end, people = (ctx.query.get(name, "").strip() for name in ("date", "from", "until", "people"))
    count = whole_number(people, MOST_PEOPLE) if people else 0
    fault = None if count is not None else Problem("venue-people", _COUNT, path="people")
    if not (date or start or end):
        return _soon(ctx), count or 0, fault
    stored = parse_input(ValueType("period"), f"{date} {start}/{end}", Text("时段", "The time"))
    if isinstance(stored, Problem):
        return None, count or 0, replace(stored, path="date")
    return decode(ValueType("period"), stored), count or 0, fault


def _typed(ctx: PageContext) -> dict[str, str]:
    """The form's fields as they came."""
    return {name: ctx.query[name] for name in _FIELDS if name in ctx.query}


def _shown(when: Period | None) -> dict[str, str]:
    """The form's fields for a period."""
    if when is None:
        return {}
    return {
        "date": when.start.date().isoformat(), "from": clock_words(when.start), "until": clock_words(when.end),
    }  # fmt: skip


def _soon(ctx: PageContext) -> Period:
    start = to_datetime(ctx.now // GRAIN * GRAIN)
    return Period(start, start + timedelta(hours=2))


def _first_day(ctx: PageContext) -> datetime:
    stored = parse_input(ValueType("date"), ctx.query.get("from", ""))
    day = decode(ValueType("date"), stored) if isinstance(stored, str) else to_datetime(ctx.now).date()
    return midnight(day)


def _room(ctx: PageContext, room: Venue, near: Text | None = None) -> Room:
    href = ctx.link(f"/venues/{room.id}")
    return Room(room.label, href, room.capacity, room.hours.words, listed(room.facilities).zh, near)


def _day(ctx: PageContext, room: Venue, day: datetime) -> Day:
    start, end = to_micros(day), to_micros(day_end(day))
    rows = venues.bookings(ctx, room.id, start, end)
    had = {t.cell for t in venues.taken(ctx, [room.id], cells(start, end))[room.id]}
    return Day(
        name=day_words(day, ctx.now).pick(ctx.language),
        booked=tuple(
            (hours_words(venues.span_of(r)), ctx.directory.unit_name(r["borrower"]), r["status"] == "held")
            for r in rows
        ),
        free=tuple(hours_words(span) for span in free_spans(room.hours, day, had)) if room.open else (),
    )
