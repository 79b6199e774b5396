"""A command as it came in, with all that is needed to carry it out."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from engine.runtime import commands as c
from engine.store.cases import Case
from engine.store.text import fingerprint
from engine.store.transactions.runner import Tx

#: Asks a permission of a command on its own transaction, about the case that it holds; raises where there is none.
Allowed = Callable[[Tx, Case], object]


@dataclass(slots=True)  # made for each command, and freezing costs more than all else about it
class Order:
    """A command as it came in: what to do on which case, the caller's key, and what was asked in plain values.

    ``number`` names the case, or ``case_id`` where the engine itself calls; a start names its ``process`` instead.
    ``seen`` is the version of the case that the caller decided on, where a door knows it. ``allowed`` asks what the
    process does not: who administers, who may see.
    """

    name: str
    command: c.Command
    number: str = ""
    case_id: str = ""
    process: str = ""
    key: str = ""
    note: str = ""
    asked: Any = None
    seen: int | None = None
    allowed: Allowed | None = None

    @property
    def digest(self) -> str:
        """Names the whole request, so that a key that comes back with another body is refused."""
        return fingerprint([self.name, self.process or self.number or self.case_id, self.asked, self.note])
