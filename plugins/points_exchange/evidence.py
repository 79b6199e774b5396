"""What 系统核对 says about points beside a decision: what service brings, is there enough, what the till gives."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from engine.extend import Amount, Evidence, EvidenceSource, ReadContext, Text, money_words
from plugins.points_exchange import operations as ledger
from plugins.points_exchange import rules
from plugins.points_exchange.inputs import account_of, kind_of
from plugins.points_exchange.rules import shown
from plugins.points_exchange.settings import Policy
from plugins.points_exchange.spending import QuoteIn, till_rule

POINTS = Text("积分", "points")
Receipt = Mapping[str, Any] | None


def _available(ctx: ReadContext, inputs: Mapping[str, Any]) -> int | None:
    """What can be spent now of whom the inputs name, or None while they name nobody."""
    member, partner = inputs.get("member"), inputs.get("partner")
    if not member and not partner:
        return None
    return ledger.available(ctx, account_of(kind_of(ctx, inputs.get("kind")), member, partner))


def for_hold(ctx: ReadContext, inputs: Mapping[str, Any], receipt: Receipt) -> Sequence[Evidence]:
    """Whether the points suffice, or that they are kept already."""
    if receipt is not None:
        kept = shown(rules.hundredths(Decimal(receipt["points"])))
        return [Evidence("ok", POINTS, Text(f"已冻结{kept}分。", f"{kept} points are held."), "/points")]
    available = _available(ctx, inputs)
    if available is None or inputs.get("points") is None:
        return []
    return [enough(rules.hundredths(Decimal(inputs["points"])), available)]


def enough(needed: int, available: int) -> Evidence:
    """What is needed beside what there is."""
    need, have = shown(needed), shown(available)
    if needed <= available:
        words = Text(f"积分够：需{need}分，现有{have}分。", f"Enough points: {need} needed, {have} there.")
        return Evidence("ok", POINTS, words, "/points")
    lack = shown(needed - available)
    zh = f"积分不够：需{need}分，现有{have}分，还差{lack}分。"
    return Evidence(
        "bad", POINTS, Text(zh, f"Not enough points: {need} needed, {have} there, {lack} missing."), "/points"
    )


def for_quote(ctx: ReadContext, inputs: Mapping[str, Any], receipt: Receipt) -> Sequence[Evidence]:
    """What the till gives for this bill, and a thriftier offer where the last point buys next to nothing."""
    if receipt is not None:
        offer = rules.Quote(rules.hundredths(Decimal(receipt["points"])), receipt["discount"], receipt["pays"])
        return [_offered(offer)]
    available = _available(ctx, inputs)
    if available is None or inputs.get("bill") is None:
        return []
    rule = till_rule(Policy(ctx.settings), _asked(inputs))
    offer = rules.quote(inputs["bill"], available, rule)
    if not offer.points:
        have = shown(available)
        return [Evidence("warn", POINTS, Text(f"现有{have}分，这次不优惠。", f"{have} points: no discount this time."))]
    less = rules.thriftier(inputs["bill"], offer, rule)
    return [_offered(offer), *([_thriftier(less)] if less else [])]


def for_earn(ctx: ReadContext, inputs: Mapping[str, Any], receipt: Receipt) -> Sequence[Evidence]:
    """How many points the service brings, or brought; overlapping hours show only when they are credited."""
    if receipt is not None:
        points = shown(rules.hundredths(Decimal(receipt["points"])))
        return [Evidence("ok", POINTS, Text(f"已记{points}分。", f"{points} points are credited."))]
    hours = _decimal(inputs.get("hours"))
    if hours is None:
        return []
    policy = Policy(ctx.settings)
    factor = _decimal(inputs.get("coefficient"))
    if factor is None:
        factor = policy.rate_of(inputs.get("activity"))[0]
    points = shown(rules.earned(rules.minutes_of(hours), factor, policy.earning))
    zh = f"{hours}小时，系数{factor}，可记{points}分。"
    return [Evidence("ok", POINTS, Text(zh, f"{hours} hours at {factor} an hour: {points} points."))]


def _asked(inputs: Mapping[str, Any]) -> QuoteIn:
    return QuoteIn(
        bill=inputs["bill"],
        discount=_decimal(inputs.get("discount")),
        cap=inputs.get("cap"),
        step=_decimal(inputs.get("step")),
        rounding=inputs.get("rounding"),
        if_short=inputs.get("if_short"),
    )


def _decimal(stored: str | None) -> Decimal | None:
    return None if stored is None else Decimal(stored)


def _offered(offer: rules.Quote) -> Evidence:
    points, off, pays = shown(offer.points), money_words(offer.discount), money_words(offer.pays)
    zh = f"用{points}分，优惠{off.zh}，应付{pays.zh}。"
    words = Text(zh, f"{points} points for {off.en} off, {pays.en} to pay.")
    return Evidence("ok", Text("算账", "The sum"), words, sum=_lines(offer))


def _lines(offer: rules.Quote) -> tuple[Amount, ...]:
    """The offer as on a receipt; every amount with its two decimals, one under the other."""
    points = shown(offer.points)
    return (
        Amount(Text("原价", "Price"), money_words(offer.discount + offer.pays)),
        Amount(Text("优惠", "Off"), Text(*(f"−{words}" for words in money_words(offer.discount)))),
        Amount(Text("用分", "Points"), Text(f"{points}分", points)),
        Amount(Text("应付", "To pay"), money_words(offer.pays)),
    )


def _thriftier(offer: rules.Quote) -> Evidence:
    points, off = shown(offer.points), money_words(offer.discount)
    zh = f"只用{points}分也能优惠{off.zh}，更合算。"
    return Evidence("warn", POINTS, Text(zh, f"{points} points are already worth {off.en} off."))


EVIDENCE = (
    EvidenceSource("points_exchange.earn", for_earn),
    EvidenceSource("points_exchange.hold", for_hold),
    EvidenceSource("points_exchange.quote", for_quote),
)
