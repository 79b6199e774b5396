"""The action that looks at what somebody reports of a service: when it was, and for how long it can have been."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Annotated, ClassVar

from engine.extend import Period, Problem, StepContext, Text, action, moment_words, to_datetime, to_micros
from plugins.points_exchange.inputs import HOURS, SERVED
from plugins.points_exchange.rules import minutes_of, rounded

_MINUTE = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class AttendIn:
    """The hours that are reported now, the time of the service if that is told, and since when it was somebody's."""

    hours: Annotated[Decimal, HOURS]
    served: Annotated[Period | None, SERVED] = None
    since: Annotated[datetime | None, Text("接单时间", "accepted")] = None


@dataclass(frozen=True, slots=True)
class Fits:
    """When the service was: as told, else the hours before now."""

    title: ClassVar[Text] = Text("时长相符", "the hours fit")
    served: Annotated[Period, SERVED]


@dataclass(frozen=True, slots=True)
class Unfit:
    """The hours or the time cannot be right: why, and for which of the two."""

    title: ClassVar[Text] = Text("时长对不上", "the hours do not fit")
    refusing: ClassVar[bool] = True
    reason: str
    reason_en: str
    about: str

    def problems(self, _: AttendIn) -> Sequence[Problem]:
        """The sentence at the hours or at the time."""
        return [Problem("points-hours", Text(self.reason, self.reason_en), path=self.about)]


@action("points_exchange.attend", title=Text("核对服务时长", "look at the hours of service"), reads=True)
def attend(ctx: StepContext, given: AttendIn) -> Fits | Unfit:
    """Nobody serves before they took the order, after they report it, or longer than between the two."""
    found = attended(given.hours, given.served, given.since, to_datetime(ctx.now))
    return Fits(found) if isinstance(found, Period) else found


def attended(hours: Decimal, told: Period | None, since: datetime | None, now: datetime) -> Period | Unfit:
    """When a service of so many hours was: the time *told*, else the hours up to *now*; not before *since*.

    Seconds do not count: the minute that has begun at either end is whole.
    """
    length = timedelta(minutes=rounded(minutes_of(hours), "up"))
    end = now.replace(second=0, microsecond=0)
    first = None if since is None else since.replace(second=0, microsecond=0)
    if told is not None:
        return _told(length, told, first, now)
    if first is None or length <= end - first + _MINUTE:
        return Period(end - length, end)
    return Unfit(*_passed(max((end - first) // _MINUTE, 0)), "hours")  # no less, where the clock was set back


def _passed(minutes: int) -> Text:
    """That so many minutes since the order are too few for the hours reported."""
    hour, minute = divmod(minutes, 60)
    long = [(hour, f"{hour}小时", f"{hour} h"), (minute, f"{minute}分钟", f"{minute} min")]
    zh, en = "".join(zh for many, zh, _ in long if many), " ".join(en for many, _, en in long if many)
    begins = f"从接单到现在只有{zh}。" if minutes else "刚刚接单。"
    passed = f"Only {en} passed since the order was accepted" if minutes else "The order was accepted only now"
    return Text(f"{begins}时长改小，或做完再报。", f"{passed}; report it when it is done.")


def _told(length: timedelta, told: Period, first: datetime | None, now: datetime) -> Period | Unfit:
    if told.end > now + _MINUTE:
        return Unfit("这个时段还没有过完，做完再报。", "This time is not over; report it when it is done.", "served")
    if first is not None and told.start < first:
        when = moment_words(first, to_micros(now))
        zh = f"这个时段早于接单（{when.zh}），改成接单之后的。"
        return Unfit(zh, f"This begins before the order was accepted ({when.en}).", "served")
    if length > told.end - told.start:
        return Unfit("时长比服务时段还长，把时长改小。", "These are more hours than the time has.", "hours")
    return told
