"""Every event of a case. Replaying a case's events in order gives its state (``engine.runtime.evolve``)."""

from __future__ import annotations

from typing import Any, Final, TypeAlias

from engine.runtime.shapes.parts import Seat, UnknownKind, kinds_of
from engine.runtime.shapes.step_events import (
    BranchDone,
    Closed,
    Counted,
    Ended,
    Filled,
    Joined,
    Opened,
    Returned,
    Signed,
    Skipped,
    Started,
    TakenBack,
    Undone,
    Unkept,
    Unwinding,
)
from engine.runtime.shapes.task_events import (
    ClockSet,
    Declined,
    Escalated,
    Incident,
    Moved,
    Noted,
    Reassigned,
    Reminded,
    Requested,
    Reseated,
    Retried,
    Told,
)
from engine.runtime.shapes.tree import as_node

#: Every event, in the order in which a case may meet them.
Event: TypeAlias = (
    Started | Filled | Joined | Opened | Signed | Closed | Skipped | BranchDone | Unwinding | Undone | Returned
    | Unkept | Counted | Reminded | Escalated | ClockSet | Moved | Reassigned | Requested | Declined | Reseated
    | Incident | Retried | TakenBack | Ended | Noted | Told
)  # fmt: skip
#: Every kind of event.
EVENTS: Final = kinds_of(Event, "e")
#: A case's commands, oldest first, each with all its events.
History: TypeAlias = list[list[Event]]


def as_event(event: Any) -> Event:
    """*event*, read from JSON, in the shape that it has here; changed in place.

    Raises ``UnknownKind`` where it, or a node in it, is of none that is known.
    """
    if event["e"] not in EVENTS:
        raise UnknownKind(f"{event['e']}")
    for way in ("in", "from"):
        if way in event:
            event[way] = tuple(event[way])
    for tree in ("node", "root"):
        if tree in event:
            as_node(event[tree])
    if "seats" in event:
        event["seats"] = [Seat(*seat) for seat in event["seats"]]
    if "seat" in event:
        event["seat"] = Seat(*event["seat"])
    read: Event = event
    return read
