"""Runs the ``examples`` of a process: a case in a few words that must go as it says."""

from __future__ import annotations

from datetime import time
from typing import Any

from engine.audience import ANYBODY, AudienceKey, person_of
from engine.definition.calendar.working import Calendar
from engine.definition.catalogue import ActionSpec
from engine.definition.fields.exit_form import form_of
from engine.definition.model import Example, Field
from engine.definition.values.moments import at_time, to_datetime, to_micros
from engine.definition.values.samples import field_sample
from engine.errors import Problem, RongtongError
from engine.i18n import Text, listed
from engine.runtime import commands as c
from engine.runtime.draft import Definition
from engine.runtime.env import CaseEnv
from engine.runtime.facts import GivenFacts
from engine.runtime.people import audiences
from engine.runtime.shapes.parts import Seat
from engine.runtime.simulate import Simulation, given_result
from engine.runtime.state import nodes, seats_of, waits

#: Examples begin on a working morning: 2026-06-10 09:00.
_MORNING = to_micros(at_time(to_datetime(1_781_049_600_000_000).date(), time(9)))


def run_examples(definition: Definition, calendar: Calendar) -> tuple[Problem, ...]:
    """What goes otherwise than the examples say; () when all of them hold."""
    problems: list[Problem] = []
    for number, example in enumerate(definition.process.examples, 1):
        said = _run(definition, example, calendar)
        if said is not None:
            place = example.place
            title = Text(f"第{number}个例子：{said.zh}", f"Example {number}: {said.en}")
            problem = Problem("example-differs", title, path=f"examples.{number}")
            problems.append(problem.at(place.file, place.line, place.column))
    return tuple(problems)


def _run(definition: Definition, example: Example, calendar: Calendar) -> Text | None:
    process = definition.process

    def answer(step: str, spec: ActionSpec) -> tuple[str, dict[str, Any]]:
        return given_result(spec, str(example.returns.get(step, spec.results[0].name)))

    settings = {s.name: s.default.constant for s in process.settings if s.default is not None}
    facts = GivenFacts(_MORNING, calendar, settings=settings)
    sim = Simulation(definition, facts, answer)
    fill = {name: _value(example, process.field_named(name)) for name in process.start.fill}
    try:
        whom = "applicant" if process.start.for_applicant else ""
        sim.give(c.Start("somebody", "here", {k: v for k, v in fill.items() if v is not None}, whom))
        for act in example.acts:
            step, outcome, more = _read_act(act)
            _wait_for(sim, step)
            said = _act(sim, example, step, outcome, more)
            if said is not None:
                return said
        _settle(sim, example)
    except RongtongError as refusal:
        return refusal.text
    return _compare(sim, example)


def _value(example: Example, field: Field | None) -> Any:
    if field is None:
        return None
    return example.given.get(field.name, field_sample(field))


def _wait_for(sim: Simulation, step: str) -> None:
    """Let time pass until *step* is open: examples name decisions, not waiting."""
    for _ in range(100):
        state = sim.state
        if state is None or state["st"] == "ended" or any(n["s"] == step for n in nodes(state["root"])):
            return
        if not _pass_wait(sim):
            return


def _pass_wait(sim: Simulation) -> bool:
    """Ring the earliest clock of a ``wait``; deadlines of people do not pass by themselves here."""
    assert sim.state is not None
    coming = [n for n in nodes(sim.state["root"]) if waits(n) and "ping" in n["due"]]
    if not coming:
        return False
    node = min(coming, key=lambda n: n["due"]["ping"])
    sim.facts.at = max(sim.facts.at, node["due"]["ping"])
    sim.give(c.Tick(node["n"]))
    return True


def _read_act(act: Any) -> tuple[str, str, dict[str, Any]]:
    """Step, outcome and fill of an act: ``lender_ok agree`` or ``{at: …, outcome: …, fill: {…}}``."""
    if isinstance(act, dict):
        return str(act.get("at", "")), str(act.get("outcome", "")), dict(act.get("fill", {}))
    step, _, outcome = str(act).partition(" ")
    return step, outcome.strip(), {}


def _act(sim: Simulation, example: Example, step: str, outcome: str, more: dict[str, Any]) -> Text | None:
    assert sim.state is not None
    node = next((n for n in nodes(sim.state["root"]) if n["s"] == step), None)
    if node is None:
        found = listed(sorted(set(sim.open_tasks().values())), "—")
        return Text(
            f"办“{step} {outcome}”时{step}没有打开，打开的是{found.zh}",
            f"at “{step} {outcome}”, {step} is not open; open: {found.en}",
        )
    if outcome == "late" and "due" in node:
        sim.facts.at = max(sim.facts.at, node["due"]["ping"])
        sim.give(c.Tick(node["n"]))
        return None
    seat = next(iter(seats_of(node)), Seat(node["n"], ANYBODY))
    fields = _fields(sim, step, outcome)
    fill = {f.name: _value(example, f) for f in fields} | more
    sim.give(c.Act(_actor(sim, step, outcome, seat.audience), seat.n, outcome, fill, opinion="意见"))
    return None


def _actor(sim: Simulation, step: str, outcome: str, audience: AudienceKey) -> str:
    """Somebody who may take the outcome: whom it names, else a person the seat names, else anybody."""
    process = sim.definition.process
    taken = process.index[step][0].exit(outcome) if step in process.index else None
    if taken is not None and taken.by.kind == "who" and taken.by.who is not None:
        assert sim.state is not None
        env = CaseEnv(process, sim.state, sim.facts, sim.definition.catalogue)
        audience = next(iter(audiences(taken.by.who, env)), audience)
    return person_of(audience) or f"someone-{step}"


def _fields(sim: Simulation, step: str, outcome: str) -> list[Field]:
    process = sim.definition.process
    if step == "start":
        names: tuple[str, ...] = process.start.fill
    else:
        found = process.index[step][0]
        taken = found.exit(outcome)
        names = form_of(found, taken) if taken else ()
    return [f for name in names if (f := process.field_named(name)) is not None]


def _settle(sim: Simulation, example: Example) -> None:
    """After the last act, waits pass and silence runs its course if an end is expected."""
    if "end" not in example.expect:
        return
    for _ in range(100):
        assert sim.state is not None
        if sim.state["st"] == "ended" or not sim.ring():
            return


def _compare(sim: Simulation, example: Example) -> Text | None:
    assert sim.state is not None
    wanted, end = example.expect.get("end"), sim.state.get("end", "")
    if wanted is not None and wanted != end:
        got = end or "—"
        return Text(f"应该以{wanted}结束，实际是{got}", f"should end as {wanted}, but ended as {got}")
    missed = [step for step in example.expect.get("visited", ()) if step not in sim.visited]
    if missed:
        names = listed(missed)
        return Text(f"没有经过{names.zh}", f"never visited {names.en}")
    return None
