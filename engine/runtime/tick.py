"""What a clock does when it rings: remind, escalate, or take an outcome in silence's name."""

from __future__ import annotations

from typing import Any

from engine.definition.model import Ask, Due, Rung, Wait
from engine.runtime import commands as c
from engine.runtime.clocks import Clock, ring_next
from engine.runtime.people import audiences, excluded
from engine.runtime.state import Node, find, nodes, place_of
from engine.runtime.steps.blocks import came
from engine.runtime.turn import Turn


def tick(turn: Turn, command: c.Tick) -> None:
    """Let everything happen that is due now; a clock that moved on since does nothing."""
    while (node := _ringing(turn, command.n)) is not None:
        clock = node["due"]
        if clock.get("rem") and clock["rem"][0] <= turn.facts.now():
            _remind(turn, node)
        elif not _late(turn, node):
            return


def _ringing(turn: Turn, n: int) -> Node | None:
    """The open node of serial or seat *n* whose clock rings now."""
    for node in nodes(turn.state["root"]):
        if node["n"] == n or any(seat[0] == n for seat in node.get("seats", ())):
            ping = node.get("due", {}).get("ping")
            rings = ping is not None and ping <= turn.facts.now() and "ph" not in node
            return node if rings else None
    return None


def _remind(turn: Turn, node: Node) -> None:
    clock: Clock = {**node["due"], "rem": node["due"]["rem"][1:]}
    turn.emit("reminded", n=node["n"], s=node["s"], due=ring_next(clock))
    keys = [f"user:{seat[2]}" if len(seat) > 2 else seat[1] for seat in _silent(node)]
    if keys:
        turn.emit("told", to=list(dict.fromkeys(keys)), what=f"{node['s']}:remind")


def _silent(node: Node) -> list[list[Any]]:
    """The seats in *node* and below that have not signed."""
    return [
        seat for inner in nodes(node) for seat in inner.get("seats", ()) if str(seat[0]) not in inner.get("sig", {})
    ]


def _due_of(turn: Turn, node: Node) -> Due | None:
    return turn.process.due if node["n"] == 0 else turn.step(node["s"]).due


def _late(turn: Turn, node: Node) -> bool:
    """Take the next rung; False when the node has been left."""
    step = None if node["n"] == 0 else turn.step(node["s"])
    if isinstance(step, Wait):
        turn.emit("noted", how="came", s=step.id, n=node["n"], x="came")
        turn.leave(node, came(step))
        return False
    due = _due_of(turn, node)
    assert due is not None, "a clock rings only where a deadline was declared"
    rung = due.late[node["due"]["i"]]
    if rung.escalate is not None:
        _escalate(turn, node, rung)
        return True
    assert step is not None, "checked when the process is saved: the case itself can only escalate"
    taken = step.exit(rung.outcome)
    assert taken is not None, "checked when the process is saved"
    place = place_of(turn.state, node["n"])
    taken = turn.possible(place, step, taken)
    silent = next((seat[0] for seat in _silent(node)), node["n"]) if isinstance(step, Ask) else node["n"]
    turn.emit("noted", how="late", s=step.id, n=silent, x=taken.name)
    turn.leave(find(turn.state, node["n"]) or node, taken)
    return False


def _moved_up(node: Node, key: str, *, one: bool) -> list[list[Any]]:
    """The seats with the silent ones moved to *key*; where any *one* decides, only the first of them, once."""
    silent = _silent(node)
    gone = silent[1:] if one else []
    return [[seat[0], key] if seat in silent else seat for seat in node["seats"] if seat not in gone]


def _escalate(turn: Turn, node: Node, rung: Rung) -> None:
    """Move the task's one key up the ladder; the holder before keeps reading."""
    assert rung.escalate is not None
    step = None if node["n"] == 0 else turn.step(node["s"])
    without = excluded(step, turn.env) if isinstance(step, Ask) else ()
    keys = audiences(rung.escalate, turn.env, without)
    clock = ring_next({**node["due"], "i": node["due"]["i"] + 1})
    moved = {}
    if keys and node.get("seats"):
        moved = {"seats": _moved_up(node, keys[0], one=isinstance(step, Ask) and step.sign == "any")}
    turn.emit("escalated", n=node["n"], s=node["s"], to=list(keys), due=clock, **moved)
    if keys:
        turn.emit("told", to=list(keys), what=f"{node['s']}:{'late' if moved else 'overdue'}")
