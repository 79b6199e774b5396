"""Deadlines: what a clock holds when a step opens, how it pauses while nobody is at fault, when it rings next.

A clock is ``{"at": deadline?, "from": opened, "before": urgent?, "rem": [moments], "rungs": [moments], "i": next rung,
"ping": next ring?, "left": pause?}``; all moments are microseconds.
"""

from __future__ import annotations

from typing import Any

from engine.clock import Micros
from engine.definition.calendar import Calendar
from engine.definition.durations import Duration
from engine.definition.model import Ask, Due, Reminder
from engine.definition.types import DURATION
from engine.runtime.env import CaseEnv
from engine.runtime.state import Node, State, leaves, nodes

Clock = dict[str, Any]


def open_clock(due: Due, env: CaseEnv) -> Clock | None:
    """The clock of a step that opens now, or None when its formulas name no moment."""
    now = env.facts.now()
    calendar = env.facts.calendar(env.state["case"]["unit"])
    clock: Clock = {"from": now, "i": 0}
    at: Micros | None = None
    if due.within is not None:
        within = env.live(due.within, DURATION)
        if isinstance(within, Duration):
            at = calendar.add(now, within)
            if within.unit.startswith("work"):
                clock["work"] = True
    elif due.by is not None:
        at = env.end(due.by)
    urgent = env.end(due.before) if due.before else None
    if urgent is not None:
        clock["before"] = urgent
    if at is None:
        return clock if urgent is not None else None
    clock["at"] = at
    clock["rem"] = sorted(
        moment
        for reminder in due.remind
        if (moment := _reminder(reminder, now, at, calendar, working="work" in clock)) > now
    )
    clock["rungs"] = _rungs(due, at, calendar)
    return ring_next(clock)


def _reminder(reminder: Reminder, now: Micros, at: Micros, calendar: Calendar, *, working: bool) -> Micros:
    """When to remind; the half of a working-time deadline is half of its working time, not the middle of the night."""
    if reminder.share is not None and working:
        minutes = calendar.between(now, at, "work_minutes").amount
        return calendar.add(now, Duration(round(minutes * reminder.share), "work_minutes"))
    if reminder.share is not None:
        return now + round((at - now) * reminder.share)
    return calendar.add(at, reminder.before.times(-1)) if reminder.before else at


def _rungs(due: Due, at: Micros, calendar: Calendar) -> list[Micros]:
    moments: list[Micros] = []
    for rung in due.late:
        last = moments[-1] if moments else at
        moments.append(calendar.add(last, rung.after) if rung.after else last)
    return moments


def ring_next(clock: Clock) -> Clock:
    """The clock with ``ping`` set to the earliest thing still to come."""
    coming = [*clock.get("rem", [])[:1], *clock.get("rungs", [])[clock["i"] : clock["i"] + 1]]
    clock.pop("ping", None)
    if coming and "left" not in clock:
        clock["ping"] = min(coming)
    return clock


def needed(node: Node) -> tuple[Micros | None, str]:
    """The earlier of deadline and event, and which it is: ``due``, ``before`` or ``""``."""
    clock = node.get("due") or {}
    at, urgent = clock.get("at"), clock.get("before")
    if "left" in clock:
        at = None
    if at is None and urgent is None:
        return None, ""
    if urgent is not None and (at is None or urgent < at):
        return urgent, "before"
    return at, "due"


def outer_clocks(state: State) -> list[Node]:
    """Open nodes whose clock runs over others: the case itself and its stages."""
    return [node for node in nodes(state["root"]) if node["k"] in ("root", "stage") and "at" in node.get("due", {})]


def rests(node: Node, asks: dict[str, Ask]) -> bool:
    """Whether every open leaf below *node* stops the clock, so that nobody inside is at fault."""
    below = list(leaves(node))
    return bool(below) and all(
        leaf["k"] == "ask" and leaf["s"] in asks and asks[leaf["s"]].stops_clock for leaf in below
    )


def pause(clock: Clock, env: CaseEnv) -> Clock:
    """The clock stopped now; what is left is kept in its own unit."""
    now = env.facts.now()
    if clock.get("work"):
        calendar = env.facts.calendar(env.state["case"]["unit"])
        left = calendar.between(now, clock["at"], "work_minutes").amount if clock["at"] > now else 0
    else:
        left = max(clock["at"] - now, 0)
    return ring_next({**clock, "left": left})


def resume(clock: Clock, env: CaseEnv) -> Clock:
    """The clock running again: every moment moves by the length of the pause."""
    now = env.facts.now()
    left = clock["left"]
    if clock.get("work"):
        at = env.facts.calendar(env.state["case"]["unit"]).add(now, Duration(left, "work_minutes"))
    else:
        at = now + left
    moved = at - clock["at"]
    running = {key: value for key, value in clock.items() if key != "left"}
    running.update(
        at=at,
        rem=[moment + moved for moment in clock.get("rem", [])],
        rungs=[moment + moved for moment in clock.get("rungs", [])],
    )
    return ring_next(running)
