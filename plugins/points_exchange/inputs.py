"""What the actions read alike: the kind of points, whose account it is, an amount in hundredths."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated

from engine.extend import Of, ReadContext, Text, decimal_text, listed
from plugins.points_exchange import rules
from plugins.points_exchange.operations import ledger
from plugins.points_exchange.settings import Kind, Policy

PartnerId = Annotated[str, Of("partner")]
MEMBER = Text("会员", "member")
PARTNER = Text("合伙人", "partner")
KIND = Text("积分种类", "kind")
POINTS = Text("积分", "points")
HOURS = Text("时长（小时）", "hours")
SERVED = Text("服务时段", "served")


def kind_of(ctx: ReadContext, words: str | None) -> Kind:
    kind = Policy(ctx.settings).kind(words)
    if kind is None:
        known = listed(each.title for each in Policy(ctx.settings).kinds)
        zh = f"本区没有“{words}”这种积分，现有：{known.zh}。"
        en = f"there is no kind of points {words!r} here: {known.en}"
        raise ledger.veto("kind", zh, en, "kind")
    return kind


def _holder(member: str | None, partner: str | None) -> str:
    if (member is None) == (partner is None):
        zh, en = "积分记给会员还是合伙人，只选一个。", "name a member or a partner, one of them"
        raise ledger.veto("holder", zh, en)
    return f"person:{member}" if member else f"partner:{partner}"


def account_of(kind: Kind, member: str | None, partner: str | None) -> str:
    return ledger.account_id(kind.id, "member", _holder(member, partner))


def amount_of(points: Decimal) -> int:
    amount = rules.hundredths(points, "down")
    if not 0 <= amount <= rules.LARGEST or rules.decimal(amount) != points:
        zh, en = (
            f"积分写到百分位，在0和{rules.shown(rules.LARGEST)}之间：{decimal_text(points)}",
            f"points have at most two decimals, from 0 to {rules.shown(rules.LARGEST)}: {decimal_text(points)}",
        )
        raise ledger.veto("amount", zh, en, "points")
    return amount
