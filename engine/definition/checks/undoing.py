"""What cannot be undone is never in the way of a return, a cancellation or an end that releases everything."""

from __future__ import annotations

from collections.abc import Iterable

from engine.definition.catalogue import Catalogue
from engine.definition.checks.findings import Findings
from engine.definition.checks.flow import Flow, actions_in
from engine.definition.checks.tree import ids_in, parallels_around, redone
from engine.definition.model import Exit, Process, Step
from engine.definition.uses import all_steps


def check_undo(process: Process, flow: Flow, catalogue: Catalogue, out: Findings) -> None:
    """Every exit and end that undoes, against the actions that may be in effect there."""
    lasting = {
        step.id for step in all_steps(process.steps) if _impossible(catalogue, step.action)
    }
    if not lasting:
        return
    for step in all_steps(process.steps):
        for taken in step.outcomes:
            known = flow.going.get((step.id, taken.name))
            undone = _undone(process, step, taken) if known else frozenset()
            _report(out, f"steps.{step.id}.outcomes.{taken.name}", lasting & undone & (known.ran if known else set()))
        if step.cuts and step.id in flow.entering:
            _report(out, f"steps.{step.id}.need", lasting & ids_in((step,)))
    for end in process.ends:
        if end.undo == "all" and end.name in flow.ending:
            _report(out, f"ends.{end.name}.undo", lasting & flow.ending[end.name].ran)


def _impossible(catalogue: Catalogue, action: str) -> bool:
    spec = catalogue.actions.get(action)
    return spec is not None and spec.undo == "impossible"


def _undone(process: Process, step: Step, taken: Exit) -> frozenset[str]:
    """The steps whose actions the exit undoes if they ran."""
    undone: set[str] = set()
    if taken.undo == "all":
        undone |= actions_in(process.steps)
    if taken.undo == "this" or (step.inside == "in_order" and taken.name not in step.comes_to and taken.undo != "none"):
        undone |= ids_in((step,))
    if taken.then.kind == "back" and (taken.then.name == "start" or taken.then.name in process.index):
        undone |= ids_in(redone(process, taken.then.name))
    if taken.then.kind in ("drop", "end"):
        undone |= _cancelled(process, step, drops=taken.then.kind == "drop")
    return frozenset(undone)


def _cancelled(process: Process, step: Step, *, drops: bool) -> set[str]:
    """A drop undoes its own branch, an end whatever runs beside it at any level."""
    around = list(parallels_around(process, step.id))
    branches = (
        branch
        for parallel, name in (around[:1] if drops else around)
        for branch in parallel.lists
        if (branch.name == name) == drops
    )
    return actions_in(inner for branch in branches for inner in branch.steps)


def _report(out: Findings, path: str, steps: Iterable[str]) -> None:
    for name in sorted(steps):
        out.add("undo-impossible", path, name=name)
