"""What is always true of the ledger, each as a query for the rows that break it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Any

from sqlalchemy import Select, func, or_, select

from engine.extend import Invariant, Problem, ReadContext, Text
from plugins.points_exchange.tables import account, entry, hold, lot, part, posting

Broken = Callable[[str], Select[Any]]


def _unbalanced(district: str) -> Select[Any]:
    """Postings whose entries do not make 0, or that have none."""
    return (
        select(posting.c.id)
        .outerjoin(entry, (entry.c.district_id == posting.c.district_id) & (entry.c.posting == posting.c.id))
        .where(posting.c.district_id == district)
        .group_by(posting.c.id)
        .having(or_(func.sum(entry.c.points) != 0, func.count(entry.c.line) == 0))
    )


def _mixed(district: str) -> Select[Any]:
    """Postings with an entry on an account of another kind."""
    return (
        select(posting.c.id)
        .join(entry, (entry.c.district_id == posting.c.district_id) & (entry.c.posting == posting.c.id))
        .join(account, (account.c.district_id == entry.c.district_id) & (account.c.id == entry.c.account))
        .where(posting.c.district_id == district, account.c.kind != posting.c.kind)
    )


def _misstated(district: str) -> Select[Any]:
    """Accounts whose balance is not the sum of their entries."""
    total = (
        select(func.coalesce(func.sum(entry.c.points), 0))
        .where(entry.c.district_id == district, entry.c.account == account.c.id)
        .scalar_subquery()
    )
    return select(account.c.id).where(account.c.district_id == district, account.c.balance != total)


def _overdrawn(district: str) -> Select[Any]:
    """Accounts below their floor."""
    below = account.c.balance - account.c.held < account.c.floor
    return select(account.c.id).where(account.c.district_id == district, below)


def _misheld(district: str) -> Select[Any]:
    """Accounts that keep something else than what their open holds keep."""
    total = (
        select(func.coalesce(func.sum(hold.c.points), 0))
        .where(hold.c.district_id == district, hold.c.account == account.c.id, hold.c.status == "open")
        .scalar_subquery()
    )
    return select(account.c.id).where(account.c.district_id == district, account.c.held != total)


def _lots_off(district: str) -> Select[Any]:
    """Member accounts whose lots do not make their balance and their holds."""
    mine = (lot.c.district_id == district, lot.c.account == account.c.id)
    free = select(func.coalesce(func.sum(lot.c.free + lot.c.held), 0)).where(*mine).scalar_subquery()
    held = select(func.coalesce(func.sum(lot.c.held), 0)).where(*mine).scalar_subquery()
    off = or_(account.c.balance != free, account.c.held != held)
    return select(account.c.id).where(account.c.district_id == district, account.c.role == "member", off)


def _parts_off(district: str) -> Select[Any]:
    """Holds whose parts do not make them, or that took something else than was posted for them."""
    total = (
        select(func.coalesce(func.sum(part.c.points), 0))
        .where(part.c.district_id == district, part.c.hold == hold.c.id)
        .scalar_subquery()
    )
    taken = (
        select(func.coalesce(func.sum(-entry.c.points), 0))
        .join(posting, (posting.c.district_id == entry.c.district_id) & (posting.c.id == entry.c.posting))
        .where(entry.c.district_id == district, entry.c.account == hold.c.account)
        .where(posting.c.rule == "hold:" + hold.c.id)
        .scalar_subquery()
    )
    off = or_(hold.c.points != total, hold.c.taken != taken)
    return select(hold.c.id).where(hold.c.district_id == district, off)


def _overreversed(district: str) -> Select[Any]:
    """Reversals that give back more than was posted, or nothing that was."""

    def turnover(key: Any) -> Any:
        mine = (entry.c.district_id == district, entry.c.posting == key, entry.c.points > 0)
        return select(func.coalesce(func.sum(entry.c.points), 0)).where(*mine).scalar_subquery()

    more = turnover(posting.c.id) > turnover(posting.c.reverses)
    return select(posting.c.id).where(posting.c.district_id == district, posting.c.reverses.is_not(None), more)


_CHECKS: tuple[tuple[str, Text, Broken], ...] = (
    ("balanced", Text("每笔过账合计为零", "every posting makes 0"), _unbalanced),
    ("one_kind", Text("一笔过账只动一种积分", "a posting moves one kind"), _mixed),
    ("stated", Text("余额等于分录之和", "a balance is the sum of its entries"), _misstated),
    ("floor", Text("可用积分不低于下限", "no account is below its floor"), _overdrawn),
    ("held", Text("冻结等于未结冻结之和", "what is held is what open holds keep"), _misheld),
    ("lots", Text("批次之和等于余额", "lots make the balance"), _lots_off),
    ("holds", Text("一笔冻结只结一次", "a hold ends once, for what was posted"), _parts_off),
    ("reversed", Text("冲正不多于原过账", "a reversal gives back no more than was posted"), _overreversed),
)


def _invariant(name: str, title: Text, broken: Broken) -> Invariant:
    statement = lru_cache(maxsize=32)(broken)  # built once for each district

    def check(ctx: ReadContext) -> Sequence[Problem]:
        rows = ctx.db.execute(statement(ctx.district)).scalars()
        code = f"points-{name.replace('_', '-')}"
        return [Problem(code, Text(f"{title.zh}，{row}不符", f"{title.en}: {row} breaks it"), path=row) for row in rows]

    return Invariant(f"points_exchange.{name}", title, check)


INVARIANTS = tuple(_invariant(*each) for each in _CHECKS)
