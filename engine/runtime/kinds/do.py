"""do: a plugin's action runs; the node rests until the shell brings its result."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Final

from engine.definition.kinds.do import Do
from engine.definition.model import Exit, Step, Target
from engine.definition.uses import roots_of
from engine.errors import Invalid, Problem
from engine.runtime import commands as c
from engine.runtime.draft import digest
from engine.runtime.env import CaseEnv
from engine.runtime.kept import kept_record
from engine.runtime.kinds.kind import Kind
from engine.runtime.shapes.parts import Address
from engine.runtime.shapes.tree import DoNode
from engine.runtime.state import frame_at, place_of
from engine.runtime.turn import Turn


def inputs(env: CaseEnv, step: Step) -> dict[str, Any]:
    """The action's inputs in stored form, from the step's ``with``."""
    spec = env.catalogue.actions[step.action]
    types = {parameter.name: parameter.type for parameter in spec.inputs}
    return {name: env.stored(value, types[name]) for name, value in step.with_}


def _open(turn: Turn, step: Do, at: Address) -> None:
    """Ask for the action to run, unless a kept result stands on the same inputs."""
    given = _digest(turn, step)
    record = kept_record(turn.state, at, step.id)
    if record is not None:
        home, mode, kept = record
        if kept["d"] == given:
            turn.pass_again(step, at, home, mode, kept)
            return
        effect = [e for e in frame_at(turn.state, home).get("undo", ()) if e.n == kept["n"]]
        turn.emit({"e": "unkept", "in": home, "s": step.id})
        if turn.unwind(at, effect, {"go": "open", "s": step.id}):
            return
    node: DoNode = {"n": turn.serial(), "s": step.id, "k": "do", "ph": "run"}
    if given:
        node["d"] = given
    turn.emit({"e": "opened", "in": at, "node": node})


def _digest(turn: Turn, step: Do) -> str:
    """A digest of what the action is given, where a return may keep its result, else empty."""
    if not turn.definition.keeps:
        return ""
    version = turn.catalogue.actions[step.action].version
    return digest([step.action, version, inputs(turn.env, step)])


def _result(turn: Turn, node: DoNode, command: c.Result) -> None:
    """Record the result and take its exit. Only a result that is not refusing leaves something to undo.

    Raises ``Invalid`` where the exit has people correct the form that this command brought.
    """
    step, outcome, outputs, problems = turn.step(node["s"]), command.outcome, command.outputs, command.problems
    spec = turn.catalogue.actions[step.action]
    result = spec.result(outcome)
    if result is None:
        raise ValueError(f"{step.action} answered {outcome!r}, which it does not declare")
    owes = spec.undo not in ("nothing", "impossible") and not result.refusing
    reads = turn.process.reads
    out = {k: v for k, v in outputs.items() if owes or f"{step.id}.{k}" in reads}
    at_exit = step.exit(outcome) or Exit(outcome, Target("next"), result.title)
    if at_exit.at_form and problems and sent_to(turn, step):
        raise Invalid(at_fields(turn, step, problems))
    taken = turn.possible(place_of(turn.state, node["n"]), step, at_exit)
    out |= {"result": outcome, **({"d": node["d"]} if "d" in node else {})}
    turn.leave(node, taken, out, owes=owes, final=spec.undo == "impossible" and not result.refusing)


def at_fields(turn: Turn, step: Step, problems: tuple[Problem, ...]) -> tuple[Problem, ...]:
    """What an action finds wrong with its inputs, each at the field that a person has just sent for it.

    What nobody has sent, or what is reckoned from several fields, stands at the head of the form.
    """
    sent = sent_to(turn, step)
    return tuple(_at_field(step, sent, problem) for problem in problems)


def sent_to(turn: Turn, step: Step) -> frozenset[str]:
    """What is behind the step's inputs that a person has sent with this very command."""
    behind = (roots_of(turn.process, value) for _, value in step.with_)
    return turn.sent.intersection(name for names in behind for name in names)


def _at_field(step: Step, sent: frozenset[str], problem: Problem) -> Problem:
    """The problem at the field that the input which it names is taken from, or at the head of the form."""
    value = dict(step.with_).get(problem.path)
    name = value.formula.text.strip() if value is not None and value.formula is not None else ""
    return replace(problem, path=name if name in sent else "")


KIND: Final[Kind[Turn]] = Kind(k="do", open=_open, result=_result)
