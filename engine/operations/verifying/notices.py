"""What ``verify`` checks of notices: whoever was told of a case is who its journal says was to be told, and of what."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from engine.audience import AudienceKey, RoleAt, parse_audience, person_of, role_key
from engine.clock import Micros
from engine.operations.commands.projection import cause
from engine.operations.context import Context
from engine.operations.reading.history import Turn
from engine.operations.verifying.verdict import Broken, broken, reading
from engine.store import journal, verify_reads
from engine.store.transactions.runner import Tx

#: The kind of what plugins say on their own: of these the journal of a case holds nothing.
_OF_PLUGINS: Final = "message"
#: The journal of what somebody has read of their notices is theirs.
_READ: Final = "person:"


@dataclass(frozen=True, slots=True)
class _Told:
    """An audience that a command of a case was to tell of something, whom it must not have reached, and since when."""

    n: int | None
    kind: str
    audience: AudienceKey
    since: Micros
    by: str


def check_notices(ctx: Context, tx: Tx, case: Any, history: list[Turn], erased: bool) -> Iterator[Broken]:
    """Every notice of a case is one that its journal leads to; nobody was told by hand, nobody's notice is gone."""
    told = [
        _Told(cause(turn.events), event["what"], audience, turn.entry.at, turn.entry.actor)
        for turn in history for event in turn.events if event["e"] == "told" for audience in event["to"]
    ]  # fmt: skip
    rows = verify_reads.notices(tx, ctx.id, case.id)
    persons = sorted({row.person for row in rows if isinstance(row.person, str)})
    behind = verify_reads.answered_to(tx, ctx.id, persons) if persons else {}
    for row in rows:
        before = (one for one in told if (one.n, one.kind) == (row.n, row.kind) and one.since <= row.at)
        wanted = {_anywhere(one.audience) for one in before}
        place = f"{case.number} {row.person}"
        if erased or not (isinstance(row.zh, str) and isinstance(row.en, str)):
            yield broken("notice", place, "消息清除得不干净或读不出来", "a notice that was erased or cannot be read")
        elif row.kind != _OF_PLUGINS and not wanted & behind.get(row.person, set()):
            yield broken("notice", place, "流水没有说要告知", "its journal does not say that they were to be told")
        elif row.kind == _OF_PLUGINS and row.at < case.started_at:
            yield broken("notice", place, "消息早于办件", "a notice from before the case")
    if not erased:
        yield from _gone(ctx, tx, case, told, history, {(row.person, row.n, row.kind) for row in rows})


def _anywhere(audience: AudienceKey) -> AudienceKey:
    """A role without its unit: who held it where is known of today, not of the day when somebody was told."""
    match parse_audience(audience):
        case RoleAt(role):
            return role_key(role)
    return audience


def _gone(
    ctx: Context, tx: Tx, case: Any, told: list[_Told], history: list[Turn], held: set[tuple[str, int | None, str]]
) -> Iterator[Broken]:
    """Whoever was named to be told has the notice, unless it is still to come, was given up, or was taken back."""
    if verify_reads.undelivered(tx, ctx.id, case.id):
        return
    recalled = {event["n"] for turn in history for event in turn.events
                if event["e"] == "noted" and event.get("how") == "take_back"}
    for one in told:
        person = person_of(one.audience)
        # What is said in the same words is said once, and of a comment nobody hears who may no longer see the case.
        if not person or person == one.by or one.kind == "comment" or one.n in recalled - {None}:
            continue
        if not any(whom == person and n == one.n for whom, n, _ in held):
            place = f"{case.number} {person}"
            yield broken("notice", place, "流水说要告知，消息没有了", "they were told, and it is gone")


def check_read(ctx: Context, tx: Tx, erased: bool) -> Iterator[Broken]:
    """A notice was read when its reader's journal says so; where cases were *erased*, fewer are left than were read."""
    told: Counter[tuple[str, Micros]] = Counter()
    for row in verify_reads.streams(tx, ctx.id):
        if row.id.startswith(_READ):
            yield from reading("notice", row.id, _counted(ctx, tx, row.id, told))
    for row in verify_reads.stray_notices(tx, ctx.id):
        yield broken("notice", f"{row.person}", "消息不属于任何办件", "a notice of no case")
    held = Counter({(row.person, row.read_at): row.many for row in verify_reads.read_notices(tx, ctx.id)})
    for person, at in (held - told) if erased else (held - told) | (told - held):
        yield broken("notice", f"{person}", "读消息的时刻和流水不同", f"what they read at {at} is not in their journal")


def _counted(ctx: Context, tx: Tx, stream: str, told: Counter[tuple[str, Micros]]) -> Iterator[Broken]:
    """Count what a journal says was read; nothing is broken by it that the chain does not tell."""
    for entry in journal.read(tx, ctx.id, stream):
        told[stream.removeprefix(_READ), entry.at] += (journal.said(entry) or {}).get("read", 0)
    yield from ()
