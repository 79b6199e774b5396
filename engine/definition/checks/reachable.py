"""Every step can be reached, and a case that runs off the end of its steps is ``done``."""

from __future__ import annotations

from engine.definition.checks.findings import Findings
from engine.definition.checks.flow import Flow
from engine.definition.model import Process, Step
from engine.definition.uses import lists_of


def check_reachable(process: Process, flow: Flow, out: Findings) -> None:
    """The steps that no way leads to, and the end that the last step leads to."""
    _list(process.steps, flow, out)
    if flow.finished is not None and process.end_named("done") is None:
        out.add("no-done", "ends")


def _list(steps: tuple[Step, ...], flow: Flow, out: Findings) -> None:
    """Only the first of the steps behind a way that ends is named."""
    for step in steps:
        if step.id not in flow.entering:
            out.add("unreachable", f"steps.{step.id}", name=step.id)
            return
        for inner in lists_of(step):
            if inner and _entered(step, inner, flow):
                _list(inner, flow, out)


def _entered(step: Step, inner: tuple[Step, ...], flow: Flow) -> bool:
    """Small steps of an exit that is never taken are reported with the exit."""
    return all(taken.steps is not inner or (step.id, taken.name) in flow.leaving for taken in step.outcomes)
