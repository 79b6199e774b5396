"""Every kind of event: its shape, what it changes of the state, the sentence of the history, and who makes it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final, Literal, NamedTuple, get_args, get_origin, get_type_hints

from engine.runtime import evolve
from engine.runtime.shapes.events import Event
from engine.runtime.telling import events as telling
from tests.architecture.source import product

#: Events that change nothing of the state, or have no sentence where a person reads, and why.
WHY: Final[Mapping[str, str]] = {
    "noted": "says what was said or why something else happened; the event beside it changes the state",
    "told": "for the outbox and the audit; a reader of the case is told by what it tells of",
    "branch_done": "what ended the branch is told",
    "unwinding": "what is undone is told, one by one",
    "unkept": "that the step is open again is told",
    "counted": "the return that it counts is told",
    "clock": "who is waited for is told; when the clock stood still the audit says",
    "closed": "the outcome is told by who took it",
    "joined": "what named the unit is told",
}


class Covered(NamedTuple):
    """What covers a kind of event."""

    shape: str
    changes: bool
    sentence: str
    read: bool
    made: tuple[str, ...]


def shapes() -> dict[str, str]:
    """The kinds of events by the ``e`` of their shapes: the name of each shape."""
    found: dict[str, str] = {}
    for shape in get_args(Event):
        kind = get_type_hints(shape)["e"]
        assert get_origin(kind) is Literal
        found |= dict.fromkeys(get_args(kind), shape.__name__)
    return found


def found() -> dict[str, Covered]:
    """What covers each kind, in the order in which a case may meet them."""
    texts = {m.place: m.text for m in product() if m.place.startswith("engine/runtime/")}
    known = shapes()
    return {
        kind: Covered(
            known.get(kind, ""),
            evolve._CHANGES[kind] is not evolve._said,
            _name(telling._SENTENCES[kind]) if kind in telling._SENTENCES else "",
            kind not in telling.QUIET,
            tuple(place for place, text in texts.items() if re.search(rf'"e": "{kind}"', text)),
        )
        for kind in evolve.KINDS
    }


def lines() -> list[str]:
    """A line for each kind, and after it why something is missing."""
    return [
        f"{kind} | {c.shape} | {'changes the state' if c.changes else '-'} | {c.sentence} | "
        f"{'told to who reads the case' if c.read else '-'} | {', '.join(c.made)}{_why(kind)}"
        for kind, c in found().items()
    ]


def _name(function: object) -> str:
    module = getattr(function, "__module__", "").rpartition(".")[2]
    return f"{module}.{getattr(function, '__name__', '')}"


def _why(kind: str) -> str:
    return f" | {WHY[kind]}" if kind in WHY else ""
