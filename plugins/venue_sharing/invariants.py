"""What is always true of the plugin's rows: a live booking has its half hours, one that is over has none."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import func, select

from engine.extend import Invariant, Problem, ReadContext, Text
from plugins.venue_sharing.operations import LIVE
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


INVARIANTS = (
    Invariant("venue_sharing.slots", Text("场地预约与占用相符", "bookings have their half hours"), slots_match),
)
