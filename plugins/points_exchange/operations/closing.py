"""The end of a year: points of lots whose time is up go back to who issued them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Annotated, ClassVar

from sqlalchemy import RowMapping, select

from engine.extend import ActionContext, ReadContext, Text, action
from plugins.points_exchange import rules
from plugins.points_exchange.inputs import POINTS
from plugins.points_exchange.operations import ledger
from plugins.points_exchange.tables import lot


@dataclass(frozen=True, slots=True)
class CloseIn:
    """The last year to close."""

    year: Annotated[int, Text("年份", "year")]


@dataclass(frozen=True, slots=True)
class Closed:
    """What expired, and of how many accounts."""

    title: ClassVar[Text] = Text("已清零", "closed")
    points: Annotated[Decimal, POINTS]
    accounts: Annotated[int, Text("户数", "accounts")]


@action(
    "points_exchange.close_year",
    title=Text("年底清零", "close a year"),
    says=Text("到期未用的积分清零", "expires the points whose time is up"),
    undo="impossible",
)
def close_year(ctx: ActionContext, given: CloseIn) -> Closed:
    """Expire every lot up to the year whose time is up; what is held then expires after its release, another time."""
    members = sorted({row["account"] for row in _expired(ctx, given.year)})
    issuers = {_issuer(row) for row in _expired(ctx, given.year)}
    ledger.open_accounts(ctx, [*members, *sorted(issuers)])
    rows = _expired(ctx, given.year)
    for kind in sorted({_kind(row) for row in rows}):
        _expire(ctx, kind, [row for row in rows if _kind(row) == kind])
    return Closed(rules.decimal(sum(row["free"] for row in rows)), len({row["account"] for row in rows}))


def _expire(ctx: ActionContext, kind: str, rows: Sequence[RowMapping]) -> None:
    for row in rows:
        ledger.shift(ctx, row["account"], row["issuer"], row["year"], free=-row["free"])
    back = [ledger.Transfer(row["account"], _issuer(row), row["issuer"], row["year"], row["free"]) for row in rows]
    ledger.post(ctx, kind, ledger.Reason("expire", "year_end", f"{ctx.key}:{kind}", kind), back)


def _expired(ctx: ReadContext, year: int) -> Sequence[RowMapping]:
    """The free points of lots up to *year* whose time is up."""
    mine = select(lot.c.account, lot.c.issuer, lot.c.year, lot.c.free).where(lot.c.district_id == ctx.district)
    due = mine.where(lot.c.free > 0, lot.c.expires_at <= ctx.now, lot.c.year <= year)
    return ctx.db.execute(due.order_by(lot.c.account, lot.c.issuer, lot.c.year)).mappings().all()


def _kind(row: RowMapping) -> str:
    return str(row["account"].partition(":")[0])


def _issuer(row: RowMapping) -> str:
    return ledger.account_id(_kind(row), "issuer", f"unit:{row['issuer']}")
