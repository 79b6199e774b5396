"""Running a process without a database: for examples, previews and property tests."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from engine.definition.catalogue import ActionSpec
from engine.definition.values.samples import sample
from engine.i18n import both
from engine.runtime import commands as c
from engine.runtime.decide import decide
from engine.runtime.draft import Definition
from engine.runtime.evolve import evolve
from engine.runtime.facts import GivenFacts
from engine.runtime.pending import Request, pending
from engine.runtime.shapes.events import Event
from engine.runtime.shapes.tree import State
from engine.runtime.state import seats, timed

#: How a simulated action answers: (step id, action) -> (result, outputs).
Answer = Callable[[str, ActionSpec], tuple[str, dict[str, Any]]]

#: More automatic steps than this in one go means that a process runs in circles.
MAX_AUTOMATIC = 1000


def first_result(step: str, spec: ActionSpec) -> tuple[str, dict[str, Any]]:
    """The action's first declared result with a sample of each output."""
    return given_result(spec, spec.results[0].name)


def given_result(spec: ActionSpec, name: str) -> tuple[str, dict[str, Any]]:
    """The result called *name* with a sample of each output; an unknown name takes the first."""
    result = spec.result(name) or spec.results[0]
    return result.name, {output: sample(type_) for output, type_ in result.outputs}


@dataclass
class Simulation:
    """One simulated case. ``effects`` counts what is in effect by serial; ``events`` is its whole history.

    ``fails`` says whether the next automatic step raises and becomes an incident.
    """

    definition: Definition
    facts: GivenFacts
    answer: Answer = first_result
    state: State | None = None
    events: list[Event] = field(default_factory=list)
    visited: list[str] = field(default_factory=list)
    effects: dict[int, str] = field(default_factory=dict)
    fails: Callable[[], bool] = lambda: False

    def give(self, command: c.Command) -> list[Event]:
        """Run a command and every automatic step that follows; returns the events of all of it."""
        done = self._turn(command)
        for _ in range(MAX_AUTOMATIC):
            assert self.state is not None
            request = pending(self.state)
            if request is None:
                self.facts.past.append(done)
                return done
            done += self._turn(self._answer(request))
        raise RuntimeError("automatic steps without end")

    def _turn(self, command: c.Command) -> list[Event]:
        events = decide(self.definition, self.state, command, self.facts)
        for event in events:
            self.state = evolve(self.state, event)
            if event["e"] == "opened" and event["node"]["s"]:
                self.visited.append(event["node"]["s"])
        self.events += events
        return events

    def _answer(self, request: Request) -> c.Command:
        if self.fails():
            return c.Failed(request.n, both("Simulated"))
        if request.kind == "undo":
            assert self.state is not None and request.step in self.state["out"], "an undo needs its receipt"
            if self.effects.pop(request.of, None) is None:
                raise AssertionError(f"effect {request.of} released twice")
            return c.Undone(request.n, request.of)
        step = self.definition.process.index[request.step][0]
        spec = self.definition.catalogue.actions[step.action]
        result, outputs = self.answer(step.id, spec)
        found = spec.result(result)
        if found is not None and not found.refusing and spec.undo not in ("nothing", "impossible"):
            self.effects[request.n] = step.id
        return c.Result(request.n, result, outputs)

    def open_tasks(self) -> Mapping[int, str]:
        """The open seats: serial -> step id."""
        return {} if self.state is None else {n: node["s"] for n, (node, _) in seats(self.state).items()}

    def pings(self) -> dict[int, int]:
        """Every clock that will ring: serial -> moment."""
        assert self.state is not None
        return {node["n"]: node["due"]["ping"] for node in timed(self.state) if "ping" in node["due"]}

    def ring(self) -> bool:
        """Move the clock to the next ring and let it ring; False when nothing will."""
        coming = self.pings()
        if not coming:
            return False
        n = min(coming, key=lambda serial: (coming[serial], serial))
        self.facts.at = max(self.facts.at, coming[n])
        self.give(c.Tick(n))
        return True
