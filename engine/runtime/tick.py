"""What a clock does when it rings: remind, escalate, or take an outcome in silence's name.

A ring does one thing. However long nobody let the clocks ring, whoever a task is passed on to has their own time, and
what was missed is not made up for piece by piece.
"""

from __future__ import annotations

from typing import Final, Literal, TypeVar

from engine.audience import AudienceKey
from engine.clock import MINUTE, Micros
from engine.definition.model import Due, Rung, Step
from engine.runtime import commands as c
from engine.runtime.clocks import calendar_of, climbed, reminded
from engine.runtime.kinds.ask import grounds
from engine.runtime.people import audiences, excluded
from engine.runtime.shapes.parts import Seat
from engine.runtime.shapes.task_events import Escalated, Noted, Reminded
from engine.runtime.shapes.tree import AskNode, Node, Timed
from engine.runtime.state import find, nodes, open_seats, place_of, seats_of, timed
from engine.runtime.turn import Turn

#: A ring this late was missed: a worker at work looks every few seconds.
IN_TIME: Final = 10 * MINUTE
_Rang = TypeVar("_Rang", Reminded, Escalated, Noted)


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


def _ringing(turn: Turn, n: int) -> Timed | None:
    """The open node of serial or seat *n* whose clock rings now."""
    for node in timed(turn.state):
        if node["n"] == n or any(seat.n == n for seat in seats_of(node)):
            ping = node["due"].get("ping")
            return node if ping is not None and ping <= turn.facts.now() else None
    return None


def _remind(turn: Turn, node: Timed) -> None:
    clock = reminded(node["due"], turn.facts.now())
    event: Reminded = {"e": "reminded", "n": node["n"], "s": node["s"], "due": clock}
    turn.emit(meant_then(turn, event, node["due"]["rem"][0]))
    keys = [seat.hands for seat in _silent(node)]
    if keys:
        turn.emit({"e": "told", "to": list(dict.fromkeys(keys)), "what": f"{node['s']}:remind"})


def _silent(node: Node) -> list[Seat]:
    """The seats in *node* and below that have not signed."""
    return [seat for inner in nodes(node) for seat in open_seats(inner)]


def meant_then(turn: Turn, event: _Rang, meant: Micros) -> _Rang:
    """*event* with when it was *meant* where nobody let it come in time, for the history."""
    if turn.facts.now() - meant >= IN_TIME:
        event["meant"] = meant
    return event


def _late(turn: Turn, node: Timed) -> None:
    """Take the next rung."""
    meant = node["due"]["next"]
    rang = turn.kind(node).rang
    if rang is not None:
        rang(turn, node, meant)
        return
    due = turn.due_of(node)
    assert due is not None, "a clock rings only where a deadline was declared"
    rung = due.late[node["due"]["i"]]
    if rung.escalate is not None:
        _escalate(turn, node, due, rung, meant)
        return
    assert node["n"] != 0, "checked when the process is saved: the case itself can only escalate"
    _silence(turn, node, turn.step(node["s"]), rung.outcome, "late", meant)


def _lapse(turn: Turn, node: Timed) -> None:
    """The event has come for which an answer was needed."""
    step = turn.step(node["s"])
    assert step.due is not None
    _silence(turn, node, step, step.due.lapse, "lapsed", node["due"]["lapse"])


def _silence(turn: Turn, node: Timed, step: Step, outcome: str, how: Literal["late", "lapsed"], meant: Micros) -> None:
    """Take *outcome* in silence's name."""
    taken = step.exit(outcome)
    assert taken is not None, "checked when the process is saved"
    place = place_of(turn.state, node["n"])
    taken = turn.possible(place, step, taken)
    silent = next((seat.n for seat in _silent(node)), node["n"]) if "seats" in node else node["n"]
    event: Noted = {"e": "noted", "how": how, "s": step.id, "n": silent, "x": taken.name}
    turn.emit(meant_then(turn, event, meant))
    turn.leave(find(turn.state, node["n"]) or node, taken, grounds(turn, step))


def _moved_up(node: AskNode, key: AudienceKey, *, one: bool) -> list[Seat]:
    """The seats with the silent ones moved to *key*; where any *one* decides, only the first of them, once."""
    silent = _silent(node)
    gone = silent[1:] if one else []
    return [Seat(seat.n, key) if seat in silent else seat for seat in node["seats"] if seat not in gone]


def _escalate(turn: Turn, node: Timed, due: Due, rung: Rung, meant: Micros) -> None:
    """Move the task's one key up the ladder; the holder before keeps reading."""
    assert rung.escalate is not None
    step = None if node["n"] == 0 else turn.step(node["s"])
    without = excluded(step, turn.env) if step else ()
    keys = audiences(rung.escalate, turn.env, without)
    clock = climbed(node["due"], due, turn.facts.now(), calendar_of(turn.env))
    event: Escalated = {"e": "escalated", "n": node["n"], "s": node["s"], "to": list(keys), "due": clock}
    if keys and "seats" in node and node["seats"]:
        event["seats"] = _moved_up(node, keys[0], one=step is not None and step.sign == "any")
    turn.emit(meant_then(turn, event, meant))
    if keys:
        turn.emit({"e": "told", "to": list(keys), "what": f"{node['s']}:{'late' if 'seats' in event else 'overdue'}"})
