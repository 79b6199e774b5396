"""stage: a list with exits that stay open beside it."""

from __future__ import annotations

from typing import Final

from engine.definition.kinds.stage import Stage
from engine.definition.model import Exit, Target
from engine.runtime.clocks import open_clock
from engine.runtime.kinds.kind import Kind
from engine.runtime.shapes.parts import Address, Owed
from engine.runtime.shapes.tree import StageNode
from engine.runtime.state import owed
from engine.runtime.turn import Turn


def _open(turn: Turn, step: Stage, at: Address) -> None:
    """Open the list with its own clock; its exits stay open beside what is inside."""
    n = turn.serial()
    node: StageNode = {"n": n, "s": step.id, "k": "stage", "f": {"": {}}}
    clock = open_clock(step.due, turn.env) if step.due else None
    if clock:
        node["due"] = clock
    turn.emit({"e": "opened", "in": at, "node": node})
    turn.enter((n, ""), 0)


def _ended(turn: Turn, node: StageNode, _key: str) -> None:
    step = turn.step(node["s"])
    turn.leave(node, step.exit("done") or Exit("done", Target("next"), step.title))


def _cancels(node: StageNode, taken: Exit) -> list[Owed]:
    """Whoever leaves early releases what was done, unless the exit says otherwise."""
    early = taken.name != "done" and taken.undo != "none"
    return owed(node) if early or taken.undo == "this" else []


KIND: Final[Kind[Turn]] = Kind(k="stage", open=_open, ended=_ended, cancels=_cancels)
