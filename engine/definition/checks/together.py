"""No two people write one field at the same time: everybody who signs, and who may act beside an open step."""

from __future__ import annotations

from engine.definition.checks.findings import Findings
from engine.definition.checks.takers import by_people
from engine.definition.model import Exit, Process, Step
from engine.definition.uses import all_steps
from engine.i18n import listed


def check_together(process: Process, out: Findings) -> None:
    """Every step that everybody signs, and every stage with an exit that stays."""
    for step in all_steps(process.steps):
        if step.sign == "all" and step.outcomes:
            _signed(step, out)
        if step.inside == "in_order":
            _stage(step, out)


def _signed(step: Step, out: Findings) -> None:
    """Everybody takes the first outcome; any other is taken by one and decides."""
    first = step.outcomes[0]
    names = dict.fromkeys((*step.fill, *first.fill, *first.must))
    path = f"steps.{step.id}"
    at = f"{path}.fill" if step.fill else f"{path}.outcomes.{first.name}"
    if names:
        out.add("filled-by-several", at, step=step.id, fields=listed(names))


def _stage(step: Step, out: Findings) -> None:
    """An exit that stays is open beside all that is inside, and beside the other exits of the stage."""
    beside = [*((one, taken) for body in step.lists for one in all_steps(body.steps) for taken in one.outcomes)]
    for number, taken in enumerate(step.outcomes):
        if taken.then.kind != "stay" or not by_people(step, taken):
            continue
        others = [*beside, *((step, other) for other in step.outcomes[:number] if other.then.kind == "stay")]
        twice = _written(step, taken) & {name for one, other in others for name in _written(one, other)}
        for name in sorted(twice):
            out.add("filled-beside", f"steps.{step.id}.outcomes.{taken.name}", name=name, taken=taken.name)


def _written(step: Step, taken: Exit) -> set[str]:
    """The fields that an exit of a step may change."""
    return {*step.fill, *taken.fill, *taken.must, *(name for name, _ in taken.set)}
