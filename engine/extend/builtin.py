"""The engine's own contributions, registered through the same hooks as any plugin's."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from engine.audience import role_key, user_key
from engine.extend.actions import Action, action
from engine.extend.context import ActionContext
from engine.extend.emitted import Message
from engine.extend.hookspecs import hookimpl
from engine.extend.shapes import PersonId, UnitId
from engine.i18n import Text, both


@dataclass(frozen=True, slots=True)
class TellIn:
    """Whom to tell what: a person, or the holders of a role of a unit. A unit without a role tells nobody."""

    words: str
    person: PersonId | None = None
    unit: UnitId | None = None
    role: str | None = None


@dataclass(frozen=True, slots=True)
class Told:
    """The notice is on its way to ``to``, an audience key."""

    title: ClassVar[Text] = Text("已告知", "told")
    to: str


@dataclass(frozen=True, slots=True)
class Nobody:
    """Nobody was named, so nobody was told."""

    title: ClassVar[Text] = Text("没有可告知的人", "nobody to tell")
    refusing: ClassVar[bool] = True


@action(
    "engine.tell", title=Text("告知", "tell"), says=Text("发出通知", "sends a notice"), needs={"unit": "role"}
)
def tell(ctx: ActionContext, given: TellIn) -> Told | Nobody:
    """Send ``words`` as a notice after commit."""
    to = _audience(given)
    if not to:
        return Nobody()
    ctx.emit(Message(to, both(given.words)))
    return Told(to)


def _audience(given: TellIn) -> str:
    if given.person:
        return user_key(given.person)
    return role_key(given.role, given.unit) if given.unit and given.role else ""


@hookimpl
def register_actions() -> Sequence[Action[Any, Any]]:
    """The actions of every process."""
    return [tell]
