"""Whatever a step and its exits ask, a page has one input of each field, and each press takes just what it asks."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations

from hypothesis import given

from engine.definition.fields.exit_form import form_of, in_common
from engine.definition.kinds.ask import Ask
from engine.definition.model import Exit, Process, Step
from engine.definition.uses import all_steps
from engine.runtime.start import start_step
from tests.contract.test_districts import DISTRICTS
from tests.contract.test_districts import read as pack
from tests.unit.runtime.grown import documents, sound


def offers(process: Process) -> Iterator[tuple[Step, tuple[Exit, ...]]]:
    """Every step with every choice of exits that a page may offer to some reader."""
    for step in (start_step(process), *all_steps(process.steps)):
        if isinstance(step, Ask):
            for size in range(1, len(step.outcomes) + 1):
                yield from ((step, exits) for exits in combinations(step.outcomes, size))


def inputs(step: Step, exits: tuple[Exit, ...]) -> list[str]:
    """The fields of the page in the order of its inputs."""
    common = in_common(step, exits)
    return [*common, *(name for taken in exits for name in form_of(step, taken) if name not in common)]


def check(process: Process) -> int:
    """How many pages the process has; each is looked at."""
    seen = 0
    for step, exits in offers(process):
        drawn = inputs(step, exits)
        assert len(drawn) == len(set(drawn)), (process.name, step.id)
        for taken in exits:
            assert set(form_of(step, taken)) <= set(drawn)
            assert {*step.fill, *taken.fill, *taken.must} == set(form_of(step, taken))  # type: ignore[attr-defined]
        seen += 1
    return seen


def test_every_step_of_every_shipped_process() -> None:
    assert sum(check(process) for district in DISTRICTS for process in pack(district)[1]) > 100


@given(documents())
def test_every_step_of_any_process(document: dict[str, object]) -> None:
    made = sound(document)
    if made is not None:
        check(made)
