"""The diary behind promised times: one row per half hour, whose key lets nobody be promised twice."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import time
from typing import Final

from sqlalchemy import delete, func, insert, select, update

from engine.extend import (
    DAY,
    MINUTE,
    ActionContext,
    Invariant,
    Micros,
    Period,
    Problem,
    ReadContext,
    Text,
    WriteContext,
    nearest_period,
    to_micros,
)
from plugins.partner_registry.tables import engaged, engagement

#: A half hour that is touched is taken.
GRAIN: Final[Micros] = 30 * MINUTE
LONGEST: Final[Micros] = 14 * DAY
#: Between these a gap is offered, a week either way.
_FROM, _UNTIL = time(8), time(21)
_REACH: Final = 7 * 48


def cells(begins: Micros, ends: Micros) -> range:
    """The half hours that [begins, ends) touches."""
    return range(begins // GRAIN, -(-ends // GRAIN))


def write(ctx: ActionContext, whom: str, begins: Micros, ends: Micros) -> tuple[str, bool]:
    """Promise the time to the case: the id of the promise, and whether it stands; if not, all this must vanish."""
    key = ctx.new_id()
    row = {"id": key, "whom": whom, "case_id": ctx.case.id, "unit": ctx.unit, "begins": begins, "ends": ends}
    ctx.db.execute(insert(engagement).values(district_id=ctx.district, **row, status="held", at=ctx.now))
    rows = [{"whom": whom, "cell": cell, "engagement": key} for cell in cells(begins, ends)]
    return key, ctx.insert_free(engaged, rows) == len(rows)


def strike(ctx: WriteContext, key: str) -> bool:
    """Let go of a promise; False where it was let go before."""
    mine = (engagement.c.district_id == ctx.district) & (engagement.c.id == key) & (engagement.c.status == "held")
    if ctx.db.execute(update(engagement).where(mine).values(status="released")).rowcount != 1:
        return False
    ctx.db.execute(delete(engaged).where(engaged.c.district_id == ctx.district, engaged.c.engagement == key))
    return True


def nearest(ctx: ReadContext, whom: str, wanted: Period, but: str) -> Period | None:
    """The nearest time of that length that is free *but* for one promise."""
    middle = cells(to_micros(wanted.start), to_micros(wanted.end))
    mine = select(engaged.c.cell).where(engaged.c.district_id == ctx.district, engaged.c.whom == whom)
    around = mine.where(engaged.c.cell >= middle.start - _REACH, engaged.c.cell < middle.stop + _REACH)
    taken = frozenset(ctx.db.execute(around.where(engaged.c.engagement != but)).scalars())
    return gap_beside(taken, wanted, ctx.now)


def gap_beside(taken: Collection[int], wanted: Period, now: Micros) -> Period | None:
    """The time of that length by day, in a half hour yet to come, that is nearest and touches no half hour *taken*."""
    begin, end = to_micros(wanted.start), to_micros(wanted.end)
    soonest = (now // GRAIN + 1) * GRAIN

    def fits(moved: Period) -> bool:
        start = to_micros(moved.start)
        return (
            start >= soonest and _by_day(moved) and not any(cell in taken for cell in cells(start, start + end - begin))
        )

    middle = cells(begin, end)
    edges = [cell * GRAIN for cell in range(middle.start - _REACH, middle.stop + _REACH)]
    starts = (begin, *edges, *(edge - (end - begin) for edge in edges))
    return nearest_period(wanted, (start for start in starts if abs(start - begin) < _REACH * GRAIN), fits)


def _by_day(period: Period) -> bool:
    same = period.start.date() == period.end.date()
    return same and period.start.time() >= _FROM and period.end.time() <= _UNTIL


def once(ctx: ReadContext) -> Sequence[Problem]:
    """Held promises that do not have exactly their half hours, and half hours of promises that were let go."""
    same = (engaged.c.district_id == engagement.c.district_id) & (engaged.c.engagement == engagement.c.id)
    columns = (engagement.c.id, engagement.c.status, engagement.c.begins, engagement.c.ends)
    counted = select(*columns, func.count(engaged.c.cell)).outerjoin(engaged, same)
    rows = ctx.db.execute(counted.where(engagement.c.district_id == ctx.district).group_by(*columns))
    return [
        Problem(
            "partner-diary", Text(f"约定{key}占用的半小时不对", f"engagement {key} has other half hours than its time")
        )
        for key, status, begins, ends, count in rows
        if count != (len(cells(begins, ends)) if status == "held" else 0)
    ]


INVARIANTS = (
    Invariant("partner_registry.diary", Text("同一时段只约给一家", "nobody is promised twice at one time"), once),
)
