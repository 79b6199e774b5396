"""What the checks accept always ends, owes nothing when refused, and never meets an empty value it needs."""

from __future__ import annotations

from random import Random
from typing import Any

import pytest

from engine.audience import RoleAt, parse_audience, person_of
from engine.definition.catalogue import ActionSpec
from engine.definition.kinds.ask import Ask
from engine.definition.kinds.do import Do
from engine.definition.model import Process
from engine.errors import RongtongError
from engine.runtime import commands as c
from engine.runtime.draft import Definition
from engine.runtime.env import CaseEnv
from engine.runtime.facts import GivenFacts
from engine.runtime.kinds.do import inputs
from engine.runtime.pending import Request
from engine.runtime.people import audiences
from engine.runtime.simulate import Simulation, given_result
from engine.runtime.state import nodes, seats
from tests.unit.definition.catalogue import CATALOGUE
from tests.unit.runtime.noon import CALENDAR, NOON
from tests.unit.runtime.written import BEGUN, written

SEEDS_OF_ONE_TEST = 60


class Case(Simulation):
    """A simulated case that looks at each step as it opens."""

    def _answer(self, request: Request) -> c.Command:
        step = self.definition.process.index[request.step][0]
        if request.kind == "do" and isinstance(step, Do):
            given = inputs(self.env(), step)
            needed = [one.name for one in CATALOGUE.actions[step.action].inputs if one.required]
            assert [name for name in needed if given.get(name) is None] == [], step.id
        return super()._answer(request)

    def env(self) -> CaseEnv:
        """What formulas read now."""
        assert self.state is not None
        return CaseEnv(self.definition.process, self.state, self.facts, CATALOGUE)

    def unasked(self) -> list[str]:
        """Open asks that found nobody to ask."""
        assert self.state is not None
        steps = [self.definition.process.index[node["s"]][0] for node in nodes(self.state["root"]) if node["k"] == "ask"
                 and node["s"] != "start"]  # fmt: skip
        return [step.id for step in steps if isinstance(step, Ask) and not audiences(step.who, self.env())]


def begun(process: Process, random: Random) -> Case:
    """A case of *process* that has begun; actions answer at random."""

    def answer(_step: str, spec: ActionSpec) -> tuple[str, dict[str, Any]]:
        return given_result(spec, random.choice(spec.results).name)

    case = Case(Definition(process, CATALOGUE), GivenFacts(NOON, CALENDAR), answer)
    case.give(c.Start("starter", "unit", dict(BEGUN), applicant="applicant"))
    return case


def choices(sim: Simulation, random: Random) -> list[c.Act]:
    """Everything that somebody could press, in any order; optional fields are filled or not."""
    process, state = sim.definition.process, sim.state
    assert state is not None
    found = []
    for n, (node, seat) in seats(state).items():
        if node["s"] == "start":
            found.append(c.Act("applicant", n, "submit", dict(BEGUN)))
        else:
            step = process.index[node["s"]][0]
            assert isinstance(step, Ask)
            for taken in step.outcomes:
                fill = {f: None if f == "o1" and f not in taken.must and random.random() < 0.5 else "helper"
                        for f in (*step.fill, *taken.must)}  # fmt: skip
                actor = "applicant" if taken.by.kind == "who" else someone(sim, seat.audience, random)
                found.append(c.Act(actor, n, taken.name, fill, opinion="意见"))
    for node in nodes(state["root"]):
        if node["k"] == "stage":
            step = process.index[node["s"]][0]
            found += [c.Act("applicant", node["n"], one.name) for one in step.outcomes if one.by.kind == "who"]
    random.shuffle(found)
    return found


def someone(sim: Simulation, audience: str, random: Random) -> str:
    """A person of the audience."""
    if person := person_of(audience):
        return person
    meant = parse_audience(audience)
    assert isinstance(meant, RoleAt), audience
    return random.choice(sim.facts.holders(meant.role, meant.unit, ()))


def moved(sim: Simulation, random: Random) -> bool:
    """Let somebody act, or else the clock; False if neither can."""
    acts = choices(sim, random)
    if acts and random.random() < 0.85 and pressed(sim, acts):
        return True
    return sim.ring() or pressed(sim, acts)


def pressed(sim: Simulation, acts: list[c.Act]) -> bool:
    """Whether one of *acts* was not refused."""
    for act in acts:
        try:
            sim.give(act)
        except RongtongError:
            continue
        return True
    return False


@pytest.mark.parametrize("first", range(0, 240, SEEDS_OF_ONE_TEST))
def test_an_accepted_process_always_ends_well(first: int) -> None:
    accepted = [process for seed in range(first, first + SEEDS_OF_ONE_TEST) if (process := written(seed))]

    assert accepted
    for number, process in enumerate(accepted):
        random = Random(first + number)
        case = begun(process, random)
        for _ in range(500):
            if case.state is None or case.state["st"] == "ended":
                break
            assert case.unasked() == []
            assert moved(case, random), "nobody can act and no clock will ring"
        assert case.state is not None and case.state["st"] == "ended"
        assert case.state["end"] != "refused" or not case.effects
