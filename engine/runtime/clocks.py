"""Deadlines: what a clock holds when a step opens, how it pauses while nobody is at fault, when it rings next.

A clock says what it counts, so that it can count it again (``shapes.parts`` has its shape). Moments are
microseconds; what is still to be counted keeps its own unit.
"""

from __future__ import annotations

from engine.clock import Micros
from engine.definition.calendar.working import Calendar
from engine.definition.expression import Formula
from engine.definition.model import Due, Reminder, Step
from engine.definition.values.durations import Duration
from engine.definition.values.types import DURATION
from engine.runtime.env import CaseEnv
from engine.runtime.shapes.parts import Clock
from engine.runtime.shapes.tree import Node, Root, StageNode, State
from engine.runtime.spans import Span, left, reach, span, works
from engine.runtime.state import leaves, nodes


def open_clock(due: Due, env: CaseEnv) -> Clock | None:
    """The clock of a step that opens now, or None when its formulas name no moment."""
    now, calendar = env.facts.now(), calendar_of(env)
    clock: Clock = {"from": now, "i": 0}
    urgent = env.end(due.before) if due.before else None
    if urgent is not None:
        clock["before"] = urgent
        if due.lapse:
            clock["lapse"] = urgent
    counted = _counted(due, env)
    if counted is None:
        return ring_next(clock) if urgent is not None else None
    clock["base"], clock["span"] = counted
    clock["at"] = reach(calendar, *counted)
    clock["rem"] = [moment for moment in _reminders(due, clock, calendar) if moment > now]
    return _set_next(clock, due, calendar)


def _counted(due: Due, env: CaseEnv) -> tuple[Micros, Span] | None:
    """From when the deadline counts, and what."""
    if due.within is not None:
        within = env.live(due.within, DURATION)
        return (env.facts.now(), span(within)) if isinstance(within, Duration) else None
    return env.counted_end(due.by) if due.by is not None else None


def wait_clock(until: Formula | None, env: CaseEnv) -> Clock:
    """The clock of a wait; a moment that is empty has come."""
    now = env.facts.now()
    base, counted = (env.counted(until) if until else None) or (now, [])
    at = reach(calendar_of(env), base, counted)
    return ring_next({"from": now, "i": 0, "base": base, "span": counted, "at": at, "rem": [], "next": at})


def calendar_of(env: CaseEnv) -> Calendar:
    """The working calendar of the case."""
    return env.facts.calendar(env.state["case"]["unit"])


# -- reminders and rungs ---------------------------------------------------------------------


def _reminders(due: Due, clock: Clock, calendar: Calendar) -> list[Micros]:
    """When every reminder comes, those of the past too, in order."""
    return sorted(_reminder(reminder, clock, calendar) for reminder in due.remind)


def _reminder(reminder: Reminder, clock: Clock, calendar: Calendar) -> Micros:
    """The half of a working-time deadline is half of its working time, not the middle of the night.

    After a pause the whole is what it was when the step opened, and what is left of it counts from then.
    """
    if reminder.share is None:
        return calendar.add(clock["at"], reminder.before.times(-1)) if reminder.before else clock["at"]
    since, length = _length(clock, calendar)
    whole = clock.get("whole", length)
    ahead = max(length - whole + round(whole * reminder.share), 0)
    return calendar.add(since, Duration(ahead, "work_minutes")) if works(clock["span"]) else since + ahead


def _length(clock: Clock, calendar: Calendar) -> tuple[Micros, int]:
    """From when the deadline runs, and how long: in working minutes, or in microseconds."""
    since = clock["base"] if "whole" in clock else clock["from"]
    if works(clock["span"]):
        return since, calendar.between(since, clock["at"], "work_minutes").amount
    return since, clock["at"] - since


def _set_next(clock: Clock, due: Due, calendar: Calendar) -> Clock:
    """*clock* with the moment of its next rung, counted from the deadline or from the rung before it."""
    clock.pop("next", None)
    if clock["i"] < len(due.late):
        if clock.get("over"):
            clock["next"] = reach(calendar, clock["base"], clock["span"])
        else:
            after = due.late[clock["i"]].after
            clock["next"] = calendar.add(clock["at"], after) if after else clock["at"]
    return ring_next(clock)


def ring_next(clock: Clock) -> Clock:
    """The clock with ``ping`` set to the earliest thing still to come; an event comes though the clock stands."""
    running = [] if "left" in clock else [*clock.get("rem", [])[:1], clock.get("next")]
    coming = [moment for moment in (*running, clock.get("lapse")) if moment is not None]
    clock.pop("ping", None)
    if coming:
        clock["ping"] = min(coming)
    return clock


def reminded(clock: Clock, now: Micros) -> Clock:
    """The clock after a reminder: those that were missed before it are not made up for."""
    return ring_next({**clock, "rem": [moment for moment in clock["rem"] if moment > now]})


def climbed(clock: Clock, due: Due, now: Micros, calendar: Calendar) -> Clock:
    """The clock after a rung that happened *now*: the next one counts from here, however late this one came."""
    i = clock["i"] + 1
    after = due.late[i].after if i < len(due.late) else None
    rem = [moment for moment in clock["rem"] if moment > now]
    above: Clock = {**clock, "i": i, "rem": rem, "over": True, "base": now, "span": span(after) if after else []}
    return _set_next(above, due, calendar)


# -- what a clock is needed for --------------------------------------------------------------


def needed(node: Node) -> tuple[Micros | None, str]:
    """The earlier of deadline and event, and which it is: ``due``, ``before`` or ``""``."""
    if "due" not in node:
        return None, ""
    clock = node["due"]
    at, urgent = clock.get("at"), clock.get("before")
    if "left" in clock:
        at = None
    if at is None and urgent is None:
        return None, ""
    if urgent is not None and (at is None or urgent < at):
        return urgent, "before"
    return at, "due"


def outer_clocks(state: State) -> list[Root | StageNode]:
    """Open nodes whose clock runs over others: the case itself and its stages."""
    outer = (node for node in nodes(state["root"]) if "due" in node and "f" in node)
    return [node for node in outer if "at" in node["due"]]


def rests(node: Node, asks: dict[str, Step]) -> bool:
    """Whether every open leaf below *node* stops the clock, so that nobody inside is at fault."""
    below = list(leaves(node))
    return bool(below) and all(
        "seats" in leaf and leaf["s"] in asks and asks[leaf["s"]].stops_clock for leaf in below
    )


# -- standing still and moving ---------------------------------------------------------------


def pause(clock: Clock, due: Due, env: CaseEnv) -> Clock:
    """The clock stopped now; what is left to the deadline, or to the rung after it, is kept in its own unit."""
    now, calendar = env.facts.now(), calendar_of(env)
    if now < clock["at"]:
        return ring_next({**clock, "left": left(calendar, now, clock["at"], clock["span"])})
    after = due.late[clock["i"]].after if clock["i"] < len(due.late) else None
    still = left(calendar, now, clock["next"], span(after) if after else []) if "next" in clock else []
    return ring_next({**clock, "over": True, "left": still})


def resume(clock: Clock, due: Due, env: CaseEnv) -> Clock:
    """The clock running again: it counts what was left from now on."""
    now, calendar = env.facts.now(), calendar_of(env)
    running: Clock = {**clock, "base": now, "span": clock["left"]}
    del running["left"]
    if not running.get("over"):
        if clock["rem"]:
            running["whole"] = clock["whole"] if "whole" in clock else _length(clock, calendar)[1]
        running["at"] = reach(calendar, now, clock["left"])
        running["rem"] = _coming(running, due, calendar)
    return _set_next(running, due, calendar)


def _coming(clock: Clock, due: Due, calendar: Calendar) -> list[Micros]:
    """When the reminders that have not been given come: the last of all."""
    return _reminders(due, clock, calendar)[len(due.remind) - len(clock["rem"]) :]


def recounted(clock: Clock, due: Due | None, env: CaseEnv) -> Clock:
    """The clock counted again by the calendar of today: later where that says so, earlier than was told never.

    What has passed stays, and what stands still is counted when it goes on. By the same calendar nothing moves.
    """
    now, calendar = env.facts.now(), calendar_of(env)
    if "at" not in clock or "left" in clock:
        return clock
    moved: Clock = {**clock}
    if not clock.get("over") and clock["at"] > now:
        moved["at"] = max(clock["at"], reach(calendar, clock["base"], clock["span"]))
        if due is not None and clock["rem"]:
            pairs = zip(clock["rem"], _coming(moved, due, calendar), strict=True)
            moved["rem"] = sorted(max(told, counted) for told, counted in pairs)
    if clock.get("next", now) > now:
        following = moved["at"] if due is None else _set_next({**moved}, due, calendar)["next"]
        moved["next"] = max(clock["next"], following)
    return ring_next(moved)
