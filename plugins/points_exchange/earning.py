"""Actions that credit points: freeze a coefficient at publication, earn by service, and take it back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Annotated, Any, ClassVar

from engine.extend import (
    ActionContext,
    Period,
    PersonId,
    StepContext,
    Text,
    Undone,
    UnitId,
    action,
    to_datetime,
    undo,
)
from plugins.points_exchange import rules
from plugins.points_exchange.inputs import HOURS, KIND, MEMBER, PARTNER, POINTS, SERVED, PartnerId, account_of, kind_of
from plugins.points_exchange.operations import ledger, service
from plugins.points_exchange.settings import Policy
from plugins.points_exchange.tables import posting as postings


@dataclass(frozen=True, slots=True)
class CoefficientIn:
    """The activity whose coefficient is to be frozen."""

    activity: Annotated[str, Text("活动", "activity")]


@dataclass(frozen=True, slots=True)
class Frozen:
    """Points an hour as set now; what is set later does not change them."""

    title: ClassVar[Text] = Text("系数已定", "coefficient frozen")
    coefficient: Annotated[Decimal, Text("系数", "coefficient")]
    kind: Annotated[str, KIND]


@action("points_exchange.coefficient", title=Text("定系数", "freeze the coefficient"), reads=True)
def coefficient(ctx: StepContext, given: CoefficientIn) -> Frozen:
    """Read the activity's coefficient at publication, for the case to keep."""
    policy = Policy(ctx.settings)
    rate, kind = policy.rate_of(given.activity)
    return Frozen(rate, kind_of(ctx, kind).id)


@dataclass(frozen=True, slots=True)
class EarnIn:
    """Who served for how long. Without a coefficient, today's one of the activity counts."""

    hours: Annotated[Decimal, HOURS]
    member: Annotated[PersonId | None, MEMBER] = None
    partner: Annotated[PartnerId | None, PARTNER] = None
    activity: Annotated[str | None, Text("活动", "activity")] = None
    coefficient: Annotated[Decimal | None, Text("系数", "coefficient")] = None
    served: Annotated[Period | None, SERVED] = None
    on: Annotated[date | None, Text("服务日期", "day of service")] = None
    kind: Annotated[str | None, KIND] = None
    issuer: Annotated[UnitId | None, Text("发放单位", "issuer")] = None


@dataclass(frozen=True, slots=True)
class Earned:
    """What was credited; 0 and no posting where all of it was counted before or capped."""

    title: ClassVar[Text] = Text("已记分", "credited")
    points: Annotated[Decimal, POINTS]
    posting: str | None = None


@action(
    "points_exchange.earn",
    title=Text("记积分", "credit points"),
    says=Text("给服务的人记积分", "credits points to who served"),
    pays="member",
    undo="points_exchange.revoke",
)
def earn(ctx: ActionContext, given: EarnIn) -> Earned:
    """Hours times coefficient, less what overlaps or is over a cap, into the lot of the year of service."""
    policy = Policy(ctx.settings)
    rate, usual = policy.rate_of(given.activity)
    kind = kind_of(ctx, given.kind or usual)
    member, issuer = account_of(kind, given.member, given.partner), given.issuer or ctx.unit
    ledger.open_accounts(ctx, [member, ledger.account_id(kind.id, "issuer", f"unit:{issuer}")])
    body = repr(given)
    if before := ledger.posted(ctx, postings, body):
        return Earned(rules.decimal(service.points_of(ctx, before["id"])), before["id"])
    day = service.day_of(ctx, given.on, given.served)
    factor = rate if given.coefficient is None else given.coefficient
    if given.hours < 0 or factor < 0:
        raise ledger.veto("hours", "时长和系数不能小于0。", "hours and coefficient cannot be below 0", "hours")
    done = service.Served(given.activity or "", given.hours, factor, day, given.served)
    counted = service.countable(ctx, member, done, policy.earning)
    points = counted.points
    if not points:
        return Earned(Decimal(0))
    year = policy.year(day, to_datetime(ctx.now).date())
    posting = service.credit(ctx, kind.id, member, issuer, points, (year, policy.expiry(year)), body)
    service.record(ctx, posting, member, done, counted)
    return Earned(rules.decimal(points), posting)


@undo("points_exchange.revoke")
def revoke(ctx: ActionContext, receipt: Mapping[str, Any]) -> Undone:
    """Take credited points back as far as they are not spent or held."""
    posting = receipt.get("posting")
    if posting is None:
        return "nothing_left"
    service.revoke(ctx, posting)
    return _undone(ledger.reverse(ctx, posting, "revoke"))


def _undone(points: int | None) -> Undone:
    if points is None:
        return "nothing_left"
    return "undone" if points else "kept"
