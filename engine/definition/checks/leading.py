"""Targets lead somewhere: ends and steps that exist, returns to where a return may go, drops out of a branch."""

from __future__ import annotations

from engine.definition.checks.findings import Findings
from engine.definition.checks.takers import by_clock, by_people
from engine.definition.checks.tree import parallels_around, returns
from engine.definition.model import Exit, Process, Step
from engine.definition.uses import all_steps
from engine.i18n import listed


def check_targets(process: Process, known_steps: tuple[str, ...], out: Findings) -> None:
    """Every target of every exit."""
    for step in all_steps(process.steps):
        for taken in step.outcomes:
            path = f"steps.{step.id}.outcomes.{taken.name}.then"
            if taken.then.kind == "end":
                _end(process, taken.then.name, path, out)
            elif taken.then.kind == "back":
                _back(process, step, taken, path, known_steps, out)
            elif taken.then.kind == "drop" and next(parallels_around(process, step.id), None) is None:
                out.add("drop-outside", path)
            elif taken.then.kind == "stay":
                _stay(step, taken, path, out)


def _end(process: Process, name: str, path: str, out: Findings) -> None:
    if process.end_named(name) is None:
        out.add("unknown-end", path, [end.name for end in process.ends], name=name)


def _back(process: Process, step: Step, taken: Exit, path: str, known_steps: tuple[str, ...], out: Findings) -> None:
    legal, name = returns(process, step.id), taken.then.name
    if name in legal:
        return
    if name not in known_steps:
        out.add("unknown-step", path, legal, name=name)
    else:
        out.add("bad-return", path, step=step.id, target=name, legal=listed(dict.fromkeys(legal)))


def _stay(step: Step, taken: Exit, path: str, out: Findings) -> None:
    if step.by_itself or not by_people(step, taken) or taken.name in by_clock(step):
        out.add("stay-alone", path, name=taken.name)
