"""Whoever applies from outside the office hears how it ended: they have no list of tasks to see it in."""

from __future__ import annotations

from engine.definition.checks.findings import Findings
from engine.definition.checks.flow import Flow
from engine.definition.checks.takers import by_people
from engine.definition.fields.offering import asks_anybody, open_to_anybody
from engine.definition.model import Exit, Process, Step, WhoRule
from engine.definition.uses import all_steps


def check_untold(process: Process, flow: Flow, out: Findings) -> None:
    """Warn of each end that the applicant did not bring about alone and is not told of."""
    start = process.start
    if start.who is None or not (start.for_applicant or asks_anybody(process, None)):
        return
    if all(open_to_anybody(step.who) for step in all_steps(process.steps) if step.who is not None):
        return
    own = _brought_about(process)
    for end in process.ends:
        if end.name in flow.ending and end.name not in own and not _names_applicant(end.tell):
            out.add("end-untold", f"ends.{end.name}", warning=True, name=end.title.zh)


def _brought_about(process: Process) -> set[str]:
    """The ends to which the applicant's own presses lead, and nothing else."""
    leading: dict[str, list[bool]] = {"done": [False]}  # a list that runs off its end leads there
    for step in all_steps(process.steps):
        for taken in step.outcomes:
            if taken.then.kind == "end":
                leading.setdefault(taken.then.name, []).append(_pressed_by_applicant(step, taken))
    return {end for end, ways in leading.items() if all(ways)}


def _pressed_by_applicant(step: Step, taken: Exit) -> bool:
    if not by_people(step, taken):
        return False
    return _applicants(taken.by.who if taken.by.kind == "who" else step.who)


def _applicants(rule: WhoRule | None) -> bool:
    """Whether the applicant alone is meant."""
    return rule is not None and all(who.kind == "applicant" for _, several in rule.cases for who in several)


def _names_applicant(rule: WhoRule | None) -> bool:
    """Whether the applicant is surely among those who are told."""
    return rule is not None and all(any(who.kind == "applicant" for who in several) for _, several in rule.cases)
