"""Reads and writes of the plugin's tables: what is free, placing a booking, moving it on, letting it go."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import BindParameter, RowMapping, bindparam, delete, func, insert, or_, select, update

from engine.extend import ActionContext, Micros, Period, ReadContext, WriteContext, to_datetime, to_micros
from plugins.venue_sharing.rules import (
    Bookable,
    Hours,
    Refusal,
    Venue,
    busy,
    cells_of,
    from_now_on,
    nearest_gap,
    reach,
    unfit,
)
from plugins.venue_sharing.tables import booking, slot, venue

#: A booking in one of these has its half hours.
LIVE: Final = ("held", "confirmed", "used")
# What every page of a loan asks is put together once; that costs as much as its answer.
_here: Final[BindParameter[str]] = bindparam("district")
_lapsed: Final = (booking.c.status == "held") & (booking.c.until <= bindparam("now"))
_VENUE: Final = select(venue).where(venue.c.district_id == _here, venue.c.id == bindparam("key"))
_OCCUPIED: Final = (
    select(slot.c.venue, slot.c.cell, slot.c.booking, booking.c.borrower)
    .join(booking, (slot.c.district_id == booking.c.district_id) & (slot.c.booking == booking.c.id))
    .where(slot.c.district_id == _here, slot.c.venue.in_(bindparam("keys", expanding=True)))
    .where(slot.c.cell >= bindparam("start"), slot.c.cell < bindparam("stop"))
    .order_by(slot.c.venue, slot.c.cell)
)
_TAKEN: Final = _OCCUPIED.where(func.coalesce(~_lapsed, True), booking.c.id != bindparam("but"))
_LAPSED: Final = _OCCUPIED.where(_lapsed)
_BOOKINGS: Final = (
    select(booking)
    .where(booking.c.district_id == _here, booking.c.venue == bindparam("key"), booking.c.status.in_(LIVE))
    .where(func.coalesce(~_lapsed, True))
    .where(booking.c.starts_at < bindparam("end"), booking.c.ends_at > bindparam("start"))
    .order_by(booking.c.starts_at)
)


@dataclass(frozen=True, slots=True)
class Taken:
    """A half hour that somebody has, by which booking."""

    cell: int
    booking: str
    borrower: str


def venue_from(row: RowMapping, station: str) -> Venue:
    """A venue of the rules from its row and its station's name."""
    hours = Hours(row["opens"], row["closes"], frozenset(int(day) for day in row["rest_days"]))
    return Venue(
        id=row["id"],
        station=row["station"],
        name=row["name"],
        label=f"{station}/{row['name']}",
        capacity=row["capacity"],
        hours=hours,
        facilities=tuple(row["facilities"].split("\n")) if row["facilities"] else (),
        open=row["status"] == "open",
    )


def venues(ctx: ReadContext, *conditions: Any, limit: int | None = None) -> list[Venue]:
    """The venues that meet *conditions*, station by station."""
    mine = select(venue).where(venue.c.district_id == ctx.district, *conditions)
    return _venues_of(ctx, ctx.db.execute(mine.order_by(venue.c.station, venue.c.name).limit(limit)).mappings().all())


def _venues_of(ctx: ReadContext, rows: Sequence[RowMapping]) -> list[Venue]:
    ctx.directory.want(units={row["station"] for row in rows})
    return [venue_from(row, ctx.directory.unit_name(row["station"])) for row in rows]


def count_venues(ctx: ReadContext) -> int:
    """How many venues there are, those closed for now too."""
    many = select(func.count()).select_from(venue).where(venue.c.district_id == ctx.district)
    return int(ctx.db.execute(many).scalar_one())


def venue_with(ctx: ReadContext, key: str) -> Venue | None:
    """The venue with this id, or None."""
    rows = ctx.db.execute(_VENUE, {"district": ctx.district, "key": key}).mappings().all()
    return _venues_of(ctx, rows)[0] if rows else None


def find_venues(ctx: ReadContext, words: str, limit: int) -> list[Venue]:
    """Venues by label (``黄海路社区/多功能厅``), by station, by part of the name, or by id."""
    left, _, right = words.partition("/")
    station = ctx.directory.find_unit(left.strip()) if left.strip() else None
    if right:
        return venues(ctx, venue.c.station == station, venue.c.name == right.strip(), limit=limit) if station else []
    named = venue.c.name.contains(words.strip(), autoescape=True)
    return venues(ctx, or_(venue.c.id == words, venue.c.station == station, named), limit=limit)


def taken(ctx: ReadContext, keys: Collection[str], span: range, *, but: str = "") -> dict[str, list[Taken]]:
    """The half hours of *span* that live bookings other than *but* have, by venue; lapsed holds do not count."""
    rows = ctx.db.execute(_TAKEN, {**_asked(ctx, keys, span), "now": ctx.now, "but": but})
    found: dict[str, list[Taken]] = {key: [] for key in keys}
    for row in rows:
        found[row.venue].append(Taken(row.cell, row.booking, row.borrower))
    return found


def _asked(ctx: ReadContext, keys: Collection[str], span: range) -> dict[str, Any]:
    return {"district": ctx.district, "keys": list(keys), "start": span.start, "stop": span.stop}


def refusal(ctx: ReadContext, room: Venue, period: Period, people: int, *, but: str = "") -> Refusal | None:
    """Why *room* cannot be had for *period*, and what can be instead; None where it can.

    Booking *but* does not stand in its own way.
    """
    no = unfit(room, period, people, _bookable(ctx)) or busy_with(ctx, room, period, but)
    if no is None or no.gap is not None or no.why == "far":
        return no
    if no.why in ("past", "hours"):
        return no.offering(_gap(ctx, room, from_now_on(period, ctx.now), but), ctx.now)
    return no.or_else(_beside(ctx, room, period, people))


def _bookable(ctx: ReadContext) -> Bookable:
    return Bookable(ctx.now, ctx.settings["horizon"], ctx.settings["buffer"])


def _gap(ctx: ReadContext, room: Venue, wanted: Period, but: str) -> Period | None:
    """The nearest time of that length that is free but for booking *but*."""
    around = {each.cell for each in taken(ctx, [room.id], reach(wanted), but=but)[room.id]}
    return nearest_gap(room.hours, wanted, around, _bookable(ctx))


def _beside(ctx: ReadContext, room: Venue, period: Period, people: int) -> Venue | None:
    """The smallest venue of the same station that holds so many and can be had then."""
    within = _bookable(ctx)
    free = search(ctx, period, people=people, stations=[room.station])
    others = (other for other in free if other.id != room.id and unfit(other, period, people, within) is None)
    return min(others, key=lambda other: other.capacity, default=None)


def busy_with(ctx: ReadContext, room: Venue, period: Period, but: str = "") -> Refusal | None:
    """Who stands in the way of *room* for *period* (booking *but* does not), and the nearest gap; None if free."""
    within = _bookable(ctx)
    wanted = cells_of(period, within.buffer)
    if not any(taken(ctx, [room.id], wanted, but=but).values()):
        return None
    around = taken(ctx, [room.id], reach(period), but=but)[room.id]
    holder = next(t.borrower for t in around if t.cell in wanted)
    gap = nearest_gap(room.hours, period, {t.cell for t in around}, within)
    return busy(ctx.directory.unit_name(holder), gap, ctx.now)


def place(ctx: ActionContext, room: Venue, period: Period, people: int, until: Micros | None) -> str | Refusal:
    """Hold *room*: the id of the booking, or why not. After a refusal what was written must vanish."""
    wanted = cells_of(period, ctx.settings["buffer"])
    _lapse(ctx, room.id, wanted)
    row = _booking_row(ctx, room, period, people, until)
    ctx.db.execute(insert(booking), row)
    rows = [{"venue": room.id, "cell": cell, "booking": row["id"]} for cell in wanted]
    if ctx.insert_free(slot, rows) == len(rows):
        return str(row["id"])
    return busy_with(ctx, room, period, but=row["id"]) or busy("", None, ctx.now)


def _booking_row(ctx: ActionContext, room: Venue, period: Period, people: int, until: Micros | None) -> dict[str, Any]:
    return {
        "district_id": ctx.district,
        "id": ctx.new_id(),
        "venue": room.id,
        "case_id": ctx.case.id,
        "borrower": ctx.unit,
        "starts_at": to_micros(period.start),
        "ends_at": to_micros(period.end),
        "people": people,
        "status": "held",
        "until": until,
        "made_at": ctx.now,
    }


def _lapse(ctx: WriteContext, key: str, span: range) -> None:
    """Let go of holds in the way whose time is up."""
    asked = {**_asked(ctx, [key], span), "now": ctx.now}
    for row in ctx.lock(booking, sorted({row.booking for row in ctx.db.execute(_LAPSED, asked)})):
        if row["status"] == "held":
            let_go(ctx, row["id"], "expired")


def locked(ctx: WriteContext, key: str) -> RowMapping | None:
    """The booking with this id, locked, or None."""
    found = ctx.lock(booking, [key])
    return found[0] if found else None


def move(ctx: WriteContext, key: str, status: str) -> None:
    """Give the booking another status."""
    mine = (booking.c.district_id == ctx.district) & (booking.c.id == key)
    ctx.db.execute(update(booking).where(mine).values(status=status))


def let_go(ctx: WriteContext, key: str, status: str) -> None:
    """Free the booking's half hours and give it its last status."""
    ctx.db.execute(delete(slot).where(slot.c.district_id == ctx.district, slot.c.booking == key))
    move(ctx, key, status)


def search(
    ctx: ReadContext, period: Period, *, people: int = 0, facility: str = "", stations: Sequence[str] = ()
) -> list[Venue]:
    """Open venues that are free for *period*, big and well enough equipped; *stations* limits and orders them."""
    conditions = [venue.c.status == "open", venue.c.capacity >= people]
    if stations:
        conditions.append(venue.c.station.in_(stations))
    rooms = [v for v in venues(ctx, *conditions) if not facility or facility in v.facilities]
    fitting = [room for room in rooms if room.hours.hold(period)]
    had = taken(ctx, [room.id for room in fitting], cells_of(period, ctx.settings["buffer"]))
    free = [room for room in fitting if not had[room.id]]
    order = {station: place for place, station in enumerate(stations)}
    return sorted(free, key=lambda room: order.get(room.station, 0))


def bookings(ctx: ReadContext, key: str, start: Micros, end: Micros) -> list[RowMapping]:
    """The live bookings of a venue that touch [start, end), by time."""
    asked = {"district": ctx.district, "key": key, "now": ctx.now, "start": start, "end": end}
    return list(ctx.db.execute(_BOOKINGS, asked).mappings())


def last_booking(ctx: ReadContext, case: str) -> RowMapping | None:
    """The last booking that a case made, with its venue's station and name; or None."""
    where = (venue.c.district_id == booking.c.district_id) & (venue.c.id == booking.c.venue)
    made = select(booking, venue.c.station, venue.c.name).join(venue, where)
    mine = made.where(booking.c.district_id == ctx.district, booking.c.case_id == case)
    return ctx.db.execute(mine.order_by(booking.c.made_at.desc(), booking.c.id.desc()).limit(1)).mappings().first()


def counts(ctx: ReadContext, key: str) -> Mapping[str, int]:
    """How many bookings of a venue have each status."""
    mine = (booking.c.district_id == ctx.district) & (booking.c.venue == key)
    rows = ctx.db.execute(select(booking.c.status, func.count().label("many")).where(mine).group_by(booking.c.status))
    return {row.status: row.many for row in rows}


def bookings_of(ctx: ReadContext, key: str, period: Period) -> list[RowMapping]:
    """The live bookings of a venue that touch *period*."""
    return bookings(ctx, key, to_micros(period.start), to_micros(period.end))


def span_of(row: RowMapping) -> Period:
    """The time of a booking's row."""
    return Period(to_datetime(row["starts_at"]), to_datetime(row["ends_at"]))
