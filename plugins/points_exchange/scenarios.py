"""Words for scenario files: what an account holds, how often it was posted to, points it starts with."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from engine.extend import Problem, ReadContext, ScenarioVerb, Text, ValueType, WriteContext, parse_input, to_datetime
from plugins.points_exchange import rules
from plugins.points_exchange.inputs import kind_of
from plugins.points_exchange.operations import ledger, reports
from plugins.points_exchange.settings import Policy

_FIGURES = ("balance", "held", "available")
#: Why points are posted.
_REASONS = ("earn", "redeem", "reverse", "expire")


def _fault(zh: str, en: str) -> Problem:
    return Problem("points-scenario", Text(zh, en))


def _holder(ctx: ReadContext, wanted: Mapping[str, Any]) -> str | None:
    """The holder that ``member`` (a person's id or name) or ``partner`` (an id) names."""
    if partner := wanted.get("partner"):
        return f"partner:{partner}"
    person = ctx.directory.find_person(str(wanted.get("member", "")))
    return f"person:{person}" if person else None


def _points(words: Any) -> int | None:
    number = parse_input(ValueType("decimal"), str(words))
    return None if isinstance(number, Problem) else rules.hundredths(Decimal(number))


def _nobody(wanted: Mapping[str, Any]) -> Problem:
    name = wanted.get("member", "")
    return _fault(
        f"没有找到会员“{name}”，写人员编号或姓名。", f"there is no member {name!r}; write a person's id or name"
    )


def balance(ctx: WriteContext, wanted: Mapping[str, Any]) -> Sequence[Problem]:
    """``{member: 覃婉清, kind: 网格积分, balance: 3, held: 0, available: 3}``: what is written is checked."""
    holder = _holder(ctx, wanted)
    if holder is None:
        return [_nobody(wanted)]
    kind = kind_of(ctx, wanted.get("kind"))
    found = next(each for each in reports.balances(ctx, holder) if each.kind.id == kind.id)
    figures = {"balance": found.balance, "held": found.held, "available": found.available}
    return [
        _fault(
            f"{wanted.get('member', holder)}的{name}是{rules.shown(figures[name])}，不是{wanted[name]}",
            f"{name} of {holder} is {rules.shown(figures[name])}, not {wanted[name]}",
        )
        for name in _FIGURES
        if name in wanted and _points(wanted[name]) != figures[name]
    ]


def postings(ctx: WriteContext, wanted: Mapping[str, Any]) -> Sequence[Problem]:
    """``{member: 覃婉清, earn: 2, redeem: 1, reverse: 0}``: how many postings of each reason; no member: all."""
    named = "member" in wanted or "partner" in wanted
    holder = _holder(ctx, wanted) if named else None
    if named and holder is None:
        return [_nobody(wanted)]
    times = reports.postings(ctx, holder)
    return [
        _fault(
            f"{reason}过账{times.get(reason, 0)}次，不是{count}次",
            f"{reason} posted {times.get(reason, 0)}, not {count}",
        )
        for reason, count in wanted.items()
        if reason not in ("member", "partner") and str(count) != str(times.get(reason, 0))
    ]


def given(ctx: WriteContext, wanted: Mapping[str, Any]) -> Sequence[Problem]:
    """``{member: 覃婉清, points: 320, issuer: 黄海路社区}``: points a member starts with."""
    holder = _holder(ctx, wanted)
    issuer = ctx.directory.find_unit(str(wanted.get("issuer", "")))
    points = _points(wanted.get("points"))
    if holder is None:
        return [_nobody(wanted)]
    if issuer is None or not points:
        return [_fault("写明发放单位 issuer 和积分 points。", "say which unit is the issuer and how many points")]
    kind = kind_of(ctx, wanted.get("kind"))
    year = to_datetime(ctx.now).year
    member = ledger.account_id(kind.id, "member", holder)
    source = ledger.account_id(kind.id, "issuer", f"unit:{issuer}")
    ledger.open_accounts(ctx, [member, source])
    ledger.grant(ctx, member, issuer, year, Policy(ctx.settings).expiry(year), points)
    why = ledger.Reason("earn", "opening", f"opening:{ctx.new_id()}", "")
    ledger.post(ctx, kind.id, why, [ledger.Transfer(source, member, issuer, year, points)])
    return []


VERBS = (
    ScenarioVerb("points_exchange.balance", "then", balance, ("member", "partner", "kind", *_FIGURES)),
    ScenarioVerb("points_exchange.postings", "then", postings, ("member", "partner", *_REASONS)),
    ScenarioVerb("points_exchange.given", "given", given, ("member", "partner", "kind", "points", "issuer")),
)
