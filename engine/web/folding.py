"""A long history made short: repeated lines become one, and runs of what the system did fold away; people never do."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Final

from engine.operations.reading.views import Line

#: A history of more lines than this is long, and then so many system lines in a row fold.
FOLDS_ABOVE: Final = 24
RUN: Final = 4


@dataclass(frozen=True, slots=True)
class FoldedLine:
    """A line of the history and how often the same was said in a row, the last time at ``until``."""

    line: Line
    times: int = 1
    until: int = 0


@dataclass(frozen=True, slots=True)
class Fold:
    """Lines of the system that are read only when somebody opens them."""

    entries: tuple[FoldedLine, ...]


def folded(lines: Sequence[Line]) -> tuple[FoldedLine | Fold, ...]:
    """The history as shown, oldest first: every line of a person stands by itself, whatever its length."""
    entries = list(_counted(lines))
    if len(entries) <= FOLDS_ABOVE:
        return tuple(entries)
    shown: list[FoldedLine | Fold] = []
    for quiet, group in groupby(entries, key=lambda entry: entry.line.kind == "system"):
        run = tuple(group)
        shown += [Fold(run)] if quiet and len(run) >= RUN else run
    return tuple(shown)


def _counted(lines: Sequence[Line]) -> Iterator[FoldedLine]:
    """The same sentence of the system several times in a row, such as a reminder, is one entry."""
    for (system, _), group in groupby(enumerate(lines), key=lambda pair: _kind(*pair)):
        run = [line for _, line in group]
        yield FoldedLine(run[0], len(run), run[-1].at) if system else FoldedLine(run[0])


def _kind(place: int, line: Line) -> tuple[bool, object]:
    return (True, line.sentence) if line.kind == "system" and not line.quote else (False, place)
