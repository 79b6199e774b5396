"""What a district's made-up life shares: the clock and what is still to happen, who there is, and chance."""

from __future__ import annotations

import heapq
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import count
from typing import Any, TypeVar

from engine.clock import Micros, SetClock
from engine.definition.calendar.working import Calendar
from engine.demo.days import later
from engine.demo.making import Maker, Pools, number
from engine.demo.plan import Plan, Span, span
from engine.ids import Chance
from engine.operations.context import Context
from engine.runtime.draft import Definition
from engine.store.transactions.runner import Tx

T = TypeVar("T")
_SOON = span("3 minutes, 20 minutes")


@dataclass
class Scene:
    """One district until *end*: cases are started on *days*, after an earlier life unless it is *fresh*.

    ``told`` is called for each case that is started.
    """

    ctx: Context
    clock: SetClock
    plan: Plan
    chance: Chance
    end: Micros
    told: Callable[[], None]
    days: Sequence[date]
    fresh: bool = True
    away: dict[str, tuple[Micros, Micros, str]] = field(default_factory=dict)
    refused: Counter[str] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        self.pools = Pools.of(self.ctx)
        self.coming: list[tuple[Micros, int, Callable[[], None]]] = []
        self.closing: list[Callable[[], None]] = []
        self._order = count()

    @property
    def calendar(self) -> Calendar:
        """The district's working days."""
        return self.ctx.district.calendar

    def at(self, moment: Micros, work: Callable[[], None]) -> None:
        """Let *work* happen at *moment*, or soon if that is past; what comes after the end never happens."""
        if moment <= self.clock.at:
            moment = later(self.calendar, self.clock.at, _SOON, self.chance)
        if moment <= self.end:
            heapq.heappush(self.coming, (moment, next(self._order), work))

    def after(self, moment: Micros, span_: Span) -> Micros:
        """Some moment so long after *moment*."""
        return later(self.calendar, moment, span_, self.chance)

    def happens(self, percent: float) -> bool:
        """Whether something that happens in *percent* of all cases does."""
        return self.chance.random() * 100 < percent

    def read(self, work: Callable[[Tx], T]) -> T:
        """What *work* reads in a transaction of its own."""
        return self.ctx.runner.run(work, write=False)

    def maker(self, definition: Definition) -> Maker:
        """What fills forms of *definition* now."""
        return Maker(definition.process, self.pools, self.chance, self.clock.at)

    def amount(self, spec: Mapping[str, Any]) -> str:
        """A number between the bounds of *spec*, in its steps."""
        return number(self.chance, spec)

    def present(self, person: str) -> str:
        """The person, or who stands in while they are away."""
        since, until, deputy = self.away.get(person, (0, 0, ""))
        return deputy if since <= self.clock.at < until else person
