"""Makes the whole history: adopts the districts of a plan, lets each live through its days, and later live on."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from engine.clock import DAY, Micros, SetClock
from engine.demo.days import days_since, ending, working_days
from engine.demo.life import live, live_on
from engine.demo.plan import Plan
from engine.demo.scene import Scene
from engine.errors import Invalid
from engine.i18n import Text
from engine.ids import chance
from engine.operations.content.adopt import adopt
from engine.operations.content.library import Library
from engine.operations.content.pack import Pack
from engine.operations.context import ENGINE, Context, System
from engine.operations.districts import all_contexts
from engine.store import journal

#: Called with a district's title and how many cases were started since the last call.
Told = Callable[[Text, int], None]
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
        title = ctx.district.title
        told(title, 0)
        days = working_days(ctx.district.calendar, end, plan.days)
        scene = Scene(ctx, clock, plan, chance(plan.seed + place), end, lambda title=title: told(title, 1), days)  # type: ignore[misc]
        live(scene)
    clock.at = end
    return History(contexts, end)


def go_on(system: System, clock: SetClock, plan: Plan, now: Micros, told: Told) -> History:
    """Live on in every district from the last thing that happened until *now*, or the last good moment before it.

    Of a long time only the last days, as many as the plan has, see new cases; before that only clocks ring and
    people finish what is open. Time never goes back: what somebody did after that last good moment stays the end.
    """
    contexts = all_contexts(system)
    since = max(_latest(ctx) for ctx in contexts)
    end = max(since, ending(contexts[0].district.calendar, now))
    for place, ctx in enumerate(contexts):
        clock.at = since
        title = ctx.district.title
        told(title, 0)
        days = days_since(ctx.district.calendar, since, end)[-plan.days :]
        chosen = chance(plan.seed + since + place)
        live_on(Scene(ctx, clock, plan, chosen, end, lambda title=title: told(title, 1), days, fresh=False))  # type: ignore[misc]
    clock.at = end
    return History(contexts, end)


def _latest(ctx: Context) -> Micros:
    """When something happened last in the district of *ctx*."""
    return ctx.runner.run(lambda tx: journal.latest(tx, ctx.id), write=False) or 0
