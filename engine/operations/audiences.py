"""Whom plugins name: an audience that is nobody is a fault of theirs, told where it is named."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from typing import Final

from engine.audience import AtHome, Audience, AudienceKey, NoAudience, RoleAt, User, parse_audience
from engine.definition.district.roles import RoleTable
from engine.extend.calls.faults import AnswerError, plugin_fault
from engine.extend.calls.places import called_from, written_at
from engine.extend.contributions import Resolver
from engine.extend.emitted import Message
from engine.i18n import Text
from engine.operations.context import Context
from engine.operations.reading.people import People
from engine.store.transactions.runner import Tx

_LOG: Final = logging.getLogger("rongtong.plugins")
_NOBODY: Final = Text(
    "没有这样的办理人，写 user:人、role:角色@单位 或 any@单位",
    "nobody is asked by this audience; write user:PERSON, role:ROLE@UNIT or any@UNIT",
)


def must_reach(ctx: Context, people: People, plugin: str, message: Message) -> None:
    """Raise AnswerError where *plugin* hands over a *message* to somebody whom the district does not have.

    That is a person, a role or a unit; the place is the line that hands it over.
    """
    if fault := _lacking(ctx, people, parse_audience(message.to)):
        raise plugin_fault(AnswerError, plugin, *fault, called_from(ctx.registry.folder(plugin)))


def must_answer(
    ctx: Context, tx: Tx, people: People, plugin: str, resolver: Resolver, keys: Sequence[str]
) -> tuple[AudienceKey, ...]:  # fmt: skip
    """What *resolver* of *plugin* answered, read. Raises AnswerError where it names one that nobody ever answers to.

    The key itself is for the log alone: it may hold what people typed.
    """
    tx.sound()  # what it swallowed comes first: looking up whom it named would fail of that
    for key in keys:
        if (fault := _unasked(ctx, people, key)) is not None:
            name = resolver.spec.name
            _LOG.error("%s answered %r: %s", name, key, fault.en)
            zh, en = f"{name}答错了人：{fault.zh}", f"{name} answered wrong: {fault.en}"
            raise plugin_fault(AnswerError, plugin, zh, en, written_at(resolver.resolve))
    return tuple(map(AudienceKey, keys))


def _unasked(ctx: Context, people: People, key: str) -> Text | None:
    """Why nobody is ever asked by *key*: a person is, a role at a unit, anybody of a unit or of the district."""
    try:
        audience = parse_audience(key)
    except NoAudience:
        return _NOBODY
    if isinstance(audience, AtHome) or (isinstance(audience, RoleAt) and not audience.unit):
        return _NOBODY
    return _lacking(ctx, people, audience)


def _lacking(ctx: Context, people: People, audience: Audience) -> Text | None:
    """What the district does not have of whom *audience* names; who has left and what has ended was there."""
    if isinstance(audience, User):
        known = people.knows_person(audience.person)
        return None if known else Text("本区没有这个人", "the district has no such person")
    role, unit = audience.role if isinstance(audience, RoleAt) else "", audience.unit
    if role and not RoleTable(ctx.id, ctx.district.roles).has(role):
        return Text(f"本区没有“{role}”这个角色", f"the district has no role {role!r}")
    if unit and not people.knows_unit(unit):
        return Text("本区没有这个单位", "the district has no such unit")
    return None
