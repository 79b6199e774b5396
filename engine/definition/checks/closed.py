"""Every result leads somewhere and nothing else does: outcomes of actions, waits, stages and parallel steps."""

from __future__ import annotations

from engine.definition.catalogue import Catalogue
from engine.definition.checks.findings import Findings
from engine.definition.checks.flow import Flow
from engine.definition.checks.takers import late_outcomes
from engine.definition.model import Process, Step
from engine.definition.uses import all_steps, roots_of


def check_closed(process: Process, flow: Flow, catalogue: Catalogue, out: Findings) -> None:
    """The outcomes of every step that comes to them by itself."""
    for step in all_steps(process.steps):
        if step.action:
            _action(process, step, catalogue, out)
            continue
        _only_of_actions(step, out)
        if step.inside == "side_by_side" and not _counted(step, flow, out):
            continue
        if step.comes_to:
            _strangers(step, step.comes_to, out)


def _action(process: Process, step: Step, catalogue: Catalogue, out: Findings) -> None:
    spec = catalogue.actions.get(step.action)
    if spec is None or not step.outcomes:
        return
    names = [result.name for result in spec.results]
    for name in names:
        if step.exit(name) is None:
            out.add("not-mapped", f"steps.{step.id}.outcomes", name=name, step=step.id)
    _strangers(step, tuple(names), out)
    told = {result.name for result in spec.results if result.refusing and result.told}
    for taken in step.outcomes:
        if taken.at_form and taken.name in names and taken.name not in told:
            out.add("at-form-not-refused", f"steps.{step.id}.outcomes.{taken.name}.at_form", name=taken.name)
        elif taken.at_form and not any(roots_of(process, value) for _, value in step.with_):
            out.add("at-form-no-form", f"steps.{step.id}.outcomes.{taken.name}.at_form", step=step.id)


def _only_of_actions(step: Step, out: Findings) -> None:
    """Only an action refuses a form."""
    for taken in step.outcomes:
        if taken.at_form:
            out.add("at-form-not-refused", f"steps.{step.id}.outcomes.{taken.name}.at_form", name=taken.name)


def _strangers(step: Step, own: tuple[str, ...], out: Findings) -> None:
    """Outcomes that the step never comes to by itself and that nobody else is said to take."""
    named = {taken.exhausted for taken in step.outcomes} | set(late_outcomes(step))
    for taken in step.outcomes:
        path = f"steps.{step.id}.outcomes.{taken.name}"
        if taken.by.kind == "asked" and taken.name not in own and taken.name not in named:
            out.add("never-comes", path, own, name=taken.name, step=step.id)
        if step.by_itself and taken.by.kind == "who" and taken.name not in named:
            out.add("nobody-asked", path, name=taken.name, step=step.id)


def _counted(step: Step, flow: Flow, out: Findings) -> bool:
    """Whether a case can come to the step, whose branches are counted; then both outcomes that may come lead on."""
    if step.needed > len(step.lists) > 0:
        out.add("need-too-many", f"steps.{step.id}.need", need=step.needed, branches=len(step.lists))
    if step.id not in flow.entering:
        return False
    met, short = step.comes_to
    too_few = len(step.lists) - len(flow.dropping.get(step.id, ())) < step.needed
    for name in (met, short) if too_few else (met,):
        if step.exit(name) is None:
            out.add("not-mapped", f"steps.{step.id}.outcomes", name=name, step=step.id)
    return True
