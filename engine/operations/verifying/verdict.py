"""What ``verify`` answers: which promises do not hold, and where; what cannot be read is a fault like any other."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from engine.errors import UnknownVersion
from engine.i18n import Text, counted
from engine.store.checkpoints import Checkpoint

#: What reading raises where a row does not say what the engine writes. A database's own faults are none of these.
UNREADABLE: Final = (
    ArithmeticError, AssertionError, AttributeError, LookupError, RuntimeError, StopIteration, TypeError, ValueError,
    UnknownVersion,
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

    ``rows`` are those of all journals: of the cases, and of as many ``streams`` that are no case's, as of accounts and
    of who is who. ``unchecked`` says which plugins are away, so that nobody looked at what they promise.
    """

    district: str
    cases: int
    streams: int
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
    if isinstance(fault, UnknownVersion):
        return Broken(promise, f"{place}", fault.text)
    kind = type(fault).__name__
    return broken(promise, f"{place}", f"内容读不出来（{kind}）", f"it cannot be read ({kind})")


def looked_at(verdicts: Iterable[Verdict]) -> Text:
    """All that was read of several districts."""
    found = list(verdicts)
    cases, streams = sum(one.cases for one in found), sum(one.streams for one in found)
    rows = sum(one.rows for one in found)
    return Text(f"{cases}件办件和{streams}本其他流水（机构、流程、账号等），共{rows}行",
                f"{counted(cases, 'case')} and {counted(streams, 'other journal')} (people, processes, accounts), "
                f"{counted(rows, 'row')} in all")  # fmt: skip
