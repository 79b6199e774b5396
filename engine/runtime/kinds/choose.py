"""choose: the branch that was chosen is open."""

from __future__ import annotations

from typing import Final

from engine.definition.kinds.choose import Choose
from engine.runtime.kinds.kind import Kind
from engine.runtime.shapes.parts import Address
from engine.runtime.shapes.tree import ChooseNode
from engine.runtime.state import place_of
from engine.runtime.turn import Turn


def _open(turn: Turn, step: Choose, at: Address) -> None:
    """Enter the first branch whose condition holds; the else branch is always there."""
    branch = next(b for b in step.branches if b.if_ is None or turn.env.truth(b.if_))
    n = turn.serial()
    node: ChooseNode = {"n": n, "s": step.id, "k": "choose", "f": {branch.name: {}}}
    turn.emit({"e": "opened", "in": at, "node": node})
    turn.enter((n, branch.name), 0)


def _ended(turn: Turn, node: ChooseNode, key: str) -> None:
    outer = place_of(turn.state, node["n"])
    turn.close(node, key)
    turn.pass_on(outer, node["s"])


KIND: Final[Kind[Turn]] = Kind(k="choose", open=_open, ended=_ended)
