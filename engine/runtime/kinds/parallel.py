"""parallel: branches are open side by side."""

from __future__ import annotations

from typing import Final

from engine.definition.kinds.parallel import Parallel
from engine.definition.model import Exit
from engine.runtime.kinds.kind import Kind
from engine.runtime.reach import owed_in
from engine.runtime.shapes.parts import Address, Owed
from engine.runtime.shapes.tree import ParallelNode
from engine.runtime.state import find, place_of
from engine.runtime.turn import Turn


def _open(turn: Turn, step: Parallel, at: Address) -> None:
    """Enter every branch, in order; the step is decided once all have been entered."""
    n = turn.serial()
    node: ParallelNode = {"n": n, "s": step.id, "k": "parallel", "f": {b.name: {} for b in step.branches}}
    turn.emit({"e": "opened", "in": at, "node": node})
    turn.opening |= {n}
    for branch in step.branches:
        if find(turn.state, n) is not None:
            turn.enter((n, branch.name), 0)
    turn.opening -= {n}
    _settle(turn, n)


def _ended(turn: Turn, node: ParallelNode, key: str) -> None:
    turn.emit({"e": "branch_done", "n": node["n"], "key": key, "counted": True})
    _settle(turn, node["n"])


def _dropped(turn: Turn, node: ParallelNode, key: str) -> None:
    turn.emit({"e": "branch_done", "n": node["n"], "key": key, "counted": False})
    _settle(turn, node["n"])


def _settle(turn: Turn, n: int) -> None:
    """Leave the step once its ``need`` is met or can no longer be."""
    node = find(turn.state, n)
    if node is None or n in turn.opening:
        return
    assert "f" in node, "its branches are open"
    step = turn.step(node["s"])
    assert isinstance(step, Parallel)
    marks = [frame.get("done") for frame in node["f"].values()]
    met = marks.count(True) >= step.needed
    short = marks.count(True) + marks.count(None) < step.needed
    if not (met or short) or (step.rest == "finish" and None in marks):
        return
    taken = step.exit("met" if met else "short")
    assert taken is not None, "checked when the process is saved"
    turn.leave(node, turn.possible(place_of(turn.state, n), step, taken))


def _cancels(node: ParallelNode, taken: Exit) -> list[Owed]:
    """What counted is kept."""
    if taken.undo == "none":
        return []
    frames = (frame for frame in node["f"].values() if taken.undo == "this" or frame.get("done") is not True)
    return [entry for frame in frames for entry in owed_in(frame)]


def _beside(node: ParallelNode, key: str) -> list[Owed]:
    others = (frame for name, frame in node["f"].items() if name != key and frame.get("done") is not True)
    return [entry for frame in others for entry in owed_in(frame)]


KIND: Final[Kind[Turn]] = Kind(
    k="parallel", open=_open, ended=_ended, dropped=_dropped, cancels=_cancels, beside=_beside
)
