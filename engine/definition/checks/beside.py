"""Branches side by side do not meddle: none fills what another fills or reads."""

from __future__ import annotations

from itertools import permutations

from engine.definition.checks.findings import Findings
from engine.definition.fields.exit_form import form_of
from engine.definition.model import Branch, Process, Step
from engine.definition.uses import all_steps, of_step


def check_beside(process: Process, out: Findings) -> None:
    """Every pair of branches of every parallel step."""
    for step in all_steps(process.steps):
        if step.inside == "side_by_side":
            _branches(process, step, out)


def _branches(process: Process, step: Step, out: Findings) -> None:
    filled = {branch.name: _filled(branch) for branch in step.lists}
    read = {branch.name: _read(process, branch) for branch in step.lists}
    for one, other in permutations(step.lists, 2):
        path = f"steps.{step.id}.parallel.{other.name}"
        twice = filled[one.name] & filled[other.name]
        if step.lists.index(one) < step.lists.index(other):
            for name in sorted(twice):
                out.add("filled-twice", path, name=name, one=one.name, other=other.name)
        for name in sorted(filled[one.name] & read[other.name] - twice):
            out.add("read-beside", path, name=name, one=one.name, other=other.name)


def _filled(branch: Branch) -> set[str]:
    names: set[str] = set()
    for step in all_steps(branch.steps):
        for taken in step.outcomes:
            names |= {*form_of(step, taken), *(name for name, _ in taken.set)}
    return names


def _read(process: Process, branch: Branch) -> set[str]:
    """The fields that a branch reads, those behind derived fields and parties among them."""
    names: set[str] = set()
    for step in all_steps(branch.steps):
        names |= set(step.show)
        for use in of_step(step):
            names |= use.formula.names
    found: set[str] = set()
    while names:
        name = names.pop()
        parts = {".".join(name.split(".")[:n]) for n in range(1, name.count(".") + 2)}
        names |= _behind(process, name.partition(".")[0]) - found
        found |= parts
    return found


def _behind(process: Process, name: str) -> set[str]:
    field = process.field_named(name)
    if field is not None and field.value is not None:
        return set(field.value.names)
    return set().union(*(party.unit.names for party in process.parties if party.name == name))
