"""Points that are kept for a purpose: a hold is made once and ends once, taken whole or in part, or released."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import RowMapping, insert, select, update

from engine.extend import ActionContext, ReadContext, Veto, WriteContext
from plugins.points_exchange.operations import ledger
from plugins.points_exchange.rules import allocate, shares, shown
from plugins.points_exchange.tables import hold, part, posting


@dataclass(frozen=True, slots=True)
class Kept:
    """A hold on an account, in hundredths."""

    id: str
    points: int


@dataclass(frozen=True, slots=True)
class Short:
    """There is not enough: what the account can spend now."""

    available: int


def keep(ctx: ActionContext, account: str, points: int, body: str) -> Kept | Short:
    """Keep *points* of an account for this effect, from the lots that expire first."""
    ledger.open_accounts(ctx, [account])
    if before := ledger.posted(ctx, hold, body):
        return Kept(before["id"], before["points"])
    lots = ledger.free_lots(ctx, account)
    parts = allocate(lots, points)
    if parts is None:
        return Short(sum(each.free for each in lots))
    key = ctx.new_id()
    about = {"effect": ctx.key, "body": body, "case_id": ctx.case.id, "at": ctx.now, "ended_at": None}
    row = {"id": key, "account": account, "points": points, "taken": 0, "status": "open", **about}
    ctx.db.execute(insert(hold).values(district_id=ctx.district, **row))
    for line, (lot, taken) in enumerate(parts):
        ledger.shift(ctx, account, lot.issuer, lot.year, free=-taken, held=taken)
        place = {"hold": key, "line": line, "issuer": lot.issuer, "year": lot.year}
        ctx.db.execute(insert(part).values(district_id=ctx.district, **place, points=taken))
    ledger.move(ctx, account, held=points)
    return Kept(key, points)


def find(ctx: ReadContext, key: str) -> RowMapping | None:
    """The hold with this id, or None."""
    mine = select(hold).where(hold.c.district_id == ctx.district, hold.c.id == key)
    return ctx.db.execute(mine).mappings().one_or_none()


def named(ctx: ReadContext, key: str) -> RowMapping:
    """The hold with this id. Raises Veto when there is none."""
    kept = find(ctx, key)
    if kept is None:
        raise ledger.veto("hold", "没有这笔冻结，先冻结再核销。", "there is no such hold; hold the points first")
    return kept


def open_points(ctx: ReadContext, key: str) -> int:
    """What the hold with this id keeps. Raises Veto when there is none, or when it has ended."""
    kept = named(ctx, key)
    if kept["status"] != "open":
        raise _ended()
    return int(kept["points"])


def _ended() -> Veto:
    return ledger.veto("hold-ended", "这笔冻结已经结束，重新冻结后再办。", "this hold has ended; hold the points again")


def take(ctx: ActionContext, kept: RowMapping, till: str, points: int, rate: int, body: str) -> str | None:
    """Post *points* of a hold to the account *till*, give the rest back; the posting, or None when nothing is taken.

    Raises Veto when the hold has ended or keeps less.
    """
    account, key = kept["account"], kept["id"]
    ledger.open_accounts(ctx, [account, till])
    if before := ledger.posted(ctx, posting, body):
        return str(before["id"])
    if points > kept["points"]:
        most = shown(kept["points"])
        zh, en = f"只冻结了{most}分，实扣积分不能比它多。", f"{most} points are held; take no more"
        raise ledger.veto("beyond-hold", zh, en, "points")
    if not _end(ctx, kept, points):
        raise _ended()
    if not points:
        return None
    lines = _parts(ctx, key)
    taken = shares([line["points"] for line in lines], points)
    transfers = [
        ledger.Transfer(account, till, line["issuer"], line["year"], share)
        for line, share in zip(lines, taken, strict=True)
        if share
    ]
    why = ledger.Reason("redeem", f"hold:{key}", ctx.key, body, rate)
    return ledger.post(ctx, kept["account"].partition(":")[0], why, transfers)


def release(ctx: WriteContext, key: str) -> bool:
    """Give everything that a hold keeps back to its lots; False when it has ended already."""
    kept = find(ctx, key)
    if kept is None:
        return False
    ledger.open_accounts(ctx, [kept["account"]])
    return _end(ctx, kept, 0)


def _end(ctx: WriteContext, kept: RowMapping, taken: int) -> bool:
    """End a hold whose account is locked, once, moving what is not taken back to its lots."""
    status = "posted" if taken else "released"
    done = ctx.db.execute(
        update(hold)
        .where(hold.c.district_id == ctx.district, hold.c.id == kept["id"], hold.c.status == "open")
        .values(status=status, taken=taken, ended_at=ctx.now)
    )
    if done.rowcount != 1:
        return False
    lines = _parts(ctx, kept["id"])
    for line, share in zip(lines, shares([line["points"] for line in lines], taken), strict=True):
        rest = line["points"] - share
        ledger.shift(ctx, kept["account"], line["issuer"], line["year"], free=rest, held=-line["points"])
    ledger.move(ctx, kept["account"], held=-kept["points"])
    return True


def _parts(ctx: ReadContext, key: str) -> list[RowMapping]:
    mine = select(part).where(part.c.district_id == ctx.district, part.c.hold == key)
    return list(ctx.db.execute(mine.order_by(part.c.line)).mappings())
