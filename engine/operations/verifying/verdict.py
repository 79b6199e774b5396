"""What ``verify`` answers: which promises do not hold, and where."""

from __future__ import annotations

from dataclasses import dataclass

from engine.i18n import Text
from engine.store.checkpoints import Checkpoint


@dataclass(frozen=True, slots=True)
class Broken:
    """A promise that does not hold: which, where, and in a sentence how."""

    promise: str
    place: str
    text: Text


@dataclass(frozen=True, slots=True)
class Verdict:
    """What was looked at, and what was found broken. ``checkpoint`` is the newest: keep it elsewhere."""

    district: str
    cases: int
    rows: int
    broken: tuple[Broken, ...]
    checkpoint: Checkpoint | None = None


def broken(promise: str, place: str, zh: str, en: str) -> Broken:
    """A broken promise in both languages."""
    return Broken(promise, place, Text(zh, en))
