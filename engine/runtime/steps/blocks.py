"""wait, choose, parallel and stage: the kinds that hold time or other steps."""

from __future__ import annotations

from engine.definition.model import Choose, Exit, Parallel, Stage, Target, Wait
from engine.runtime.clocks import open_clock, wait_clock
from engine.runtime.shapes.parts import Address
from engine.runtime.shapes.tree import ChooseNode, ParallelNode, StageNode, WaitNode
from engine.runtime.state import find
from engine.runtime.turn import Turn


def came(step: Wait) -> Exit:
    """The outcome of a wait whose moment has come."""
    return step.exit("came") or Exit("came", Target("next"), step.title)


def open_wait(turn: Turn, step: Wait, at: Address) -> None:
    """Rest until the moment; one that has passed, or is empty, does not hold the case."""
    clock = wait_clock(step, turn.env)
    node: WaitNode = {"n": turn.serial(), "s": step.id, "k": "wait", "due": clock}
    turn.emit({"e": "opened", "in": at, "node": node})
    if clock["at"] <= turn.facts.now():
        turn.leave(node, came(step))


def open_choose(turn: Turn, step: Choose, at: Address) -> None:
    """Enter the first branch whose condition holds; the else branch is always there."""
    branch = next(b for b in step.branches if b.if_ is None or turn.env.truth(b.if_))
    n = turn.serial()
    node: ChooseNode = {"n": n, "s": step.id, "k": "choose", "f": {branch.name: {}}}
    turn.emit({"e": "opened", "in": at, "node": node})
    turn.enter((n, branch.name), 0)


def open_parallel(turn: Turn, step: Parallel, at: Address) -> None:
    """Enter every branch, in order; the step is decided once all have been entered."""
    n = turn.serial()
    node: ParallelNode = {"n": n, "s": step.id, "k": "parallel", "f": {b.name: {} for b in step.branches}}
    turn.emit({"e": "opened", "in": at, "node": node})
    turn.opening.add(n)
    for branch in step.branches:
        if find(turn.state, n) is not None:
            turn.enter((n, branch.name), 0)
    turn.opening.discard(n)
    turn.settle_parallel(n)


def open_stage(turn: Turn, step: Stage, at: Address) -> None:
    """Open the list with its own clock; its exits stay open beside what is inside."""
    n = turn.serial()
    node: StageNode = {"n": n, "s": step.id, "k": "stage", "f": {"": {}}}
    clock = open_clock(step.due, turn.env) if step.due else None
    if clock:
        node["due"] = clock
    turn.emit({"e": "opened", "in": at, "node": node})
    turn.enter((n, ""), 0)
