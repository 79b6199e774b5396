"""What a clock does when it rings: remind, escalate, or take an outcome in silence's name.

A ring does one thing. However long nobody let the clocks ring, whoever a task is passed on to has their own time, and
what was missed is not made up for piece by piece.
"""

from __future__ import annotations

from typing import Any, Final

from engine.clock import MINUTE, Micros
from engine.definition.model import Ask, Due, Rung, Step, Wait
from engine.runtime import commands as c
from engine.runtime.clocks import calendar_of, climbed, reminded
from engine.runtime.people import audiences, excluded
from engine.runtime.state import Node, find, nodes, place_of
from engine.runtime.steps.ask import grounds
from engine.runtime.steps.blocks import came
from engine.runtime.turn import Turn

#: A ring this late was missed: a worker at work looks every few seconds.
IN_TIME: Final = 10 * MINUTE


def tick(turn: Turn, command: c.Tick) -> None:
    """Let happen what is due now; a clock that moved on since does nothing. A rung makes a missed reminder needless."""
    node, now = _ringing(turn, command.n), turn.facts.now()
    if node is None:
        return
    clock = node["due"]
    if clock.get("lapse", now + 1) <= now:
        _lapse(turn, node)
    elif clock.get("next", now + 1) <= now:
        _late(turn, node)
    else:
        _remind(turn, node)


def _ringing(turn: Turn, n: int) -> Node | None:
    """The open node of serial or seat *n* whose clock rings now."""
    for node in nodes(turn.state["root"]):
        if node["n"] == n or any(seat[0] == n for seat in node.get("seats", ())):
            ping = node.get("due", {}).get("ping")
            rings = ping is not None and ping <= turn.facts.now() and "ph" not in node
            return node if rings else None
    return None


def _remind(turn: Turn, node: Node) -> None:
    clock = reminded(node["due"], turn.facts.now())
    turn.emit("reminded", n=node["n"], s=node["s"], due=clock, **_missed(turn, node["due"]["rem"][0]))
    keys = [f"user:{seat[2]}" if len(seat) > 2 else seat[1] for seat in _silent(node)]
    if keys:
        turn.emit("told", to=list(dict.fromkeys(keys)), what=f"{node['s']}:remind")


def _silent(node: Node) -> list[list[Any]]:
    """The seats in *node* and below that have not signed."""
    return [
        seat for inner in nodes(node) for seat in inner.get("seats", ()) if str(seat[0]) not in inner.get("sig", {})
    ]


def _missed(turn: Turn, meant: Micros) -> dict[str, Micros]:
    """When a ring was meant that nobody let come in time, for the history."""
    return {"meant": meant} if turn.facts.now() - meant >= IN_TIME else {}


def _late(turn: Turn, node: Node) -> None:
    """Take the next rung."""
    missed = _missed(turn, node["due"]["next"])
    step = None if node["n"] == 0 else turn.step(node["s"])
    if isinstance(step, Wait):
        turn.emit("noted", how="came", s=step.id, n=node["n"], x="came", **missed)
        turn.leave(node, came(step))
        return
    due = turn.due_of(node)
    assert due is not None, "a clock rings only where a deadline was declared"
    rung = due.late[node["due"]["i"]]
    if rung.escalate is not None:
        _escalate(turn, node, due, rung, missed)
        return
    assert step is not None, "checked when the process is saved: the case itself can only escalate"
    _silence(turn, node, step, rung.outcome, how="late", **missed)


def _lapse(turn: Turn, node: Node) -> None:
    """The event has come for which an answer was needed."""
    step = turn.step(node["s"])
    assert step.due is not None
    _silence(turn, node, step, step.due.lapse, how="lapsed", **_missed(turn, node["due"]["lapse"]))


def _silence(turn: Turn, node: Node, step: Step, outcome: str, **noted: Any) -> None:
    """Take *outcome* in silence's name."""
    taken = step.exit(outcome)
    assert taken is not None, "checked when the process is saved"
    place = place_of(turn.state, node["n"])
    taken = turn.possible(place, step, taken)
    silent = next((seat[0] for seat in _silent(node)), node["n"]) if isinstance(step, Ask) else node["n"]
    turn.emit("noted", s=step.id, n=silent, x=taken.name, **noted)
    turn.leave(find(turn.state, node["n"]) or node, taken, grounds(turn, step))


def _moved_up(node: Node, key: str, *, one: bool) -> list[list[Any]]:
    """The seats with the silent ones moved to *key*; where any *one* decides, only the first of them, once."""
    silent = _silent(node)
    gone = silent[1:] if one else []
    return [[seat[0], key] if seat in silent else seat for seat in node["seats"] if seat not in gone]


def _escalate(turn: Turn, node: Node, due: Due, rung: Rung, missed: dict[str, Micros]) -> None:
    """Move the task's one key up the ladder; the holder before keeps reading."""
    assert rung.escalate is not None
    step = None if node["n"] == 0 else turn.step(node["s"])
    without = excluded(step, turn.env) if isinstance(step, Ask) else ()
    keys = audiences(rung.escalate, turn.env, without)
    clock = climbed(node["due"], due, turn.facts.now(), calendar_of(turn.env))
    moved = {}
    if keys and node.get("seats"):
        moved = {"seats": _moved_up(node, keys[0], one=isinstance(step, Ask) and step.sign == "any")}
    turn.emit("escalated", n=node["n"], s=node["s"], to=list(keys), due=clock, **moved, **missed)
    if keys:
        turn.emit("told", to=list(keys), what=f"{node['s']}:{'late' if moved else 'overdue'}")
