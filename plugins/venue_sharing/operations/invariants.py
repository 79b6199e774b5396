"""What is always true of the plugin's rows: live bookings have their half hours and no time in common."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import func, select

from engine.extend import Invariant, Problem, ReadContext, Text
from plugins.venue_sharing.operations.venues import LIVE
from plugins.venue_sharing.rules import cells
from plugins.venue_sharing.tables import booking, slot


def slots_match(ctx: ReadContext) -> Sequence[Problem]:
    """Bookings whose half hours are not those of their time (a buffer may add some), or that kept some when over."""
    same = (slot.c.district_id == booking.c.district_id) & (slot.c.booking == booking.c.id)
    has = (func.count(slot.c.cell), func.min(slot.c.cell), func.max(slot.c.cell))
    columns = (booking.c.id, booking.c.status, booking.c.starts_at, booking.c.ends_at)
    rows = ctx.db.execute(
        select(*columns, *has).outerjoin(slot, same).where(booking.c.district_id == ctx.district).group_by(*columns)
    )
    return [_broken(key) for key, *rest in rows if not _sound(*rest)]


def _sound(status: str, starts_at: int, ends_at: int, count: int, first: int | None, last: int | None) -> bool:
    if status not in LIVE:
        return count == 0
    own = cells(starts_at, ends_at)
    return first == own.start and last is not None and last >= own.stop - 1 and count == last - first + 1


def _broken(key: str) -> Problem:
    zh, en = f"预约{key}占用的半小时与它的时段不符", f"booking {key} does not have the half hours of its time"
    return Problem("venue-slots", Text(zh, en))


def no_overlap(ctx: ReadContext) -> Sequence[Problem]:
    """Live bookings of one venue that share time, found from their times alone and not from their half hours."""
    other = booking.alias("other")
    same = (other.c.district_id == booking.c.district_id) & (other.c.venue == booking.c.venue)
    meet = (booking.c.starts_at < other.c.ends_at) & (other.c.starts_at < booking.c.ends_at)
    pairs = select(booking.c.id, other.c.id.label("other")).join(other, same & meet & (booking.c.id < other.c.id))
    mine = pairs.where(booking.c.district_id == ctx.district)
    live = mine.where(booking.c.status.in_(LIVE), other.c.status.in_(LIVE))
    return [_twice(row.id, row.other) for row in ctx.db.execute(live)]


def _twice(key: str, other: str) -> Problem:
    zh, en = f"预约{key}和{other}占了同一段时间", f"bookings {key} and {other} share time"
    return Problem("venue-overlap", Text(zh, en))


INVARIANTS = (
    Invariant("venue_sharing.overlap", Text("同一场地的预约不重叠", "no two bookings share time"), no_overlap),
    Invariant("venue_sharing.slots", Text("场地预约与占用相符", "bookings have their half hours"), slots_match),
)
