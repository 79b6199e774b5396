"""Whom ``not:`` keeps away: somebody who may have acted by then, and not everybody who is asked."""

from __future__ import annotations

from collections.abc import Iterator

from engine.definition.checks.findings import Findings
from engine.definition.checks.takers import by_people
from engine.definition.checks.tree import START, ids_in, spots
from engine.definition.expression import Formula
from engine.definition.model import Process, Step, Who
from engine.definition.uses import all_steps


def check_excluding(process: Process, out: Findings) -> None:
    """Every ``not:``."""
    order = {step.id: place for place, step in enumerate(all_steps(process.steps))}
    returns = list(_returns(process, order))
    for step in all_steps(process.steps):
        if step.who is None:
            continue
        for name in step.not_:
            if isinstance(name, str) and name in order and not _acted_before(process, name, step, order, returns):
                out.add("excludes-nobody", f"steps.{step.id}.not", name=name, step=step.id)
        if any(whos and all(_is_out(who, step) for who in whos) for _, whos in step.who.cases):
            out.add("asks-excluded", f"steps.{step.id}.not", step=step.id)


def _is_out(who: Who, step: Step) -> bool:
    """Whether the one person whom *who* names is surely kept away."""
    if who.kind not in ("applicant", "person"):
        return False
    asked = who.kind if who.person is None else who.person.text.strip()
    excluded = {name.text.strip() for name in step.not_ if isinstance(name, Formula)}
    for name in step.not_:
        if isinstance(name, str):
            excluded |= {f"{name}.who", f"{name}.for", *(("applicant",) if name == START else ())}
    return asked in excluded


def _returns(process: Process, order: dict[str, int]) -> Iterator[tuple[int, int]]:
    """Each way back: the last place from which it may be taken, and the place that it leads to."""
    for step in all_steps(process.steps):
        last = max(order[name] for name in ids_in((step,)))
        for taken in step.outcomes:
            if taken.then.kind == "back":
                yield last, order.get(taken.then.name, -1)


def _acted_before(
    process: Process, name: str, step: Step, order: dict[str, int], returns: list[tuple[int, int]]
) -> bool:
    """Whether people may have acted in the step called *name* by the time that *step* asks."""
    other = process.index[name][0]
    if not any(by_people(other, taken) for taken in other.outcomes):
        return False
    if any(order[name] <= last and target <= order[step.id] for last, target in returns):
        return True
    return other is not step and _comes_before(process, other, step, order)


def _comes_before(process: Process, other: Step, step: Step, order: dict[str, int]) -> bool:
    """Whether *other* stands before *step*, around it, or in a branch beside it."""
    mine = {(spot.owner, spot.key): spot.position for spot in spots(process, step.id)}
    owners = {owner for owner, _ in mine}
    for spot in spots(process, other.id):
        if (spot.owner, spot.key) in mine:
            return order[other.id] < order[step.id]
        if spot.owner in owners:
            return process.index[spot.owner][0].inside == "side_by_side"
    return False
