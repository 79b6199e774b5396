"""Service that becomes points: what of it counts, and the record of what was counted."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction

from sqlalchemy import func, insert, select, update

from engine.extend import MINUTE, ActionContext, Period, ReadContext, WriteContext, to_datetime, to_micros
from plugins.points_exchange.operations import ledger
from plugins.points_exchange.rules import DAY_MINUTES, EarnRule, Span, earned, minutes_of, rounded, uncounted
from plugins.points_exchange.tables import service


@dataclass(frozen=True, slots=True)
class Served:
    """What somebody did: for how long, in which activity, at which coefficient; *span* is check-in to check-out."""

    activity: str
    hours: Decimal
    coefficient: Decimal
    day: date
    span: Period | None = None


def day_of(ctx: ReadContext, on: date | None, span: Period | None) -> date:
    """The day of service: the one that is given, else when it began, else today."""
    if on is not None:
        return on
    return span.start.date() if span else to_datetime(ctx.now).date()


@dataclass(frozen=True, slots=True)
class Counted:
    """What service is worth in hundredths, and the minutes that this rests on."""

    points: int
    minutes: int


def countable(ctx: ReadContext, account: str, done: Served, rule: EarnRule) -> Counted:
    """What *done* is worth to the account after what was counted before: no minute twice, and a day has 24 hours.

    The account is locked.
    """
    today = _on(ctx, account, done.day)
    minutes = min(minutes_of(done.hours), Fraction(max(0, DAY_MINUTES - today.minutes)))
    if done.span:
        span = _span(done.span)
        minutes = min(minutes, Fraction(uncounted(span, _spans(ctx, account, span))))
    return Counted(earned(minutes, done.coefficient, rule, today.points), rounded(minutes, "up"))


def record(ctx: WriteContext, posting: str, account: str, done: Served, counted: Counted) -> None:
    """Remember what was counted, under the posting that paid it."""
    begins, ends = _span(done.span) if done.span else (None, None)
    row = {"posting": posting, "account": account, "activity": done.activity, "day": done.day.isoformat()}
    what = {"coefficient": str(done.coefficient), "points": counted.points, "minutes": counted.minutes, "revoked": 0}
    ctx.db.execute(insert(service).values(district_id=ctx.district, **row, begins=begins, ends=ends, **what))


def points_of(ctx: ReadContext, posting: str) -> int:
    """Hundredths that this posting credited."""
    mine = select(service.c.points).where(service.c.district_id == ctx.district, service.c.posting == posting)
    return int(ctx.db.execute(mine).scalar_one())


def revoke(ctx: WriteContext, posting: str) -> None:
    """The service under this posting counts no longer."""
    mine = update(service).where(service.c.district_id == ctx.district, service.c.posting == posting)
    ctx.db.execute(mine.values(revoked=1))


def credit(
    ctx: ActionContext, kind: str, account: str, issuer: str, points: int, lot_of: tuple[int, int], body: str
) -> str:
    """Issue *points* of a unit to an account, into the lot of (year, expiry)."""
    year, expires_at = lot_of
    source = ledger.account_id(kind, "issuer", f"unit:{issuer}")
    ledger.grant(ctx, account, issuer, year, expires_at, points)
    why = ledger.Reason("earn", "service", ctx.key, body)
    return ledger.post(ctx, kind, why, [ledger.Transfer(source, account, issuer, year, points)])


def _span(period: Period) -> Span:
    return to_micros(period.start) // MINUTE, to_micros(period.end) // MINUTE


def _spans(ctx: ReadContext, account: str, near: Span) -> list[tuple[Span, int]]:
    """Spans of the account that overlap *near*, or overlap one that does, and the minutes of each that were counted."""
    begins, ends = near
    mine = select(service.c.begins, service.c.ends, service.c.minutes).where(
        service.c.district_id == ctx.district, service.c.account == account, service.c.revoked == 0
    )
    rows = ctx.db.execute(mine.where(service.c.begins < ends, service.c.ends > begins)).all()
    wide = min([begins, *(row.begins for row in rows)]), max([ends, *(row.ends for row in rows)])
    return [((row.begins, row.ends), row.minutes) for row in rows] if wide == near else _spans(ctx, account, wide)


def _on(ctx: ReadContext, account: str, day: date) -> Counted:
    """What the account earned by service on *day*."""
    sums = (func.coalesce(func.sum(column), 0) for column in (service.c.points, service.c.minutes))
    mine = select(*sums).where(
        service.c.district_id == ctx.district, service.c.account == account, service.c.revoked == 0
    )
    points, minutes = ctx.db.execute(mine.where(service.c.day == day.isoformat())).one()
    return Counted(int(points), int(minutes))
