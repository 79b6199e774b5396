"""A case told in short words: a process in YAML, who acts, what follows; for the worked examples of the language."""

from __future__ import annotations

from typing import Any

from engine.clock import DAY, HOUR, Micros
from engine.definition.catalogue import ActionSpec, Catalogue, Parameter, ResultSpec
from engine.definition.load import load_text
from engine.definition.values.types import TEXT
from engine.i18n import both
from engine.runtime import commands as c
from engine.runtime.draft import Definition
from engine.runtime.facts import GivenFacts
from engine.runtime.shapes.events import Event
from engine.runtime.shapes.tree import Node
from engine.runtime.simulate import Simulation, given_result
from engine.runtime.state import nodes
from engine.runtime.takeback import last_decision
from tests.unit.runtime.noon import CALENDAR, NOON

_NAME = (Parameter("name", TEXT, required=False),)
_HELD = (
    ResultSpec("held", both("held"), (("id", TEXT),)),
    ResultSpec("refused", both("refused"), refusing=True),
)
CATALOGUE = Catalogue(
    actions={
        "t.hold": ActionSpec("t.hold", both("hold"), _NAME, _HELD, undo="t.release"),
        "t.note": ActionSpec("t.note", both("note"), _NAME, (ResultSpec("noted", both("noted")),)),
        "t.pay": ActionSpec("t.pay", both("pay"), _NAME, (ResultSpec("paid", both("paid")),), undo="impossible"),
    },
    plugins=frozenset({"t"}),
)
_HEAD = """
process: p
title: 试办
uses: [t]
parties: {{home: {{unit: start.unit, title: 本站}}}}
fields:
  a: {{type: text, title: 甲, optional: true}}
  b: {{type: text, title: 乙, optional: true}}
  day: {{type: datetime, title: 时刻, optional: true}}
  who: {{type: person, title: 谁, optional: true}}
start: {{who: role staff, for: applicant, fill: [a, b, day, who]}}
{more}
steps:
{steps}
ends:
  done: {{title: 办成}}
  refused: {{title: 未成, undo: all}}
  left: {{title: 放下}}
"""


class Story(Simulation):
    """A case of a process whose steps are *steps*; ``more`` are keys of the process, indented by nothing.

    ``results`` say how actions answer, by step, one after the other; without a word they answer with their first
    result. ``members`` limits who is behind an audience key.
    """

    def __init__(
        self, steps: str, more: str = "", members: dict[str, set[str]] | None = None, **results: list[str]
    ) -> None:
        process = load_text(_HEAD.format(steps=steps.strip("\n"), more=more), CATALOGUE, "story.yaml")
        facts = GivenFacts(NOON, CALENDAR, members=members)
        super().__init__(Definition(process, CATALOGUE), facts, self._said)
        self._results = results

    def _said(self, step: str, spec: ActionSpec) -> tuple[str, dict[str, Any]]:
        coming = self._results.get(step)
        return given_result(spec, coming.pop(0) if coming else spec.results[0].name)

    def start(self, by: str = "ann", applicant: str = "", **fill: Any) -> Story:
        """Begin, in unit ``u``."""
        self.give(c.Start(by, "u", fill, applicant))
        return self

    def node(self, step: str) -> Node:
        """The open node of *step*."""
        assert self.state is not None
        return next(node for node in nodes(self.state["root"]) if node["s"] == step)

    def of_kind(self, kind: str) -> Node:
        """The open node of *kind*."""
        assert self.state is not None
        return next(node for node in nodes(self.state["root"]) if node["k"] == kind)

    def seat(self, step: str, audience: str = "") -> int:
        """The serial of the step's first open seat that nobody has signed, or of *audience*'s, or of the node."""
        node = self.node(step)
        signed = node.get("sig", {})
        seats = [s for s in node.get("seats", ()) if str(s[0]) not in signed and (not audience or s[1] == audience)]
        return int(seats[0][0]) if seats else int(node["n"])

    def act(self, step: str, outcome: str, by: str = "bo", seat: str = "", **fill: Any) -> list[Event]:
        """Somebody takes *outcome* of the open *step*, with a reason."""
        return self.give(c.Act(by, self.seat(step, seat), outcome, fill, opinion=True))

    def last(self, by: str) -> int | None:
        """The task whose decision *by* may take back now."""
        assert self.state is not None
        found = last_decision(self.state, self.facts.past, by)
        return None if found is None else found.n

    def wait(self, *, hours: int = 0, days: int = 0) -> Story:
        """Let time pass; every clock that comes due on the way rings."""
        until: Micros = self.facts.at + hours * HOUR + days * DAY
        while self.state is not None and self.state["st"] == "open":
            coming = min(self.pings().values(), default=until + 1)
            if coming > until:
                break
            self.ring()
        self.facts.at = until
        return self

    @property
    def open(self) -> list[str]:
        """The steps that somebody is asked for now, by name."""
        return sorted(set(self.open_tasks().values()))

    @property
    def end(self) -> str:
        """How the case ended, or nothing."""
        assert self.state is not None
        return str(self.state.get("end", ""))

    @property
    def held(self) -> list[str]:
        """The steps whose actions are in effect."""
        return sorted(self.effects.values())

    def undone(self) -> list[str]:
        """The steps whose actions were released, in order."""
        return [event["s"] for event in self.events if event["e"] == "undone"]

    def kinds(self) -> list[str]:
        """The kinds of all events so far."""
        return [event["e"] for event in self.events]

    def audiences(self, step: str) -> list[str]:
        """Whom the open *step* asks."""
        return [seat.audience for seat in self.node(step)["seats"]]
