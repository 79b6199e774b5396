"""What a return keeps: results that ``again: changed`` or ``resume`` need not ask or run again."""

from __future__ import annotations

from typing import Any, Protocol

from engine.definition.model import Ask, Do, Exit, Process, Step
from engine.runtime.state import Address, State, frame_at, owed, way_to_frame


class _Keeper(Protocol):
    """The part of a turn that keeping needs."""

    state: State
    process: Process

    def steps_from(self, home: Address, position: int) -> list[str]: ...


def _keeps(steps: tuple[Step, ...]) -> bool:
    def any_keeps(exits: tuple[Exit, ...]) -> bool:
        return any(e.again != "replay" or _keeps(e.steps) for e in exits)

    return any(
        any_keeps(step.outcomes)
        or _keeps(getattr(step, "steps", ()))
        or any(_keeps(branch.steps) for branch in getattr(step, "branches", ()))
        for step in steps
    )


def keeps(process: Process) -> bool:
    """Whether any return of *process* keeps results."""
    return _keeps(process.steps)


def _passed_on(step: Step, outcome: str) -> bool:
    """Whether the step simply went on by that outcome, so that going on again says the same."""
    taken = step.exit(outcome)
    if taken is None:
        return isinstance(step, Do)
    return taken.then.kind == "next" and not taken.steps


def keep(turn: _Keeper, home: Address, position: int, mode: str, returner: str) -> dict[str, Any]:
    """The record of what a return to *position* of the list at *home* keeps, by step."""
    frame = frame_at(turn.state, home)
    effects = [*frame.get("undo", ()), *(owed(frame["node"]) if "node" in frame else ())]
    serials = {entry[2]: entry[1] for entry in effects}
    kept: dict[str, Any] = {}
    older = frame.get("kept", {}).get("of", {})
    for place, step_id in enumerate(turn.steps_from(home, position)):
        step = turn.process.index[step_id][0]
        if step_id in older:
            kept[step_id] = older[step_id]
        elif step_id in turn.state["out"] and isinstance(step, (Ask, Do)):
            out = turn.state["out"][step_id]
            first_ask = place == 0 and isinstance(step, Ask)
            if _passed_on(step, out["outcome"]) and not first_ask:
                kept[step_id] = {"n": serials.get(step_id, 0), "d": out.get("d", ""), "out": out}
    # An effect without a record would be owed by nobody: it stays owed, and unpassed it is released.
    for entry in effects:
        kept.setdefault(entry[2], {"n": entry[1], "d": "", "out": turn.state["out"].get(entry[2], {})})
    return {"mode": mode, "by": returner, "of": kept}


def kept_record(state: State, at: Address, step_id: str) -> tuple[Address, str, dict[str, Any]] | None:
    """The nearest kept result of *step_id* at or above the list at *at*: its frame, mode and record."""
    for owner, key in reversed(way_to_frame(state, at)):
        kept = owner["f"][key].get("kept")
        if kept and step_id in kept["of"]:
            return (owner["n"], key), kept["mode"], kept["of"][step_id]
    return None
