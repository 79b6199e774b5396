"""What the ledger does to its rows: opens accounts, grants lots, posts, and posts the opposite.

Every change of an account's figures happens under the lock of that account's row. Amounts are hundredths.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import RowMapping, Table, func, insert, or_, select, update

from engine.extend import ActionContext, Problem, ReadContext, Text, Veto, WriteContext
from plugins.points_exchange.rules import LARGEST, Lot, shares
from plugins.points_exchange.tables import account, entry, lot, posting

FLOORS: Mapping[str, int | None] = {"member": 0, "issuer": None, "redeemer": None}


def veto(code: str, zh: str, en: str, path: str = "") -> Veto:
    """Refuse the whole command with one sentence; *path* is the input of the action that it is about."""
    return Veto((Problem(f"points-{code}", Text(zh, en), path=path),))


# -- accounts ----------------------------------------------------------------


def account_id(kind: str, role: str, holder: str) -> str:
    """The readable id of an account; *holder* is ``person:ID``, ``partner:ID`` or ``unit:ID``."""
    return f"{kind}:{role}:{holder}"


def open_accounts(ctx: WriteContext, ids: Sequence[str]) -> None:
    """Lock these accounts, making the rows that are missing."""
    there = {row["id"] for row in ctx.lock(account, ids)}
    if missing := [key for key in ids if key not in there]:
        ctx.insert_free(account, [_fresh(key) for key in missing])
        ctx.lock(account, ids)


def _fresh(key: str) -> dict[str, Any]:
    kind, role, holder = key.split(":", 2)
    return {
        "id": key,
        "kind": kind,
        "role": role,
        "holder": holder,
        "balance": 0,
        "held": 0,
        "floor": FLOORS[role],
    }


def move(ctx: WriteContext, key: str, balance: int = 0, held: int = 0) -> None:
    """Change an account's figures unless that would take it below its floor."""
    after = account.c.balance + balance - account.c.held - held
    done = ctx.db.execute(
        update(account)
        .where(account.c.district_id == ctx.district, account.c.id == key, account.c.held + held >= 0)
        .where(or_(account.c.floor.is_(None), after >= account.c.floor))
        .values(balance=account.c.balance + balance, held=account.c.held + held)
    )
    if done.rowcount != 1:
        raise veto("short", "积分不够，先核对余额再办。", "there are not enough points; check the balance first")


# -- lots --------------------------------------------------------------------


def free_lots(ctx: ReadContext, key: str) -> list[Lot]:
    """The lots of an account that can be spent now."""
    mine = select(lot).where(lot.c.district_id == ctx.district, lot.c.account == key)
    rows = ctx.db.execute(mine.where(lot.c.free > 0, lot.c.expires_at > ctx.now)).mappings()
    return [Lot(row["issuer"], row["year"], row["expires_at"], row["issued_at"], row["free"]) for row in rows]


def available(ctx: ReadContext, key: str) -> int:
    """What an account can spend now: neither held nor expired."""
    return sum(each.free for each in free_lots(ctx, key))


def grant(ctx: WriteContext, key: str, issuer: str, year: int, expires_at: int, points: int) -> None:
    """Put points into the lot of (issuer, year), making it if need be. The account is locked."""
    if shift(ctx, key, issuer, year, free=points):
        return
    row = {"account": key, "issuer": issuer, "year": year, "expires_at": expires_at, "issued_at": ctx.now}
    ctx.db.execute(insert(lot).values(district_id=ctx.district, **row, free=points, held=0))


def shift(ctx: WriteContext, key: str, issuer: str, year: int, free: int = 0, held: int = 0) -> bool:
    """Change a lot's figures; the table's own checks refuse to go below 0."""
    done = ctx.db.execute(
        update(lot)
        .where(lot.c.district_id == ctx.district, lot.c.account == key, lot.c.issuer == issuer, lot.c.year == year)
        .values(free=lot.c.free + free, held=lot.c.held + held)
    )
    return done.rowcount == 1


# -- postings ----------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Transfer:
    """Points of one lot that go from one account to another."""

    source: str
    target: str
    issuer: str
    year: int
    points: int


@dataclass(frozen=True, slots=True)
class Reason:
    """Why something is posted; *effect* is the key under which it happens once, *body* what was asked for."""

    word: str
    rule: str
    effect: str
    body: str
    rate: int = 0
    reverses: str | None = None


def posted(ctx: ActionContext, table: Table, body: str) -> RowMapping | None:
    """What this same effect wrote before, or None. Raises Veto when it was asked for something else then."""
    mine = select(table).where(table.c.district_id == ctx.district, table.c.effect == ctx.key)
    row = ctx.db.execute(mine).mappings().one_or_none()
    if row is not None and row["body"] != body:
        zh, en = "这一步已按另一内容记账，不能再记。", "this step was already posted with other content"
        raise veto("replayed", zh, en)
    return row


def post(ctx: WriteContext, kind: str, why: Reason, transfers: Sequence[Transfer]) -> str:
    """Write one posting whose entries make 0, and move the balances."""
    if any(not 0 < each.points <= LARGEST for each in transfers):
        raise ValueError(transfers)
    key = ctx.new_id()
    case, actor = (ctx.case.id or None, ctx.actor) if isinstance(ctx, ActionContext) else (None, "")
    row = {"reason": why.word, "rule": why.rule, "effect": why.effect, "body": why.body, "rate": why.rate}
    about = {"case_id": case, "actor": actor, "at": ctx.now, "reverses": why.reverses}
    ctx.db.execute(insert(posting).values(district_id=ctx.district, id=key, kind=kind, **row, **about))
    entries = [pair for each in transfers for pair in _pair(each)]
    head = {"district_id": ctx.district, "posting": key}
    ctx.db.execute(insert(entry), [{**head, "line": i, **pair} for i, pair in enumerate(entries)])
    moves: defaultdict[str, int] = defaultdict(int)
    for pair in entries:
        moves[pair["account"]] += pair["points"]
    for each in sorted(moves):
        move(ctx, each, moves[each])
    return key


def _pair(each: Transfer) -> tuple[dict[str, Any], dict[str, Any]]:
    mark = {"issuer": each.issuer, "year": each.year}
    return (
        {"account": each.source, **mark, "points": -each.points},
        {"account": each.target, **mark, "points": each.points},
    )


def turnover(ctx: ReadContext, key: str) -> int:
    """What a posting moved in all; 0 when there is no such posting."""
    mine = select(func.coalesce(func.sum(entry.c.points), 0)).where(entry.c.district_id == ctx.district)
    return int(ctx.db.execute(mine.where(entry.c.posting == key, entry.c.points > 0)).scalar_one())


def reverse(ctx: WriteContext, key: str, rule: str, points: int | None = None) -> int | None:
    """Post the opposite of posting *key*, or of its last *points*, once; None when that was done before.

    Points that were earned and are spent already stay: the answer is what went back.
    """
    lines = _transfers(ctx, key)
    first = lines[0]
    open_accounts(ctx, [first.source, first.target])
    mine = select(posting).where(posting.c.district_id == ctx.district)
    if ctx.db.execute(mine.where(posting.c.reverses == key)).first() is not None:
        return None
    was = ctx.db.execute(mine.where(posting.c.id == key)).mappings().one()
    back = _opposite(ctx, lines, points)
    if not back:
        return 0
    why = Reason("reverse", rule, f"{key}:reverse", key, was["rate"], reverses=key)
    post(ctx, was["kind"], why, back)
    return sum(each.points for each in back)


def _transfers(ctx: ReadContext, key: str) -> list[Transfer]:
    """The transfers that a posting was made of."""
    mine = select(entry).where(entry.c.district_id == ctx.district, entry.c.posting == key)
    rows = list(ctx.db.execute(mine.order_by(entry.c.line)).mappings())
    return [
        Transfer(out["account"], into["account"], into["issuer"], into["year"], into["points"])
        for out, into in zip(rows[::2], rows[1::2], strict=True)
    ]


def _opposite(ctx: WriteContext, lines: Sequence[Transfer], points: int | None) -> list[Transfer]:
    """The transfers back, newest lot first, with the lots changed; less where a lot was spent meanwhile."""
    wanted = shares([each.points for each in reversed(lines)], LARGEST if points is None else points)
    back = []
    for each, share in zip(reversed(lines), wanted, strict=True):
        if _is_member(each.target):
            share = min(share, _free(ctx, each.target, each.issuer, each.year))
            shift(ctx, each.target, each.issuer, each.year, free=-share)
        else:
            shift(ctx, each.source, each.issuer, each.year, free=share)
        if share:
            back.append(Transfer(each.target, each.source, each.issuer, each.year, share))
    return back


def _free(ctx: ReadContext, key: str, issuer: str, year: int) -> int:
    """The free points of one lot, expired or not."""
    mine = select(lot.c.free).where(lot.c.district_id == ctx.district, lot.c.account == key)
    return int(ctx.db.execute(mine.where(lot.c.issuer == issuer, lot.c.year == year)).scalar_one())


def _is_member(key: str) -> bool:
    return key.split(":", 2)[1] == "member"
