"""Where a step stands in the tree: what is around it, what is inside it, where a return may lead."""

from __future__ import annotations

from collections.abc import Iterator

from engine.definition.model import Process, Spot, Step
from engine.definition.uses import all_steps

START = "start"


def spots(process: Process, step_id: str) -> Iterator[Spot]:
    """The spot of a step and of every step around it, innermost first."""
    while step_id:
        spot = process.index[step_id][1]
        yield spot
        step_id = spot.owner


def returns(process: Process, step_id: str) -> tuple[str, ...]:
    """The steps that an exit of *step_id* may go back to, nearest first."""
    found: list[str] = []
    for spot in spots(process, step_id):
        items = process.steps_of(spot.owner, spot.key)
        found += [step.id for step in reversed(items[: spot.position + 1])]
    return (*found, START)


def redone(process: Process, target: str) -> tuple[Step, ...]:
    """The items that a return to *target* starts anew or may start anew: it and all behind it in its list."""
    if target == START:
        return process.steps
    spot = process.index[target][1]
    return process.steps_of(spot.owner, spot.key)[spot.position :]


def parallels_around(process: Process, step_id: str) -> Iterator[tuple[Step, str]]:
    """The parallel steps around *step_id*, nearest first, each with the branch that the step is in."""
    for spot in spots(process, step_id):
        owner = process.index[spot.owner][0] if spot.owner else None
        if owner is not None and owner.inside == "side_by_side" and not spot.key.startswith(">"):
            yield owner, spot.key


def ids_in(steps: tuple[Step, ...]) -> frozenset[str]:
    """The ids of *steps* and of all inside them."""
    return frozenset(step.id for step in all_steps(steps))
