"""Faults: a hook that fails one statement, before or after it ran, or lets the whole process die there."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from types import FunctionType
from typing import Any, Literal

#: ``before``/``after``: the statement fails without or with its effect, and what follows works; at COMMIT the second
#: is a commit whose reply is lost. ``sticks before``: so do the next two of the same words. ``dies``: nothing gets
#: through any more, as after ``kill -9``.
Kind = Literal["before", "after", "sticks before", "dies before", "dies after"]
KINDS: tuple[Kind, ...] = ("before", "after", "sticks before", "dies before", "dies after")
_STICKS = 3


class Died(BaseException):
    """The process is gone; no handler may catch this and go on."""


def _die() -> None:
    raise Died


#: It is the engine that dies, also where a plugin has called it.
die = FunctionType(_die.__code__, {"__name__": "engine.dies", "Died": Died})


@dataclass
class Fault:
    """Fails the statement with number ``at`` (from 0); -1 fails none and only counts."""

    says: Callable[[int, str], Exception]
    at: int = -1
    kind: Kind = "before"
    seen: int = 0
    dead: bool = False
    hit: str = ""
    struck: int = 0
    statements: list[str] = field(default_factory=list)

    def before(self, sql: str, parameters: Any) -> None:
        """A statement is about to run."""
        if self.dead:
            die()
        self.statements.append(sql)
        self.seen += 1
        if self._now("before") or (self.kind.startswith("sticks") and sql == self.hit and self.struck < _STICKS):
            self._strike(sql)

    def after(self, sql: str, parameters: Any, rows: int) -> None:
        """The statement has run."""
        if self._now("after"):
            self._strike(sql)

    def _now(self, side: str) -> bool:
        return self.seen == self.at + 1 and not self.hit and self.kind.endswith(side)

    def _strike(self, sql: str) -> None:
        self.hit = sql
        self.struck += 1
        if self.kind.startswith("dies"):
            self.dead = True
            die()
        raise self.says(self.at, sql)
