"""Nothing goes round for ever and nothing waits for ever: ``at_most``, ``exhausted``, ``late``, a way out."""

from __future__ import annotations

from engine.definition.checks.findings import Findings
from engine.definition.checks.takers import by_clock, by_people, late_outcomes, unattended
from engine.definition.model import Exit, Process, Step
from engine.definition.uses import all_steps


def check_bounds(process: Process, out: Findings) -> None:
    """Every return is counted, every substitute exists, every ask has a way out."""
    for step in all_steps(process.steps):
        for taken in step.outcomes:
            if taken.then.kind == "back":
                _return(step, taken, out)
        _late(step, out)
        _clock(step, out)
        if step.who is not None and step.outcomes:
            _way_out(step, out)


def _return(step: Step, taken: Exit, out: Findings) -> None:
    path = f"steps.{step.id}.outcomes.{taken.name}"
    if taken.at_most is None and f"{path}.at_most" not in out.places:
        out.add("no-at-most", path, name=taken.name)
    if not taken.exhausted:
        if taken.name in unattended(step):
            out.add("no-exhausted", path, name=taken.name)
        return
    sibling = step.exit(taken.exhausted)
    if sibling is None:
        if f"steps.{step.id}.outcomes.{taken.exhausted}" not in out.places:
            out.add("not-a-sibling", f"{path}.exhausted", _names(step), name=taken.exhausted, step=step.id)
        return
    if taken.name == min(_circle(step, taken), default=""):
        out.add("exhausted-circle", f"{path}.exhausted", name=taken.name)
    if step.by_itself and by_people(step, sibling):
        out.add("exhausted-by-people", f"{path}.exhausted", name=sibling.name)


def _circle(step: Step, taken: Exit) -> set[str]:
    """The outcomes that stand in for one another in a circle from *taken* back to it, if there is one."""
    seen, name = {taken.name}, taken.exhausted
    while name and name not in seen:
        seen.add(name)
        sibling = step.exit(name)
        name = sibling.exhausted if sibling else ""
    return seen if name == taken.name else set()


def _late(step: Step, out: Findings) -> None:
    path = f"steps.{step.id}.due"
    for name in late_outcomes(step):
        if step.exit(name) is None and f"steps.{step.id}.outcomes.{name}" not in out.places:
            key = "before.late" if step.due and name == step.due.lapse else "late"
            out.add("not-a-sibling", f"{path}.{key}", _names(step), name=name, step=step.id)
    if step.due and step.due.before and not step.due.lapse and any(_says_yes(step, taken) for taken in step.outcomes):
        out.add("before-stays-open", f"{path}.before", warning=True, name=step.id)


def _says_yes(step: Step, taken: Exit) -> bool:
    """Whether people let the case go on by it."""
    return taken.then.kind == "next" and by_people(step, taken)


def _clock(step: Step, out: Findings) -> None:
    """What silence may lead to: never on without saying so, never past a form that has to be filled."""
    taking, named = by_clock(step), {taken.exhausted for taken in step.outcomes}
    alone = unattended(step)
    instead = {*late_outcomes(step), *(taken.exhausted for taken in step.outcomes if taken.name in alone)}
    for taken in step.outcomes:
        path = f"steps.{step.id}.outcomes.{taken.name}"
        if taken.by.kind == "clock" and taken.name not in taking | named:
            out.add("clock-never", path, name=taken.name)
        if taken.name in instead and taken.then.kind == "next" and taken.by.kind != "clock":
            out.add("silence-is-yes", path, name=taken.name)
        if taken.must and (taken.name in taking or taken.by.kind == "clock"):
            out.add("clock-cannot-fill", f"{path}.must", name=taken.name)


def _way_out(step: Step, out: Findings) -> None:
    """People, or the clock, can always take an exit that leads away; a return may be used up."""
    open_ones = [taken for taken in step.outcomes if by_people(step, taken) or taken.name in by_clock(step)]
    if not any(_leads_away(taken) for taken in open_ones):
        out.add("no-way-out", f"steps.{step.id}", name=step.id)
    if not any(by_people(step, taken) for taken in step.outcomes):
        out.add("nobody-may-answer", f"steps.{step.id}", name=step.id)


def _leads_away(taken: Exit) -> bool:
    return taken.then.kind not in ("back", "stay")


def _names(step: Step) -> list[str]:
    return [taken.name for taken in step.outcomes]
