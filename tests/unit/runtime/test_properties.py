"""Properties of every accepted process, driven by random legal commands."""

from __future__ import annotations

from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from engine.definition.catalogue import ActionSpec
from engine.definition.model import Ask, Process, Stage, Step
from engine.errors import RongtongError
from engine.runtime import commands as c
from engine.runtime.evolve import replay
from engine.runtime.simulate import Simulation, given_result
from engine.runtime.state import nodes, owed, seats
from engine.runtime.takeback import can_take_back
from tests.unit.runtime.build import ask, choose, do, late, leads, parallel, process, simulation, stage

MODES = ("replay", "changed", "resume")


class Grower:
    """Draws a random process that keeps to the rules of the language."""

    def __init__(self, draw: Any) -> None:
        self.draw = draw
        self.made = 0
        self.budget = draw(st.integers(2, 9))

    def name(self, kind: str) -> str:
        self.made += 1
        return f"{kind}{self.made}"

    def steps(self, depth: int, targets: list[str], branch: bool) -> list[Step]:
        """A list; *targets* are the steps of enclosing lists that may be returned to."""
        found: list[Step] = []
        here: list[str] = []
        for _ in range(self.draw(st.integers(1, 3))):
            if self.budget <= 0 and found:
                break
            self.budget -= 1
            step = self.step(depth, [*targets, *here], branch)
            here.append(step.id)
            found.append(step)
        return found

    def step(self, depth: int, targets: list[str], branch: bool) -> Step:
        kinds = ["ask", "ask", "do", "note"] + (["stage", "parallel", "choose"] if depth < 3 else [])
        match self.draw(st.sampled_from(kinds)):
            case "do":
                return self.do(targets, branch)
            case "note":
                return do(self.name("n"), action="t.note")
            case "stage":
                name = self.name("s")
                inner = self.steps(depth + 1, [*targets, name], branch)
                exits = [leads("done"), leads("withdraw", self.away(branch), applicant=True, undo=self.undo())]
                return stage(name, inner, *exits)
            case "parallel":
                return self.parallel(depth, targets, branch)
            case "choose":
                name = self.name("c")
                return choose(name, self.steps(depth + 1, [*targets, name], branch))
        return self.ask(depth, targets, branch)

    def undo(self) -> str:
        return self.draw(st.sampled_from(["", "this", "none"]))

    def away(self, branch: bool) -> str:
        return self.draw(st.sampled_from(["next", "end refused", "end done"] + (["drop"] if branch else [])))

    def ask(self, depth: int, targets: list[str], branch: bool) -> Ask:
        name = self.name("a")
        exits = [leads("ok")]
        if self.draw(st.booleans()):
            small = self.steps(4, [*targets, name], branch) if self.draw(st.integers(0, 3)) == 0 and depth < 3 else []
            exits.append(leads("no", self.away(branch), steps=tuple(small)))
        if self.draw(st.booleans()):
            goal = self.draw(st.sampled_from([*targets, name, "start"]))
            mode = self.draw(st.sampled_from(MODES))
            exits.append(leads("ret", f"back {goal}", at_most=self.draw(st.integers(1, 2)), again=mode))
        if self.draw(st.booleans()):
            return ask(name, *exits, leads("silent", self.away(branch), clock=True), due=late("silent"))
        return ask(name, *exits)

    def do(self, targets: list[str], branch: bool) -> Step:
        name = self.name("d")
        if targets and self.draw(st.integers(0, 2)) == 0:
            goal = self.draw(st.sampled_from([*targets, "start"]))
            mode = self.draw(st.sampled_from(MODES))
            returns = leads("refused", f"back {goal}", at_most=1, again=mode, exhausted="gone")
            return do(name, leads("held"), returns, leads("gone", "end refused", clock=True))
        return do(name, leads("held"), leads("refused", self.away(branch)))

    def parallel(self, depth: int, targets: list[str], branch: bool) -> Step:
        name = self.name("p")
        count = self.draw(st.integers(2, 3))
        lists = [self.steps(depth + 1, [*targets, name], True) for _ in range(count)]
        need = self.draw(st.sampled_from(["all", "any", 2]))
        short = leads("short", self.away(branch), undo=self.draw(st.sampled_from(["", "this"])))
        rest = self.draw(st.sampled_from(["cancel", "finish"]))
        return parallel(name, *lists, outcomes=(leads("met"), short), need=need, rest=rest)


@st.composite
def processes(draw: Any) -> Process:
    return process(*Grower(draw).steps(0, [], False))


def data_cancels(sim: Simulation) -> bool:
    """An administrator cancels only where something is stuck, so that most cases go their own way."""
    assert sim.state is not None
    return any(node.get("ph") == "incident" for node in nodes(sim.state["root"]))


def legal_moves(sim: Simulation) -> list[c.Command]:
    """Every command that somebody might give now."""
    assert sim.state is not None
    moves: list[c.Command] = []
    for n, (node, _) in seats(sim.state).items():
        step = (
            sim.definition.process.index[node["s"]][0]
            if node["s"] != "start"
            else None
        )
        names = [e.name for e in step.outcomes if e.by.kind == "asked"] if step else ["submit"]
        moves += [c.Act("user", n, name) for name in names]
    for node in nodes(sim.state["root"]):
        if node["k"] == "stage" and isinstance(sim.definition.process.index[node["s"]][0], Stage):
            moves.append(c.Act("user", node["n"], "withdraw"))
    moves += [c.Retry("user", node["n"]) for node in nodes(sim.state["root"]) if node.get("ph") == "incident"]
    if data_cancels(sim):
        moves.append(c.Cancel("user"))
    mine = can_take_back(sim.state, "user")
    if mine is not None:
        moves.append(c.TakeBack("user", mine))
    return moves


def check(sim: Simulation) -> None:
    """What must hold whenever the case rests."""
    state = sim.state
    assert state is not None
    assert replay(sim.events) == state
    if state["st"] == "ended":
        if state["end"] in ("refused", "cancelled"):
            assert not sim.effects, "an end with undo: all owes nothing"
        return
    held = sorted(entry[1] for entry in owed(state["root"]))
    assert held == sorted(sim.effects), "what the tree owes is what is in effect, each once"
    assert len(set(sim.effects.values())) == len(sim.effects), "no action is in effect twice"
    stuck = any(node.get("ph") == "incident" for node in nodes(state["root"]))
    assert list(seats(state)) or sim.pings() or stuck, "somebody, some clock or an administrator can go on"


def drive(made: Process, data: st.DataObject) -> None:
    """Run *made* by random moves, then by the shortest way, and see that it ends."""

    def answer(step: str, spec: ActionSpec) -> tuple[str, dict[str, Any]]:
        names = [result.name for result in spec.results]
        return given_result(spec, data.draw(st.sampled_from(names)))

    sim = simulation(made, answer)
    sim.fails = lambda: data.draw(st.integers(0, 9)) == 0
    sim.give(c.Start("user", "u1"))
    check(sim)
    for _ in range(data.draw(st.integers(0, 25))):
        assert sim.state is not None
        if sim.state["st"] == "ended":
            return
        moves = legal_moves(sim)
        choice = data.draw(st.integers(0, len(moves)))
        before = list(sim.events)
        if choice == len(moves):
            sim.ring()
        else:
            try:
                sim.give(moves[choice])
            except RongtongError:
                assert sim.events == before, "a refusal changes nothing"
        check(sim)
    for _ in range(300):
        assert sim.state is not None
        if sim.state["st"] == "ended":
            return
        sim.fails = lambda: False
        stuck = [node["n"] for node in nodes(sim.state["root"]) if node.get("ph") == "incident"]
        if stuck:
            sim.give(c.Retry("user", stuck[0]))
            continue
        n = next(iter(seats(sim.state)))
        node = seats(sim.state)[n][0]
        sim.give(c.Act("user", n, "submit" if node["s"] == "start" else "ok"))
        check(sim)
    raise AssertionError("the case never ended")


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(processes(), st.data())
def test_every_case_ends_owes_what_is_in_effect_and_replays(made: Process, data: st.DataObject) -> None:
    drive(made, data)
