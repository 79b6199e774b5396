"""What the actions of one command did, and what they hand over: for the journal, the jobs and the reactions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from engine.extend.context import LockOrder
from engine.extend.emitted import Job, Message
from engine.runtime.shapes.rows import Run


@dataclass(frozen=True)
class Owed:
    """An undoing that is left for later: of which effect of which *action* and step, and the receipt of the effect.

    ``undo`` is what undid it when this was noted; a plugin that changed may say otherwise by the time it is done.
    """

    action: str
    undo: str
    n: int
    step: str
    receipt: dict[str, Any]

    @property
    def plugin(self) -> str:
        """The plugin that it waits for."""
        return self.action.partition(".")[0]


@dataclass(frozen=True, slots=True)
class HandedJob:
    """A job that the action of *step* handed over; ``n`` is that run of the step."""

    job: Job
    step: str
    n: int


class Happened(NamedTuple):
    """Something that reactions may wait for: an event of the case, or how an action or an undo of *step* ended."""

    kind: str
    body: Mapping[str, Any]
    step: str = ""
    n: int = 0


@dataclass
class Runs:
    """What the actions of one command did: a record for the journal, and what they hand over."""

    record: list[Run] = field(default_factory=list)
    messages: list[Message] = field(default_factory=list)
    jobs: list[HandedJob] = field(default_factory=list)
    ended: list[Happened] = field(default_factory=list)
    owed: list[Owed] = field(default_factory=list)
    locks: LockOrder = field(default_factory=LockOrder)

    def so_far(self) -> tuple[int, ...]:
        """How many there are of each, to take back what follows."""
        return tuple(len(part) for part in self._parts())

    def take_back(self, kept: tuple[int, ...], *, answered: bool) -> None:
        """Keep the first so many of each: what an action handed over vanishes with what it wrote.

        That it ran and how it ended stays where it *answered*, with a refusal; where it failed, it never ended.
        """
        for part, many in zip(self._parts(), kept, strict=True):
            if not answered or part is self.messages or part is self.jobs:
                del part[many:]

    def _parts(self) -> tuple[list[Any], ...]:
        return self.messages, self.jobs, self.record, self.ended, self.owed
