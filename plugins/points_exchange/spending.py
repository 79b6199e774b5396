"""Actions that spend points: quote at the till, hold, redeem whole or in part, and the undoing of each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Annotated, Any, ClassVar, cast, get_args

from engine.extend import (
    ActionContext,
    Money,
    PersonId,
    Problem,
    StepContext,
    Text,
    Undone,
    UnitId,
    action,
    undo,
)
from plugins.points_exchange import rules, saying
from plugins.points_exchange.inputs import KIND, MEMBER, PARTNER, POINTS, PartnerId, account_of, amount_of, kind_of
from plugins.points_exchange.operations import holds, ledger
from plugins.points_exchange.settings import Policy

AVAILABLE = Text("现有", "available")
MISSING = Text("还差", "missing")


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """The till's rule; what is not said here is set by the district."""

    discount: Annotated[Decimal | None, Text("优惠比例", "discount")] = None
    cap: Annotated[Money | None, Text("每分最多抵扣", "worth of a point at most")] = None
    step: Annotated[Decimal | None, Text("积分取整", "step")] = None
    rounding: Annotated[str | None, Text("优惠额取整", "rounding")] = None
    if_short: Annotated[str | None, Text("积分不够时", "when short")] = None


@dataclass(frozen=True, slots=True, kw_only=True)
class QuoteIn(Terms):
    """A bill at the till, and whose points are to be used for it."""

    bill: Annotated[Money, Text("账单", "bill")]
    member: Annotated[PersonId | None, MEMBER] = None
    partner: Annotated[PartnerId | None, PARTNER] = None
    kind: Annotated[str | None, KIND] = None


@dataclass(frozen=True, slots=True)
class Offer:
    """What the member gives in points, gets off and pays."""

    points: Annotated[Decimal, POINTS]
    discount: Annotated[Money, Text("优惠", "discount")]
    pays: Annotated[Money, Text("应付", "to pay")]


@dataclass(frozen=True, slots=True)
class Some(Offer):
    """Points buy a discount on the bill."""

    title: ClassVar[Text] = Text("可优惠", "a discount")


@dataclass(frozen=True, slots=True)
class Nothing:
    """No discount, and ``why``: too few points to use any, fewer than it takes, or the bill is too small for one."""

    outcome: ClassVar[str] = "none"
    title: ClassVar[Text] = Text("不优惠", "no discount")
    refusing: ClassVar[bool] = True
    available: Annotated[Decimal, AVAILABLE]
    missing: Annotated[Decimal, MISSING]
    why: str

    def problems(self, given: QuoteIn) -> Sequence[Problem]:
        """At whose points do not suffice, or at the bill that is too small."""
        return [_problem(given, cast(rules.Lack, self.why), self.available, self.missing)]


@action("points_exchange.quote", title=Text("算优惠", "quote"), reads=True)
def quote(ctx: StepContext, given: QuoteIn) -> Some | Nothing:
    """The till's offer for what the member can spend now; it keeps nothing."""
    account = account_of(kind_of(ctx, given.kind), given.member, given.partner)
    rule, available = till_rule(Policy(ctx.settings), given), ledger.available(ctx, account)
    offer = rules.quote(given.bill, available, rule)
    if not offer.points:
        lack, needed = rules.lacking(given.bill, rule)
        return Nothing(rules.decimal(available), rules.decimal(max(0, needed - available)), lack)
    return Some(rules.decimal(offer.points), offer.discount, offer.pays)


def till_rule(policy: Policy, given: Terms) -> rules.QuoteRule:
    """The district's rule with what *given* says instead."""
    said: dict[str, Any] = {
        "discount": given.discount,
        "cap": given.cap,
        "step": None if given.step is None else rules.hundredths(given.step),
        "rounding": given.rounding,
        "if_short": given.if_short,
    }
    rule = replace(policy.till, **{name: value for name, value in said.items() if value is not None})
    if rule.rounding not in get_args(rules.Rounding) or rule.if_short not in get_args(rules.IfShort) or rule.step < 1:
        zh = "优惠规则写错了：取整用 half_up、down、up，积分不够用 partial、refuse。"
        raise ledger.veto("rule", zh, "rounding is half_up, down or up; if_short is partial or refuse; step is above 0")
    return rule


def _problem(given: QuoteIn | HoldIn, lack: rules.Lack, available: Decimal, missing: Decimal) -> Problem:
    there, short = rules.hundredths(available), rules.hundredths(missing)
    words = saying.lacking(lack, there, there + short)
    path = "bill" if lack == "small" else "member" if given.member else "partner"
    return Problem("points-small" if lack == "small" else "points-short", words, path=path)


# -- hold and redeem ---------------------------------------------------------


@dataclass(frozen=True, slots=True)
class HoldIn:
    """Whose points to keep, and how many."""

    points: Annotated[Decimal, POINTS]
    member: Annotated[PersonId | None, MEMBER] = None
    partner: Annotated[PartnerId | None, PARTNER] = None
    kind: Annotated[str | None, KIND] = None


@dataclass(frozen=True, slots=True)
class Held:
    """The points are kept for this case."""

    title: ClassVar[Text] = Text("已冻结", "held")
    id: str
    points: Annotated[Decimal, POINTS]


@dataclass(frozen=True, slots=True)
class Refused:
    """There are not enough: how many can be spent, how many are missing."""

    title: ClassVar[Text] = Text("积分不够", "not enough points")
    refusing: ClassVar[bool] = True
    available: Annotated[Decimal, AVAILABLE]
    missing: Annotated[Decimal, MISSING]

    def problems(self, given: HoldIn) -> Sequence[Problem]:
        """At whose points do not suffice."""
        return [_problem(given, "short", self.available, self.missing)]


@action(
    "points_exchange.hold",
    title=Text("冻结积分", "hold points"),
    says=Text("冻结积分", "holds the points"),
    undo="points_exchange.release",
)
def hold(ctx: ActionContext, given: HoldIn) -> Held | Refused:
    """Keep points of a member, those that expire first."""
    points = amount_of(given.points)
    if not points:
        raise ledger.veto("amount", "冻结的积分要大于0。", "hold more than 0 points", "points")
    account = account_of(kind_of(ctx, given.kind), given.member, given.partner)
    kept = holds.keep(ctx, account, points, repr(given))
    if isinstance(kept, holds.Short):
        missing = rules.decimal(points - kept.available)
        return Refused(rules.decimal(kept.available), missing)
    return Held(kept.id, rules.decimal(kept.points))


@undo("points_exchange.release")
def release(ctx: ActionContext, receipt: Mapping[str, Any]) -> Undone:
    """Give the held points back; nothing is left of a hold that was redeemed."""
    return "undone" if holds.release(ctx, receipt["id"]) else "nothing_left"


@dataclass(frozen=True, slots=True)
class RedeemIn:
    """Which hold to take, how much of it (all, unless said) and where."""

    hold: Annotated[str, Text("冻结编号", "hold")]
    points: Annotated[Decimal | None, POINTS] = None
    at: Annotated[UnitId | None, Text("兑换点", "redeeming unit")] = None


@dataclass(frozen=True, slots=True)
class Redeemed:
    """What was taken and its worth for clearing; 0 and no posting where nothing was."""

    outcome: ClassVar[str] = "posted"
    title: ClassVar[Text] = Text("已核销", "redeemed")
    points: Annotated[Decimal, POINTS]
    value: Annotated[Money, Text("折合", "worth")]
    posting: str | None = None


@action(
    "points_exchange.redeem",
    title=Text("核销积分", "redeem points"),
    says=Text("核销积分", "takes the points"),
    undo="points_exchange.restore",
)
def redeem(ctx: ActionContext, given: RedeemIn) -> Redeemed:
    """Take what a hold keeps, whole or in part; the rest goes back at once."""
    kept = holds.named(ctx, given.hold)
    kind = kind_of(ctx, kept["account"].partition(":")[0])
    points = kept["points"] if given.points is None else amount_of(given.points)
    till = ledger.account_id(kind.id, "redeemer", f"unit:{given.at or ctx.unit}")
    posting = holds.take(ctx, kept, till, points, kind.rate, repr(given))
    return Redeemed(rules.decimal(points), rules.face_value(points, kind.rate), posting)


@undo("points_exchange.restore")
def restore(ctx: ActionContext, receipt: Mapping[str, Any]) -> Undone:
    """Give redeemed points back to the lots they came from, with their old expiry."""
    posting = receipt.get("posting")
    if posting is None or ledger.reverse(ctx, posting, "restore") is None:
        return "nothing_left"
    return "undone"


# -- refund ------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class RefundIn:
    """What was redeemed, the bill it was for, and how much of the bill is paid back."""

    posting: Annotated[str, Text("核销编号", "posting")]
    bill: Annotated[Money, Text("账单", "bill")]
    paid_back: Annotated[Money, Text("退款", "paid back")]


@dataclass(frozen=True, slots=True)
class Refunded:
    """The points that went back to their lots, with their old expiry."""

    title: ClassVar[Text] = Text("已退积分", "refunded")
    points: Annotated[Decimal, POINTS]


@action(
    "points_exchange.refund",
    title=Text("退积分", "refund points"),
    says=Text("按退款比例退回积分", "returns points in the share of the refund"),
    undo="impossible",
)
def refund(ctx: ActionContext, given: RefundIn) -> Refunded:
    """Return the same share of the points as of the bill, once for a posting."""
    taken = ledger.turnover(ctx, given.posting)
    if not 0 <= given.paid_back <= given.bill or not taken:
        zh = "退款不能多于账单，核销编号要写对。"
        raise ledger.veto("refund", zh, "a refund is at most the bill, of a posting that exists", "paid_back")
    points = rules.returned(taken, given.bill, given.paid_back, Policy(ctx.settings).till.step)
    back = ledger.reverse(ctx, given.posting, "refund", points) if points else 0
    if back is None:
        zh, en = "这笔核销已经退过，不能再退。", "this posting was refunded before; it cannot be again"
        raise ledger.veto("refunded", zh, en)
    return Refunded(rules.decimal(back))
