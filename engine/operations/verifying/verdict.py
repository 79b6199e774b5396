"""What ``verify`` answers: which promises do not hold, and where; what cannot be read is a fault like any other."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from engine.i18n import Text
from engine.store.checkpoints import Checkpoint

#: What reading raises where a row does not say what the engine writes. A database's own faults are none of these.
UNREADABLE: Final = (
    ArithmeticError, AssertionError, AttributeError, LookupError, RuntimeError, StopIteration, TypeError, ValueError,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Broken:
    """A promise that does not hold: which, where, and in a sentence how."""

    promise: str
    place: str
    text: Text


@dataclass(frozen=True, slots=True)
class Verdict:
    """What was looked at, and what was found broken. ``checkpoint`` is the newest: keep it elsewhere.

    ``unchecked`` says which plugins are away, so that nobody looked at what they promise.
    """

    district: str
    cases: int
    rows: int
    broken: tuple[Broken, ...]
    checkpoint: Checkpoint | None = None
    unchecked: tuple[Text, ...] = ()


def broken(promise: str, place: str, zh: str, en: str) -> Broken:
    """A broken promise in both languages."""
    return Broken(promise, place, Text(zh, en))


def reading(promise: str, place: object, found: Iterable[Broken]) -> Iterator[Broken]:
    """The faults of *found*; where it comes upon what it cannot read, that is its last, and whoever asks reads on."""
    try:
        yield from found
    except UNREADABLE as fault:
        yield unread(promise, place, fault)


def unread(promise: str, place: object, fault: BaseException) -> Broken:
    """What lies at *place* cannot be read."""
    kind = type(fault).__name__
    return broken(promise, f"{place}", f"内容读不出来（{kind}）", f"it cannot be read ({kind})")
