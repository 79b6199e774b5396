"""Nodes that are no steps: the case itself, the small steps of an exit, what is released, what cannot be entered."""

from __future__ import annotations

from typing import Final

from engine.runtime.kinds.kind import Kind
from engine.runtime.shapes.tree import ExitNode, Root, StuckNode
from engine.runtime.state import ROOT, place_of
from engine.runtime.turn import Turn


def _case_ended(turn: Turn, _node: Root, _key: str) -> None:
    turn.end("done", ROOT)


def _small_steps_ended(turn: Turn, node: ExitNode, _key: str) -> None:
    outer, taken = place_of(turn.state, node["n"]), turn.step(node["s"]).exit(node["x"])
    assert taken is not None
    turn.emit({"e": "closed", "n": node["n"], "x": node["x"]})
    turn.go(outer, node["s"], taken)


def _enter_again(turn: Turn, node: StuckNode) -> None:
    at, step = place_of(turn.state, node["n"]), node["s"]
    turn.stuck[step] = node["bad"]
    turn.emit({"e": "closed", "n": node["n"], "x": "stuck"})
    turn.enter(at, turn.position(step))


CASE: Final[Kind[Turn]] = Kind(k="root", ended=_case_ended)
SMALL_STEPS: Final[Kind[Turn]] = Kind(k="exit", ended=_small_steps_ended)
RELEASING: Final[Kind[Turn]] = Kind(k="unwind")
STUCK: Final[Kind[Turn]] = Kind(k="stuck", retried=_enter_again)
