"""wait: the case rests until a moment."""

from __future__ import annotations

from typing import Final

from engine.clock import Micros
from engine.definition.kinds.wait import Wait
from engine.definition.model import Exit, Target
from engine.runtime.clocks import wait_clock
from engine.runtime.kinds.kind import Kind
from engine.runtime.shapes.parts import Address
from engine.runtime.shapes.task_events import Noted
from engine.runtime.shapes.tree import WaitNode
from engine.runtime.tick import meant_then
from engine.runtime.turn import Turn


def _open(turn: Turn, step: Wait, at: Address) -> None:
    """Rest until the moment; one that has passed, or is empty, does not hold the case."""
    clock = wait_clock(step.until, turn.env)
    node: WaitNode = {"n": turn.serial(), "s": step.id, "k": "wait", "due": clock}
    turn.emit({"e": "opened", "in": at, "node": node})
    if clock["at"] <= turn.facts.now():
        _came(turn, node)


def _rang(turn: Turn, node: WaitNode, meant: Micros) -> None:
    event: Noted = {"e": "noted", "how": "came", "s": node["s"], "n": node["n"], "x": "came"}
    turn.emit(meant_then(turn, event, meant))
    _came(turn, node)


def _came(turn: Turn, node: WaitNode) -> None:
    step = turn.step(node["s"])
    turn.leave(node, step.exit("came") or Exit("came", Target("next"), step.title))


KIND: Final[Kind[Turn]] = Kind(k="wait", open=_open, rang=_rang)
