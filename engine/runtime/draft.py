"""The draft of one command: the state as it becomes, the events that make it so, and what formulas see of it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from engine.cached import cached_property
from engine.definition.catalogue import Catalogue
from engine.definition.expression import evaluate
from engine.definition.fields.fill import derive
from engine.definition.model import Due, Process, Step, WhoRule
from engine.errors import Unanswered
from engine.runtime import clocks
from engine.runtime.env import CaseEnv
from engine.runtime.evolve import apply
from engine.runtime.facts import Facts
from engine.runtime.kept import keeps
from engine.runtime.people import audiences
from engine.runtime.shapes.events import Event
from engine.runtime.shapes.parts import Bad
from engine.runtime.shapes.tree import Node, State
from engine.runtime.start import START, start_step
from engine.runtime.state import fresh


@dataclass(frozen=True)
class Definition:
    """A process with the catalogue that it was checked against."""

    process: Process
    catalogue: Catalogue

    @cached_property
    def keeps(self) -> bool:
        """Whether any return keeps results, so that digests of what they rest on are worth their bytes."""
        return keeps(self.process)

    @cached_property
    def stops(self) -> bool:
        """Whether a clock runs over others, so that it may have to stop: that of the case, or of a stage."""
        outer = (step.due for step, _ in self.process.index.values() if step.lists)
        return self.process.due is not None or any(due is not None for due in outer)

    @cached_property
    def roles(self) -> frozenset[str]:
        """The roles that the process starts with or asks, so that facts can look up their holders together."""
        rules = [self.process.start.who, *(step.who for step in self.asks.values())]
        whos = [who for rule in rules if rule is not None for _, several in rule.cases for who in several]
        return frozenset(who.name for who in whos if who.kind == "role")

    @cached_property
    def asks(self) -> dict[str, Step]:
        """Every step that asks people, the start among them."""
        found = {name: step for name, (step, _) in self.process.index.items() if step.who is not None}
        return {**found, START: start_step(self.process)}


def digest(value: Any) -> str:
    """A short digest of JSON data, to tell whether inputs changed."""
    text = json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()[:16]


class Draft:
    """What a command changes: the *state* that it is given. ``emit`` is the only way to change it."""

    def __init__(self, definition: Definition, state: State | None, facts: Facts, signer: str = "") -> None:
        self.definition = definition
        self.process = definition.process
        self.catalogue = definition.catalogue
        self.state: State = fresh() if state is None else state
        self.facts = facts
        self.events: list[Event] = []
        #: How often each step that is entered again could not be before.
        self.stuck: dict[str, Bad] = {}
        self.env = CaseEnv(self.process, self.state, facts, self.catalogue, signer)

    def emit(self, event: Event) -> None:
        """Record an event and change the draft as it says."""
        apply(self.state, event)
        self.events.append(event)

    def serial(self) -> int:
        """The serial of the next node or seat."""
        return self.state["n"] + 1

    def step(self, step_id: str) -> Step:
        """The step called *step_id*; ``start`` is the first form as a step."""
        return start_step(self.process) if step_id == START else self.process.index[step_id][0]

    def position(self, step_id: str) -> int:
        """The place of a step in its list; the start stands before the first."""
        return -1 if step_id == START else self.process.index[step_id][1].position

    def due_of(self, node: Node) -> Due | None:
        """The deadline that is declared for what *node* is: a step, or the case itself."""
        return self.process.due if node["n"] == 0 else self.step(node["s"]).due

    def fill(self, values: dict[str, Any]) -> None:
        """Put stored *values* into the form, with what derives from them, and let parties follow."""
        if values:
            self.emit({"e": "filled", "values": values})
        derived = derive(self.process, self.state["data"], self.env, values.keys())
        changed = {k: v for k, v in derived.items() if self.state["data"].get(k) != v}
        if changed:
            self.emit({"e": "filled", "values": changed})
        self._follow_parties(values.keys() | changed.keys())

    def _follow_parties(self, changed: Collection[str]) -> None:
        """Re-evaluate the units that the case belongs to, now that the fields *changed*.

        One that a silent plugin would say stays what it is, unless something that says it has changed.
        """
        for party in self.process.parties:
            try:
                unit = evaluate(party.unit, self.env)
            except Unanswered:
                roots = {name.partition(".")[0] for name in party.unit.names}
                if party.name not in self.state["par"] or not roots.isdisjoint(changed):
                    raise
                continue
            unit = list(unit) if isinstance(unit, (list, tuple)) else unit
            if unit and self.state["par"].get(party.name) != unit:
                self.emit({"e": "joined", "party": party.name, "unit": unit})

    def tell(self, rule: WhoRule | None, what: str) -> None:
        """Note for the outbox who hears of this."""
        if rule is None:
            return
        try:
            keys = audiences(rule, self.env)
        except Unanswered:
            keys = (self.facts.nobody(self.state["case"]["unit"]),)  # a notice is no reason to undo what it tells of
        if keys:
            self.emit({"e": "told", "to": list(keys), "what": what})

    def settle_clocks(self) -> None:
        """Stop or start the outer clocks, as the open leaves say."""
        if not self.definition.stops or self.state["st"] != "open":
            return
        for node in clocks.outer_clocks(self.state):
            resting, due = clocks.rests(node, self.definition.asks), self.due_of(node)
            assert due is not None, "a clock runs only where a deadline was declared"
            if resting and "left" not in node["due"]:
                self.emit({"e": "clock", "n": node["n"], "due": clocks.pause(node["due"], due, self.env)})
            elif not resting and "left" in node["due"]:
                self.emit({"e": "clock", "n": node["n"], "due": clocks.resume(node["due"], due, self.env)})
