"""Processes built from models, without a file: short words for tests of the runtime."""

from __future__ import annotations

from typing import Any

from engine.definition.calendar import calendar_from
from engine.definition.catalogue import ActionSpec, Catalogue, ResultSpec
from engine.definition.durations import parse_duration
from engine.definition.model import (
    Ask,
    Branch,
    By,
    Choose,
    Do,
    Due,
    End,
    Exit,
    Parallel,
    Process,
    Rung,
    Spot,
    Stage,
    Start,
    Step,
    Target,
    Value,
    Wait,
    Who,
    WhoRule,
)
from engine.i18n import both
from engine.runtime.draft import Definition
from engine.runtime.facts import GivenFacts
from engine.runtime.simulate import Answer, Simulation, first_result

NOON = 1_781_582_400_000_000  # 2026-06-16 12:00 in Shanghai, a Tuesday
CALENDAR = calendar_from({"years": {}, "hours": ["09:00-12:00", "14:00-18:00"]})

ACTIONS = {
    "t.hold": ActionSpec(
        "t.hold",
        both("hold"),
        (),
        (ResultSpec("held", both("held")), ResultSpec("refused", both("refused"), refusing=True)),
        undo="t.release",
    ),
    "t.note": ActionSpec("t.note", both("note"), (), (ResultSpec("noted", both("noted")),)),
}
CATALOGUE = Catalogue(actions=ACTIONS, plugins=frozenset({"t"}))


def target(text: str) -> Target:
    """``next``, ``stay``, ``drop``, ``end X``, ``back X``."""
    kind, _, name = text.partition(" ")
    return Target(kind, name)  # type: ignore[arg-type]


def leads(name: str, to: str = "next", **more: Any) -> Exit:
    """An exit called *name* that leads to *to*; ``clock=True`` lets only the clock take it."""
    if more.pop("clock", False):
        more["by"] = By("clock")
    if "applicant" in more and more.pop("applicant"):
        more["by"] = By("who", who=who("applicant"))
    return Exit(name, target(to), both(name), **more)


def who(text: str) -> WhoRule:
    """``applicant`` or a role's name."""
    one = Who("applicant") if text == "applicant" else Who("role", name=text)
    return WhoRule(((None, (one,)),))


def late(outcome: str, within: str = "2 days") -> Due:
    """A deadline after which the clock takes *outcome*."""
    return Due(within=Value(constant=within), late=(Rung(outcome=outcome),))


def ask(name: str, *outcomes: Exit, role: str = "clerk", **more: Any) -> Ask:
    """People decide; without outcomes there is one, ``ok``."""
    return Ask(name, both(name), outcomes or (leads("ok"),), who=who(role), **more)


def do(name: str, *outcomes: Exit, action: str = "t.hold") -> Do:
    """An action; ``t.hold`` is undone, ``t.note`` is a notice."""
    default = (leads("held"), leads("refused", "end refused")) if action == "t.hold" else (leads("noted"),)
    return Do(name, both(name), outcomes or default, action=action)


def stage(name: str, steps: list[Step], *outcomes: Exit, **more: Any) -> Stage:
    return Stage(name, both(name), outcomes or (leads("done"),), steps=tuple(steps), **more)


def parallel(name: str, *branches: list[Step], outcomes: tuple[Exit, ...] = (), **more: Any) -> Parallel:
    exits = outcomes or (leads("met"), leads("short", "end refused"))
    named = tuple(Branch(tuple(steps), name=f"b{i}") for i, steps in enumerate(branches))
    return Parallel(name, both(name), exits, branches=named, **more)


def choose(name: str, *branches: list[Step]) -> Choose:
    """The last branch is the else; the others never hold, as nothing here has a condition."""
    named = tuple(Branch(tuple(steps), name=str(i)) for i, steps in enumerate(branches))
    return Choose(name, both(name), (), branches=named)


def wait(name: str) -> Wait:
    return Wait(name, both(name), (leads("came"),))


def process(*steps: Step, **more: Any) -> Process:
    """A process with the ends ``done`` (keeps) and ``refused`` (undoes all)."""
    index: dict[str, tuple[Step, Spot]] = {}

    def put(owner: str, key: str, items: tuple[Step, ...]) -> None:
        for position, step in enumerate(items):
            index[step.id] = (step, Spot(owner, key, position))
            for branch in getattr(step, "branches", ()):
                put(step.id, branch.name, branch.steps)
            put(step.id, "", getattr(step, "steps", ()))
            for taken in step.outcomes:
                put(step.id, f">{taken.name}", taken.steps)

    put("", "", steps)
    ends = (End("done", both("done")), End("refused", both("refused"), undo="all"))
    start = Start(who=who("staff"))
    return Process(
        "p", both("p"), ("t",), (), (), (), (), start, steps, ends, hash="h", index=index, **more
    )  # fmt: skip


def simulation(made: Process, answer: Answer = first_result, members: Any = None) -> Simulation:
    """A simulated case of *made* that has not started."""
    return Simulation(Definition(made, CATALOGUE), GivenFacts(NOON, CALENDAR, members=members), answer)


__all__ = ["parse_duration"]
