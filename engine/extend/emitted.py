"""What a plugin hands over to leave after commit: messages to people, and jobs of its own."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from engine.audience import NoAudience, RoleAt, User, parse_audience
from engine.clock import Micros
from engine.errors import Misuse
from engine.i18n import Text


@dataclass(frozen=True)
class Message:
    """A notice to a person (``user:ID``) or the holders of a role (``role:R@UNIT``), delivered after commit.

    It leads to the case. Raises NoAudience for another: nobody would hear.
    """

    to: str
    text: Text

    def __post_init__(self) -> None:
        if not _told(self.to):
            raise NoAudience(Text(
                "没有这样的收件人，谁也收不到。写 user:人 或 role:角色@单位。",
                "nobody is told by this audience; write user:PERSON or role:ROLE@UNIT",
            ))  # fmt: skip
        if not isinstance(self.text, Text):
            raise Misuse(Text("消息的文字要用 Text(中文, 英文)。", "the words of a message have to be a Text(zh, en)"))


def _told(to: object) -> bool:
    """Whether a notice may go to *to*; a unit without a role is told by pages, never person by person."""
    if not isinstance(to, str) or to.split() != [to]:
        return False  # a gap is a slip of the pen
    try:
        audience = parse_audience(to)
    except NoAudience:
        return False
    return isinstance(audience, User) or (isinstance(audience, RoleAt) and audience.role != "")


@dataclass(frozen=True)
class Job:
    """A job of the plugin's own, run by a worker after commit, at least once.

    ``kind`` is the name of one of its Reactions or Senders; ``body`` is what JSON can hold.
    """

    kind: str
    body: Mapping[str, Any]
    not_before: Micros | None = None
