"""What 系统核对 says about points beside a decision: what service brings, is there enough, what the till gives."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from engine.extend import Amount, Evidence, EvidenceSource, ReadContext, Text, decimal_text, money_words
from plugins.points_exchange import rules, saying
from plugins.points_exchange.inputs import account_of, kind_of
from plugins.points_exchange.operations import holds, ledger
from plugins.points_exchange.rules import shown
from plugins.points_exchange.settings import Policy
from plugins.points_exchange.spending import Terms, till_rule

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
        return [Evidence("ok", POINTS, _held(ctx, receipt["id"]), "/points")]
    available = _available(ctx, inputs)
    if available is None or inputs.get("points") is None:
        return []
    needed = rules.hundredths(Decimal(inputs["points"]))
    if needed <= available:
        return [Evidence("ok", POINTS, saying.enough(available, needed), "/points")]
    return [Evidence("bad", POINTS, saying.lacking("short", available, needed), "/points")]


def _held(ctx: ReadContext, key: str) -> Text:
    """What has become of a hold by now."""
    kept = holds.named(ctx, key)
    points, taken, back = (shown(each) for each in (kept["points"], kept["taken"], kept["points"] - kept["taken"]))
    if kept["status"] == "open":
        return Text(f"已冻结{points}分。", f"{points} points are held.")
    if kept["status"] == "released":
        return Text(f"冻结的{points}分已退回。", f"The {points} points held went back.")
    if kept["taken"] == kept["points"]:
        return Text(f"冻结的{points}分已核销。", f"The {points} points held are taken.")
    zh = f"冻结的{points}分核销{taken}分，退回{back}分。"
    return Text(zh, f"Of the {points} points held {taken} are taken, {back} went back.")


def for_quote(ctx: ReadContext, inputs: Mapping[str, Any], receipt: Receipt) -> Sequence[Evidence]:
    """What the till gives for this bill, and a thriftier offer where the last point buys next to nothing."""
    if receipt is not None:
        offer = rules.Quote(rules.hundredths(Decimal(receipt["points"])), receipt["discount"], receipt["pays"])
        return [_offered(offer)]
    available = _available(ctx, inputs)
    if available is None or inputs.get("bill") is None:
        return []
    rule = till_rule(Policy(ctx.settings), _terms(inputs))
    offer = rules.quote(inputs["bill"], available, rule)
    if not offer.points:
        lack, needed = rules.lacking(inputs["bill"], rule)
        return [Evidence("warn", POINTS, saying.lacking(lack, available, needed))]
    less = rules.thriftier(inputs["bill"], offer, rule)
    return [_offered(offer), *([_thriftier(less)] if less else [])]


def for_settle(ctx: ReadContext, inputs: Mapping[str, Any], receipt: Receipt) -> Sequence[Evidence]:
    """What is taken and paid after part of the goods went back; it takes the place of the first offer."""
    bill, returned, hold = inputs.get("bill"), inputs.get("returned"), inputs.get("hold")
    if bill is None or returned is None or hold is None:
        return []
    if receipt is not None:
        offer = rules.Quote(rules.hundredths(Decimal(receipt["points"])), receipt["discount"], receipt["pays"])
        return [_offered(offer, returned)]
    kept = holds.named(ctx, hold)["points"]
    return [_offered(rules.settled(bill, returned, kept, till_rule(Policy(ctx.settings), _terms(inputs))), returned)]


def for_refund(ctx: ReadContext, inputs: Mapping[str, Any], receipt: Receipt) -> Sequence[Evidence]:
    """What was paid back of the bill, and the points that went back with it."""
    posting, bill, back = inputs.get("posting"), inputs.get("bill"), inputs.get("paid_back")
    if posting is None or bill is None or back is None:
        return []
    if receipt is not None:
        points = shown(rules.hundredths(Decimal(receipt["points"])))
    else:
        points = shown(rules.returned(ledger.turnover(ctx, posting), bill, back, Policy(ctx.settings).till.step))
    paid_back = money_words(back)
    words = Text(f"退款{paid_back.zh}，退回{points}分。", f"{paid_back.en} paid back, {points} points returned.")
    lines = (Amount(Text("退款", "Paid back"), paid_back), Amount(Text("退分", "Points back"), _points(points)))
    return [Evidence("ok", Text("退款", "The refund"), words, sum=lines)]


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
    long, rate = decimal_text(hours), decimal_text(factor)
    zh = f"{long}小时，系数{rate}，可记{points}分。"
    return [Evidence("ok", POINTS, Text(zh, f"{long} hours at {rate} an hour: {points} points."))]


def _terms(inputs: Mapping[str, Any]) -> Terms:
    return Terms(
        discount=_decimal(inputs.get("discount")),
        cap=inputs.get("cap"),
        step=_decimal(inputs.get("step")),
        rounding=inputs.get("rounding"),
        if_short=inputs.get("if_short"),
    )


def _decimal(stored: str | None) -> Decimal | None:
    return None if stored is None else Decimal(stored)


def _offered(offer: rules.Quote, returned: int = 0) -> Evidence:
    points, off, pays = shown(offer.points), money_words(offer.discount), money_words(offer.pays)
    zh = f"用{points}分，优惠{off.zh}，应付{pays.zh}。"
    words = Text(zh, f"{points} points for {off.en} off, {pays.en} to pay.")
    return Evidence("ok", Text("算账", "The sum"), words, sum=_lines(offer, returned))


def _lines(offer: rules.Quote, returned: int) -> tuple[Amount, ...]:
    """The offer as on a receipt; every amount with its two decimals, one under the other."""
    return (
        Amount(Text("原价", "Price"), money_words(returned + offer.discount + offer.pays)),
        *([Amount(Text("退货", "Returned"), _less(returned))] if returned else []),
        Amount(Text("优惠", "Off"), _less(offer.discount)),
        Amount(Text("实扣", "Points taken") if returned else Text("用分", "Points"), _points(shown(offer.points))),
        Amount(Text("应付", "To pay"), money_words(offer.pays)),
    )


def _less(fen: int) -> Text:
    return Text(*(f"−{words}" for words in money_words(fen)))


def _points(points: str) -> Text:
    return Text(f"{points}分", points)


def _thriftier(offer: rules.Quote) -> Evidence:
    points, off = shown(offer.points), money_words(offer.discount)
    zh = f"只用{points}分也能优惠{off.zh}，更合算。"
    return Evidence("warn", POINTS, Text(zh, f"{points} points are already worth {off.en} off."))


EVIDENCE = (
    EvidenceSource("points_exchange.earn", for_earn),
    EvidenceSource("points_exchange.hold", for_hold),
    EvidenceSource("points_exchange.quote", for_quote),
    EvidenceSource("points_exchange.refund", for_refund),
    EvidenceSource("points_exchange.settle", for_settle),
)
