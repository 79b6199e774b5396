"""Makes the whole history: adopts the districts of a plan and lets each live through its days."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from engine.clock import DAY, Micros, SetClock
from engine.errors import Invalid
from engine.ids import chance
from engine.operations.adopt import adopt
from engine.operations.context import ENGINE, Context, System
from engine.operations.demo.days import ending
from engine.operations.demo.life import live
from engine.operations.demo.plan import Plan
from engine.operations.demo.scene import Scene
from engine.operations.library import Library
from engine.operations.pack import Pack

#: Called with a district's title and how many cases were started since the last call.
Told = Callable[[str, int], None]
#: Districts are adopted so long before the end, which is earlier than anything that happens.
_BEFORE: Micros = 60 * DAY


@dataclass(frozen=True)
class History:
    """What was lived through: the districts, and the moment at which it ended."""

    contexts: tuple[Context, ...]
    end: Micros


def packs(library: Library, plan: Plan) -> tuple[Pack, ...]:
    """The packs of the plan's districts. Raises ``Invalid`` with every fault in them."""
    found, problems = [], []
    for district in plan.districts:
        pack, faults = library.pack(district)
        problems += [fault for fault in faults if not fault.warning]
        if pack is not None:
            found.append(pack)
    if problems:
        raise Invalid(tuple(problems))
    return tuple(found)


def make_history(
    system: System, clock: SetClock, given: tuple[Pack, ...], plan: Plan, now: Micros, told: Told
) -> History:
    """Adopt *given* and live until *now*, or the last good moment of work before it.

    *system* runs on *clock*, which is moved along; each district lives its days after the other's, in its own time.
    """
    clock.at = now - _BEFORE
    contexts = tuple(adopt(system, pack, ENGINE, demo=True) for pack in given)
    end = ending(contexts[0].district.calendar, now)
    for place, ctx in enumerate(contexts):
        clock.at = end - _BEFORE
        title = ctx.district.title.zh
        told(title, 0)
        scene = Scene(ctx, clock, plan, chance(plan.seed + place), end, lambda title=title: told(title, 1))  # type: ignore[misc]
        live(scene)
    clock.at = end
    return History(contexts, end)
