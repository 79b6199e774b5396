"""Who is promised when: a partner, a team or a person is in one place at a time, and the promise can be taken back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, ClassVar

from engine.extend import (
    ActionContext,
    Of,
    Period,
    PersonId,
    Problem,
    Text,
    Undone,
    UnitId,
    action,
    span_words,
    to_micros,
    undo,
)
from plugins.partner_registry.operations import diary, register

PartnerId = Annotated[str, Of("partner")]


@dataclass(frozen=True, slots=True)
class EngageIn:
    """When, and one of the three: a partner, a team, a person."""

    period: Annotated[Period, Text("时段", "time")]
    partner: Annotated[PartnerId | None, Text("合伙人", "partner")] = None
    team: Annotated[UnitId | None, Text("队伍", "team")] = None
    person: Annotated[PersonId | None, Text("人员", "person")] = None


@dataclass(frozen=True, slots=True)
class Engaged:
    """The time is theirs for this case; ``id`` names the promise."""

    title: ClassVar[Text] = Text("已约定", "engaged")
    id: str
    period: Annotated[Period, Text("时段", "time")]


@dataclass(frozen=True, slots=True)
class Taken:
    """They are elsewhere then, or the time is over: a sentence, a code (past, long, busy), the nearest free time."""

    title: ClassVar[Text] = Text("约不到", "not to be had then")
    refusing: ClassVar[bool] = True
    reason: str
    reason_en: str
    why: str
    gap: Period | None = None

    def problems(self, _: EngageIn) -> Sequence[Problem]:
        """The sentence at the time."""
        return [Problem(f"partner-{self.why}", Text(self.reason, self.reason_en), path="period")]


@action(
    "partner_registry.engage",
    title=Text("约定时间", "engage for a time"),
    says=Text("约定时间，这个时段不再约给别家", "engages them, so that nobody else gets this time"),
    undo="partner_registry.disengage",
)
def engage(ctx: ActionContext, given: EngageIn) -> Engaged | Taken:
    """Promise the time of a partner, a team or a person to the case, half hour by half hour."""
    whom, name = _whom(ctx, given)
    begins, ends = to_micros(given.period.start), to_micros(given.period.end)
    if begins < ctx.now:
        return _taken("past", "这个时段已经过去，改选之后的。", "This time has passed; choose a later one.")
    if ends - begins > diary.LONGEST:
        return _taken("long", "一次最多约14天，把时段改短。", "Two weeks at most; choose a shorter time.")
    key, stands = diary.write(ctx, whom, begins, ends)
    if stands:
        return Engaged(key, given.period)
    gap = diary.nearest(ctx, whom, given.period, but=key)
    zh, en = f"{name}这个时段已约给别家。", f"{name} is engaged then."
    if gap is not None:
        when = span_words(gap, ctx.now)
        zh, en = f"{zh}最近的空档是{when.zh}。", f"{en} The nearest gap is {when.en}."
    return _taken("busy", zh, en, gap)


def _taken(why: str, zh: str, en: str, gap: Period | None = None) -> Taken:
    return Taken(zh, en, why, gap)


def _whom(ctx: ActionContext, given: EngageIn) -> tuple[str, str]:
    """The key in the diary and the name of whom it is about."""
    named = {"partner": given.partner, "unit": given.team, "person": given.person}
    found = [(kind, key) for kind, key in named.items() if key]
    if len(found) != 1:
        raise register.veto("whom", "合伙人、队伍、人员只写一个。", "name one of partner, team and person")
    ((kind, key),) = found
    if kind == "partner":
        row = register.find(ctx, key)
        name = row["name"] if row else ""
    else:
        name = ctx.directory.unit_name(key) if kind == "unit" else ctx.directory.person_name(key)
    return f"{kind}:{key}", name


@undo("partner_registry.disengage")
def disengage(ctx: ActionContext, receipt: Mapping[str, Any]) -> Undone:
    """Let go of a promised time; nothing is left of one that was let go before."""
    return "undone" if diary.strike(ctx, receipt["id"]) else "nothing_left"
