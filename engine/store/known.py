"""Answers about who is who that are kept for as long as nobody changes it: by the head of the journal ``org``.

Every change of units, persons, roles and deputies moves that head in its own transaction, and a head is never used
again, as a number would be that was rolled back. A command reads it in the statement by which it finds its case or its
process, so that what is kept is what it would have read.
"""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass, field
from typing import Any, Final

from engine.clock import Micros
from engine.store import people
from engine.store.bounded import Bounded
from engine.store.transactions.runner import Tx

#: So many answers are kept of a district, and of so many districts; then one begins anew.
MOST_ANSWERS: Final = 10_000
MOST_DISTRICTS: Final = 100


@dataclass(frozen=True, slots=True)
class Known:
    """What was answered under one *version* of a district, from *since* until the next right begins or ends."""

    version: str
    since: Micros
    until: Micros
    answers: Bounded[Hashable, Any] = field(default_factory=lambda: Bounded(MOST_ANSWERS))

    def keep(self, key: Hashable, answer: Any, version: str) -> None:
        """Keep what was read together with *version*, unless that is another."""
        if version == self.version:
            self.answers[key] = answer


class Directories:
    """What is known of each district, for all threads of a process: every entry is put in its place whole."""

    def __init__(self) -> None:
        self._known: Bounded[str, Known] = Bounded(MOST_DISTRICTS)

    def of(self, tx: Tx, district: str, version: str, now: Micros) -> Known | None:
        """What is known at *now* under *version*; None where nothing can be kept: it has changed, or time went back."""
        known = self._known.get(district)
        if known is not None and known.version == version:
            if known.since <= now < known.until:
                return known
            if now < known.since:
                return None
        until, read = people.lasting(tx, district, now)
        if read != version:
            return None
        made = self._known[district] = Known(version, now, until)
        return made
