"""What can be read off the ledger: balances, the last movements, totals of a kind, and who owes whom."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import RowMapping, case, func, select

from engine.extend import Micros, ReadContext
from plugins.points_exchange.rules import Flow
from plugins.points_exchange.settings import Kind, Policy
from plugins.points_exchange.tables import account, entry, lot, posting


@dataclass(frozen=True, slots=True)
class Balance:
    """An account's figures in hundredths; *soon* expire next, at *soon_at*."""

    kind: Kind
    balance: int
    held: int
    available: int
    soon: int = 0
    soon_at: Micros | None = None


@dataclass(frozen=True, slots=True)
class Movement:
    """A posting as the holder sees it: above 0 is credited, below 0 is taken."""

    posting: str
    kind: str
    reason: str
    points: int
    at: Micros
    actor: str


@dataclass(frozen=True, slots=True)
class Totals:
    """A kind's figures: issued = redeemed + expired + outstanding."""

    kind: Kind
    issued: int
    redeemed: int
    expired: int
    outstanding: int
    held: int


def balances(ctx: ReadContext, holder: str) -> tuple[Balance, ...]:
    """The holder's account of every kind of the district, empty where there is none."""
    mine = select(account).where(account.c.district_id == ctx.district, account.c.holder == holder)
    rows = {row["kind"]: row for row in ctx.db.execute(mine.where(account.c.role == "member")).mappings()}
    return tuple(_balance(ctx, kind, rows.get(kind.id)) for kind in Policy(ctx.settings).kinds)


def _balance(ctx: ReadContext, kind: Kind, row: RowMapping | None) -> Balance:
    if row is None:
        return Balance(kind, 0, 0, 0)
    mine = select(lot.c.expires_at, lot.c.free).where(lot.c.district_id == ctx.district, lot.c.account == row["id"])
    lots = ctx.db.execute(mine.where(lot.c.free > 0, lot.c.expires_at > ctx.now)).all()
    first = min((each.expires_at for each in lots), default=None)
    soon = sum(each.free for each in lots if each.expires_at == first)
    return Balance(kind, row["balance"], row["held"], sum(each.free for each in lots), soon, first)


def spendable(ctx: ReadContext, holder: str) -> dict[str, int]:
    """What the holder can spend now by kind, of the kinds they ever had points of."""
    live = func.coalesce(func.sum(case((lot.c.expires_at > ctx.now, lot.c.free), else_=0)), 0).label("free")
    mine = (
        select(account.c.kind, live)
        .join(lot, (lot.c.district_id == account.c.district_id) & (lot.c.account == account.c.id))
        .where(account.c.district_id == ctx.district, account.c.holder == holder, account.c.role == "member")
    )
    return {row.kind: int(row.free) for row in ctx.db.execute(mine.group_by(account.c.kind))}


def movements(ctx: ReadContext, holder: str, limit: int = 10) -> tuple[Movement, ...]:
    """The last postings on the holder's member accounts, newest first."""
    points = func.sum(entry.c.points).label("points")
    mine = (
        select(posting.c.id, posting.c.kind, posting.c.reason, posting.c.at, posting.c.actor, points)
        .join(entry, (entry.c.district_id == posting.c.district_id) & (entry.c.posting == posting.c.id))
        .join(account, (account.c.district_id == entry.c.district_id) & (account.c.id == entry.c.account))
        .where(posting.c.district_id == ctx.district, account.c.holder == holder, account.c.role == "member")
        .group_by(posting.c.id, posting.c.kind, posting.c.reason, posting.c.at, posting.c.actor)
        .order_by(posting.c.at.desc(), posting.c.id.desc())
        .limit(limit)
    )
    rows = ctx.db.execute(mine)
    return tuple(Movement(row.id, row.kind, row.reason, int(row.points), row.at, row.actor) for row in rows)


def totals(ctx: ReadContext) -> tuple[Totals, ...]:
    """Every kind's figures in the district."""
    return tuple(_totals(ctx, kind) for kind in Policy(ctx.settings).kinds)


def _totals(ctx: ReadContext, kind: Kind) -> Totals:
    expired = func.coalesce(func.sum(case((posting.c.reason == "expire", entry.c.points), else_=0)), 0)
    flows = (
        select(account.c.role, func.sum(entry.c.points).label("points"), expired.label("expired"))
        .join(account, (account.c.district_id == entry.c.district_id) & (account.c.id == entry.c.account))
        .join(posting, (posting.c.district_id == entry.c.district_id) & (posting.c.id == entry.c.posting))
        .where(entry.c.district_id == ctx.district, account.c.kind == kind.id)
        .group_by(account.c.role)
    )
    by_role = {row.role: (int(row.points), int(row.expired)) for row in ctx.db.execute(flows)}
    issuers, expired_back = by_role.get("issuer", (0, 0))
    kept = select(func.coalesce(func.sum(account.c.held), 0)).where(
        account.c.district_id == ctx.district, account.c.kind == kind.id
    )
    return Totals(
        kind,
        issued=expired_back - issuers,
        redeemed=by_role.get("redeemer", (0, 0))[0],
        expired=expired_back,
        outstanding=by_role.get("member", (0, 0))[0],
        held=int(ctx.db.execute(kept).scalar_one()),
    )


def flows(ctx: ReadContext, since: Micros, until: Micros) -> Sequence[Flow]:
    """Points redeemed from *since* up to, not including, *until*, less what was given back then."""
    points = func.sum(entry.c.points).label("points")
    found = (
        select(entry.c.issuer, account.c.holder, posting.c.rate, points)
        .join(posting, (posting.c.district_id == entry.c.district_id) & (posting.c.id == entry.c.posting))
        .join(account, (account.c.district_id == entry.c.district_id) & (account.c.id == entry.c.account))
        .where(entry.c.district_id == ctx.district, account.c.role == "redeemer")
        .where(posting.c.at >= since, posting.c.at < until)
        .group_by(entry.c.issuer, account.c.holder, posting.c.rate)
    )
    rows = ctx.db.execute(found)
    return [Flow(row.issuer, row.holder.partition(":")[2], int(row.points), row.rate) for row in rows]


def postings(ctx: ReadContext, holder: str | None = None) -> dict[str, int]:
    """How many postings there were of each reason, to the member account of *holder* or, without one, to any."""
    mine = select(posting.c.reason, func.count(posting.c.id.distinct()).label("times")).where(
        posting.c.district_id == ctx.district
    )
    if holder is not None:
        mine = (
            mine.join(entry, (entry.c.district_id == posting.c.district_id) & (entry.c.posting == posting.c.id))
            .join(account, (account.c.district_id == entry.c.district_id) & (account.c.id == entry.c.account))
            .where(account.c.holder == holder, account.c.role == "member")
        )
    return {row.reason: row.times for row in ctx.db.execute(mine.group_by(posting.c.reason))}
