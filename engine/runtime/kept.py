"""What a return keeps: results that ``again: changed`` or ``resume`` need not ask or run again."""

from __future__ import annotations

from typing import Protocol

from engine.definition.model import Process, Step
from engine.definition.uses import all_steps
from engine.runtime.shapes.parts import Address, Kept, Record
from engine.runtime.shapes.tree import State
from engine.runtime.state import frame_at, frames, owed, way_to_frame


class _Keeper(Protocol):
    """The part of a turn that keeping needs."""

    state: State
    process: Process

    def steps_from(self, home: Address, position: int) -> list[str]: ...

    def position(self, step_id: str) -> int: ...


def keeps(process: Process) -> bool:
    """Whether any return of *process* keeps results."""
    return any(taken.again != "replay" for step in all_steps(process.steps) for taken in step.outcomes)


def _passed_on(step: Step, outcome: str) -> bool:
    """Whether the step let the case go on by that outcome; a refusal is what a return asks to think over."""
    taken = step.exit(outcome)
    return step.action != "" if taken is None else taken.then.kind == "next"


def keep(turn: _Keeper, home: Address, target: str, mode: str, returner: str) -> Kept:
    """The record of what a return to the step *target* of the list at *home* keeps, by step.

    People whom the return itself names (``back X``) decide anew; whoever stands behind the first form is not named.
    """
    frame, position = frame_at(turn.state, home), turn.position(target)
    since = [entry for entry in frame.get("undo", ()) if turn.position(entry.item) >= position]
    effects = [*since, *(owed(frame["node"]) if "node" in frame else ())]
    serials = {entry.step: entry.n for entry in effects}
    kept: dict[str, Record] = {}
    older = frame["kept"]["of"] if "kept" in frame else {}
    for step_id in turn.steps_from(home, position):
        step = turn.process.index[step_id][0]
        if step_id == target and step.who is not None:
            continue
        if step_id in older:
            kept[step_id] = older[step_id]
        elif step_id in turn.state["out"] and step.kept:
            out = turn.state["out"][step_id]
            if _passed_on(step, out["outcome"]):
                kept[step_id] = {"n": serials.get(step_id, 0), "d": out.get("d", ""), "out": out}
    # An effect without a record would be owed by nobody: it stays owed, and unpassed it is released.
    for entry in effects:
        kept.setdefault(entry.step, {"n": entry.n, "d": "", "out": turn.state["out"].get(entry.step, {})})
    return {"mode": mode, "by": returner, "of": kept}


def unpassed(state: State) -> set[str]:
    """The steps whose kept results nobody has passed again yet: for the time being they say nothing."""
    return {step for frame in frames(state["root"]) if "kept" in frame for step in frame["kept"]["of"]}


def kept_record(state: State, at: Address, step_id: str) -> tuple[Address, str, Record] | None:
    """The nearest kept result of *step_id* at or above the list at *at*: its frame, mode and record."""
    for owner, key in reversed(way_to_frame(state, at)):
        kept = owner["f"][key].get("kept")
        if kept and step_id in kept["of"]:
            return (owner["n"], key), kept["mode"], kept["of"][step_id]
    return None
