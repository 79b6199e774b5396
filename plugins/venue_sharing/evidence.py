"""The lines of 系统核对 beside a lender's decision: is the time free, is the room big enough, is it open then."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from engine.extend import Evidence, Micros, Period, ReadContext, Text, ValueType, decode, span_words
from plugins.venue_sharing.operations import venues
from plugins.venue_sharing.rules import Venue

_TIME, _ROOM, _HOURS = Text("时段", "time"), Text("容量", "capacity"), Text("开放时间", "opening hours")

#: How the case's own booking stands by now.
_OWN = {
    "held": Text("已为本件锁定", "is held for this case"),
    "confirmed": Text("已约给本件", "is booked for this case"),
    "used": Text("本件已经用过", "was used by this case"),
}


def gather(ctx: ReadContext, inputs: Mapping[str, Any], receipt: Mapping[str, Any] | None) -> Sequence[Evidence]:
    """What can be said about a hold with these inputs; *receipt* is the hold's own, so as not to find itself."""
    period = decode(ValueType("period"), inputs.get("period"))
    room = venues.venue_with(ctx, inputs.get("venue") or "")
    if room is None or period is None:
        return ()
    lines = [_time(ctx, room, period, (receipt or {}).get("id", "")), _capacity(room, inputs.get("people") or 0)]
    lines.append(_hours(room, period, ctx.now))
    if not room.open:
        lines.append(Evidence("bad", Text("场地", "venue"), Text("场地暂停外借", "the venue is closed for now")))
    return lines


def _time(ctx: ReadContext, room: Venue, period: Period, own: str) -> Evidence:
    no = venues.busy_with(ctx, room, period, but=own)
    if no is not None:
        return Evidence("bad", _TIME, no.text)
    zh, en = span_words(period, ctx.now)
    status = next((row["status"] for row in venues.bookings_of(ctx, room.id, period) if row["id"] == own), None)
    if status is not None:
        return Evidence("ok", _TIME, Text(f"{zh}{_OWN[status].zh}", f"{en} {_OWN[status].en}"))
    return Evidence("ok", _TIME, Text(f"{zh}空着", f"{en} is free"))


def _capacity(room: Venue, people: int) -> Evidence:
    fits = people <= room.capacity
    zh, en = f"{room.name}容{room.capacity}人，本次{people}人", f"{people} people of {room.capacity}"
    return Evidence("ok" if fits else "bad", _ROOM, Text(zh, en))


def _hours(room: Venue, period: Period, now: Micros) -> Evidence:
    inside = room.hours.hold(period)
    asked, hours = span_words(period, now), room.hours.words
    text = Text(f"开放时间{hours.zh}，本次{asked.zh}", f"open {hours.en}, asked for {asked.en}")
    return Evidence("ok" if inside else "bad", _HOURS, text)
