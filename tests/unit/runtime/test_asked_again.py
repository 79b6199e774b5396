"""Whom a return asks again, in any process: nobody who let the case go on and has nothing new to see."""

from __future__ import annotations

from random import Random
from typing import Any

from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from engine.definition.catalogue import ActionSpec
from engine.definition.kinds.ask import Ask
from engine.definition.model import Process, Step
from engine.errors import RongtongError
from engine.runtime import commands as c
from engine.runtime.evolve import apply
from engine.runtime.kinds.ask import seen_names
from engine.runtime.shapes.events import Event
from engine.runtime.shapes.tree import State
from engine.runtime.simulate import given_result
from engine.runtime.state import frame_at, fresh, seats
from tests.unit.runtime.grown import Grower, Said, Where, sound
from tests.unit.runtime.test_properties import DAYS, PEOPLE, Life

SLOW = (HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much)


class Standing:
    """Reads a history and knows, of every step that asks, whose decision stands, on what grounds, in which mode."""

    def __init__(self, process: Process) -> None:
        self.process = process
        self.state: State = fresh()
        self.stands: dict[str, Said] = {}
        self.modes: dict[str, str] = {}
        self.wrong: list[str] = []
        self.returns = 0
        self.kept = 0

    def read(self, events: list[Event]) -> Standing:
        for event in events:
            if event["e"] == "unkept":
                self._let_go(event)
            if event["e"] == "opened" and event["node"]["k"] == "ask":
                self._asked(event["node"]["s"])
            closing = event["e"] == "closed" and isinstance(self._step(event.get("s", "")), Ask)
            apply(self.state, event)
            if closing:
                self._decided(event["s"], event["x"])
            if event["e"] == "returned":
                self._returned(event)
            self.kept += event["e"] == "skipped"
        return self

    def _step(self, name: str) -> Step | None:
        return self.process.index[name][0] if name in self.process.index else None

    def _grounds(self, name: str) -> Said:
        step = self._step(name)
        assert isinstance(step, Ask)
        return {field: self.state["data"].get(field) for field in seen_names(self.process, step)}

    def _decided(self, name: str, outcome: str) -> None:
        step = self._step(name)
        taken = step.exit(outcome) if step else None
        if taken and taken.then.kind == "next":
            self.stands[name] = self._grounds(name)
            self.modes.pop(name, None)
        else:
            self.stands.pop(name, None)

    def _returned(self, event: Event) -> None:
        """A return that does not keep lets go of all that it forgets; one that does, of whom it names."""
        self.returns += event["kept"] is not None
        for name in event["forget"]:
            if event["kept"] is None:
                self.stands.pop(name, None)
        self.stands.pop(event["to"], None)
        if event["kept"] is not None:
            self.modes |= dict.fromkeys(event["kept"]["of"], event["kept"]["mode"])

    def _let_go(self, event: Event) -> None:
        """What a list did not pass again is asked anew should it ever be reached."""
        if event["s"] is None:
            for name in frame_at(self.state, tuple(event["in"]))["kept"]["of"]:
                self.stands.pop(name, None)

    def _asked(self, name: str) -> None:
        if name not in self.stands:
            return
        mode, grounds = self.modes.get(name), self.stands.pop(name)
        if mode == "resume" or (mode == "changed" and grounds == self._grounds(name)):
            self.wrong.append(f"{name} is asked again by {mode}, with nothing new to see")


class Returning(Grower):
    """Grows processes in which most decisions may return the case."""

    def step(self, at: Where) -> Said:
        return self.ask(at) if self.maybe(2) else super().step(at)

    def ask(self, at: Where) -> Said:
        made = super().ask(at)
        made["ask"] = self.one("role head", "role head", ["role head", "role staff"], "applicant")
        if not self.maybe(3):
            mode = {"again": self.one("changed", "changed", "resume", "replay")}
            made["outcomes"]["ret"] = {"then": f"back {self.one('start', 'start', *at.targets)}", "at_most": 2, **mode}
        return made


@st.composite
def returning(draw: Any) -> Said:
    """A process as written, with many ways back; a few of them are not sound."""
    return Returning(draw).document()


class Wanderer(Life):
    """A life of decisions alone, many of them returns; the first form comes back as it was about every other time."""

    def __init__(self, made: Process, data: st.DataObject) -> None:
        super().__init__(made, data)
        self.chance = Random(data.draw(st.integers(0, 2**32)))
        self.sim.fails = lambda: False

    def _answer(self, _step: str, spec: ActionSpec) -> tuple[str, dict[str, Any]]:
        return given_result(spec, spec.results[0].name)

    def step(self) -> None:
        open_seats = seats(self.state)
        if not open_seats or self.chance.random() < 0.05:
            self.sim.ring()
            return
        n = self.chance.choice(sorted(open_seats))
        outcomes = self._outcomes(open_seats[n][0])
        outcome = self.chance.choice([*outcomes, *outcomes[:1] * 2, *(o for o in outcomes if o == "ret")])
        fill: dict[str, Any] = {name: self.state["data"].get(name) for name in self._fields(n, outcome)}
        if self.chance.random() < 0.4:
            fill = {name: DAYS[0] if name == "day" else self.chance.choice("xy") for name in fill}
        for who in PEOPLE:
            try:
                self.sim.give(c.Act(who, n, outcome, fill, opinion="意见"))
            except RongtongError:
                continue
            return


#: How often it came to what this is about, over all that was grown.
SEEN = {"returns": 0, "kept": 0}


@settings(max_examples=300, deadline=None, derandomize=True, database=None, suppress_health_check=SLOW)
@given(returning(), st.data())
def _wander(document: Said, data: st.DataObject) -> None:
    made = sound(document)
    assume(made is not None)
    assert made is not None
    life = Wanderer(made, data)
    life.start()
    for _ in range(40):
        if life.over:
            break
        life.step()
    standing = Standing(made).read(life.sim.events)
    assert standing.wrong == []
    SEEN["returns"] += standing.returns
    SEEN["kept"] += standing.kept


def test_after_a_return_nobody_is_asked_again_who_has_nothing_new_to_see() -> None:
    _wander()
    # How many there are hangs on which modules are loaded: the generator takes their constants as examples.
    assert SEEN["returns"] > 40 < SEEN["kept"], "otherwise nothing was tried"
