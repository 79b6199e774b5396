"""The actions that processes call: hold, confirm, check out, and how they are undone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any, ClassVar

from engine.extend import (
    ActionContext,
    Micros,
    Of,
    Period,
    Problem,
    Text,
    Undone,
    Veto,
    action,
    to_datetime,
    undo,
)
from plugins.venue_sharing.operations import venues
from plugins.venue_sharing.rules import ABOUT, Refusal

VenueId = Annotated[str, Of("venue")]


@dataclass(frozen=True, slots=True)
class HoldIn:
    """Which venue, when, for how many people."""

    venue: Annotated[VenueId, Text("场地", "venue")]
    period: Annotated[Period, Text("时段", "time")]
    people: Annotated[int, Text("人数", "people")] = 0


@dataclass(frozen=True, slots=True)
class Held:
    """The venue is held; ``id`` names the booking, ``until`` is when the hold lapses, if it does."""

    title: ClassVar[Text] = Text("已锁定", "held")
    id: str
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Refused:
    """The venue cannot be had: a sentence for people, a code (see rules.Why) for formulas, the nearest free time."""

    title: ClassVar[Text] = Text("不能锁定", "refused")
    refusing: ClassVar[bool] = True
    reason: str
    reason_en: str
    why: str
    gap: Period | None = None

    def problems(self, _: HoldIn) -> Sequence[Problem]:
        """The sentence at the input to change."""
        return [Problem(f"venue-{self.why}", Text(self.reason, self.reason_en), path=ABOUT.get(self.why, "period"))]


@dataclass(frozen=True, slots=True)
class BookingIn:
    """Which booking: the ``id`` that ``hold`` gave."""

    hold: str


@dataclass(frozen=True, slots=True)
class Confirmed:
    """The booking stands."""

    title: ClassVar[Text] = Text("已生效", "confirmed")
    id: str


@dataclass(frozen=True, slots=True)
class Expired:
    """The hold lapsed, was let go, or its time began before it was confirmed."""

    title: ClassVar[Text] = Text("锁定已到期", "expired")


@dataclass(frozen=True, slots=True)
class CheckedOut:
    """The venue was handed back."""

    title: ClassVar[Text] = Text("已清场", "checked out")
    id: str


@action(
    "venue_sharing.hold",
    title=Text("锁定场地", "hold the venue"),
    says=Text("锁定场地，这个时段不再借给别家", "holds the venue, so that nobody else gets this time"),
    undo="venue_sharing.release",
)
def hold(ctx: ActionContext, i: HoldIn) -> Held | Refused:
    """Hold a venue for the case; it stays held until the case lets go, unless the district sets ``lapse``."""
    room = venues.venue_with(ctx, i.venue)
    if room is None:
        text = Text("没有这处场地。从场地列表里另选一处。", "There is no such venue; choose one from the list.")
        return _refused(Refusal("unknown", text))
    no = venues.refusal(ctx, room, i.period, i.people)
    if no is not None:
        return _refused(no)
    until = _until(ctx)
    placed = venues.place(ctx, room, i.period, i.people, until)
    if isinstance(placed, Refusal):
        return _refused(placed)
    return Held(placed, to_datetime(until) if until is not None else None)


def _until(ctx: ActionContext) -> Micros | None:
    lapse = ctx.settings["lapse"]
    return ctx.calendar.add(ctx.now, lapse) if lapse is not None else None


def _refused(no: Refusal) -> Refused:
    return Refused(no.text.zh, no.text.en, no.why, no.gap)


@undo("venue_sharing.release")
def release(ctx: ActionContext, receipt: Mapping[str, Any]) -> Undone:
    """Let go of a booking and its half hours; one that was used stays in the books."""
    row = venues.locked(ctx, receipt["id"])
    if row is None or row["status"] in ("released", "expired"):
        return "nothing_left"
    if row["status"] == "used":
        return "kept"
    venues.let_go(ctx, row["id"], "released")
    return "undone"


@action(
    "venue_sharing.confirm",
    title=Text("预约生效", "confirm the booking"),
    says=Text("预约生效", "confirms the booking"),
    undo="venue_sharing.unconfirm",
)
def confirm(ctx: ActionContext, i: BookingIn) -> Confirmed | Expired:
    """Turn a hold into a booking that stands; what has begun is too late to be lent."""
    row = venues.locked(ctx, i.hold)
    if row is None or row["status"] in ("released", "expired"):
        return Expired()
    if row["status"] == "held":
        if row["starts_at"] <= ctx.now or (row["until"] is not None and row["until"] <= ctx.now):
            venues.let_go(ctx, row["id"], "expired")
            return Expired()
        venues.move(ctx, row["id"], "confirmed")
    return Confirmed(row["id"])


@undo("venue_sharing.unconfirm")
def unconfirm(ctx: ActionContext, receipt: Mapping[str, Any]) -> Undone:
    """Make a confirmed booking a hold again; undoing the hold is what lets go of it."""
    row = venues.locked(ctx, receipt["id"])
    if row is None or row["status"] != "confirmed":
        return "kept" if row is not None and row["status"] == "used" else "nothing_left"
    venues.move(ctx, row["id"], "held")
    return "undone"


@action(
    "venue_sharing.check_out",
    title=Text("清场", "check out"),
    says=Text("记下场地已交还", "records that the venue was handed back"),
)
def check_out(ctx: ActionContext, i: BookingIn) -> CheckedOut:
    """Record that the venue was used and handed back."""
    row = venues.locked(ctx, i.hold)
    if row is None or row["status"] not in ("confirmed", "used"):
        zh, en = "这次预约没有生效，不能清场。请联系管理员。", "This booking does not stand; ask an administrator."
        raise Veto((Problem("venue-not-confirmed", Text(zh, en)),))
    venues.move(ctx, row["id"], "used")
    return CheckedOut(row["id"])
