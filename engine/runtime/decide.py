"""decide: from a command to events. Pure: the same definition, state, command and facts give the same events."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from engine.audience import SOME_ROLE, anyone_key, at_home_key, user_key
from engine.definition.fields.exit_form import form_of, to_complete
from engine.definition.fields.fill import EMPTY, check_fill
from engine.definition.model import Exit, Step
from engine.errors import Conflict, Invalid
from engine.i18n import Text
from engine.runtime import commands as c
from engine.runtime import refusals
from engine.runtime.clocks import open_clock
from engine.runtime.draft import Definition
from engine.runtime.env import opinion_key
from engine.runtime.facts import Facts
from engine.runtime.hands import answer, claim, known, open_node, transfer
from engine.runtime.kinds.ask import decided, output
from engine.runtime.kinds.table import begin
from engine.runtime.people import audiences, concerned
from engine.runtime.recheck import recheck
from engine.runtime.recount import recount
from engine.runtime.rights import acting_for, for_whom
from engine.runtime.shapes.events import Event
from engine.runtime.shapes.parts import Seat
from engine.runtime.shapes.step_events import Signed, Started
from engine.runtime.shapes.tree import Node, State
from engine.runtime.start import START
from engine.runtime.state import ROOT, copy, failed_at, find, place_of
from engine.runtime.takeback import restore, take_back
from engine.runtime.tick import tick
from engine.runtime.turn import Turn


def decide(definition: Definition, state: State | None, command: c.Command, facts: Facts) -> list[Event]:
    """The events that *command* leads to.

    Raises ``Conflict`` where the case has moved on, ``Forbidden`` where the actor may not, ``Invalid`` for a form
    with faults. Nothing is changed by a refusal.
    """
    return advance(definition, state, command, facts)[0]


def advance(definition: Definition, state: State | None, command: c.Command, facts: Facts) -> tuple[list[Event], State]:
    """``decide``, with the state that evolving by its events gives."""
    turn = begin(definition, copy(state), facts)
    take(turn, command)
    return turn.events, turn.state


def take(turn: Turn, command: c.Command) -> None:
    """Let *command* happen in *turn*, which may have taken others before. A turn that refused one is spent."""
    if turn.state["st"] == "ended":
        raise refusals.over()
    turn.env.signer = getattr(command, "actor", "")
    _HANDLERS[type(command)](turn, command)
    turn.settle_clocks()


def _start(turn: Turn, command: c.Start) -> None:
    start = turn.process.start
    turn.state["case"] = {"unit": command.unit, "by": command.actor, "for": command.applicant}
    keys = [anyone_key(command.unit)] if start.who is None else audiences(start.who, turn.env)
    at_home = command.unit != "" and turn.facts.may(command.actor, at_home_key(command.unit))
    principal = for_whom(turn.facts, command.actor, keys) if at_home else None
    if principal is None:
        raise refusals.may_not_start(turn.process.title)
    if command.applicant not in ("", command.actor):
        if not start.for_applicant:
            raise Invalid((refusals.for_nobody_else(turn.process.title),))
        if not (principal or turn.facts.may(command.actor, SOME_ROLE)):
            raise Invalid((refusals.for_others_by_staff(),))  # a resident would learn who lives here
    if command.applicant:
        known(turn, command.applicant, "for")
    if start.if_ is not None and not turn.env.truth(start.if_):
        raise refusals.not_today(turn.process.title)
    stored = _checked(turn, start.fill, command.fill)
    turn.sent = frozenset(command.fill)
    now = turn.facts.now()
    begun: Started = {
        "e": "started", "process": turn.process.name, "hash": turn.process.hash, "by": command.actor,
        "for": command.applicant, "unit": command.unit, "at": now,
    }  # fmt: skip
    if principal:
        begun["as"] = principal
    turn.emit(begun)
    turn.fill(stored)
    if start.set:
        turn.fill(turn.assigned(start.set))
    clock = open_clock(turn.process.due, turn.env) if turn.process.due else None
    if clock:
        turn.emit({"e": "clock", "n": 0, "due": clock})
    turn.enter(ROOT, 0)


def _checked(turn: Turn, names: tuple[str, ...], fill: dict[str, Any], must: tuple[str, ...] = ()) -> dict[str, Any]:
    """The stored form of *fill*, or ``Invalid`` with every fault of the form."""
    stored, problems = check_fill(turn.process, names, fill, turn.state["data"], turn.env)
    missing = [name for name in must if stored.get(name, turn.state["data"].get(name)) in EMPTY]
    found = {problem.path for problem in problems}
    problems += tuple(refusals.must_fill(turn.process, name) for name in missing if name not in found)
    if problems:
        raise Invalid(problems)
    return stored


def _act(turn: Turn, command: c.Act) -> None:
    node, seat = open_node(turn, command.n)
    step = turn.step(node["s"])
    taken = step.exit(command.outcome)
    if taken is None or taken.by.kind in ("clock", "message"):
        raise refusals.no_such_outcome(command.outcome)
    whom = _may_take(turn, command, node, seat, taken)
    place = place_of(turn.state, node["n"])
    if not turn.legal(place, step, taken):
        raise refusals.used_up(taken)
    if taken.opinion == "must" and not command.opinion:
        raise Invalid((refusals.opinion_missing(taken),))
    stored = _filled(turn, step, taken, command.fill)
    turn.sent = frozenset((*stored, step.id))
    whole = decided(step, node, command.n, taken.name)
    stays = taken.then.kind == "stay" and not taken.steps
    signed: Signed = {
        "e": "signed", "n": command.n, "s": step.id, "x": taken.name, "by": command.actor, "for": whom,
    }  # fmt: skip
    if whole is None:
        signed["partial"] = True
    turn.emit(signed)
    turn.fill(stored)
    if whole is None:
        return
    if stays:
        turn.set_fields(taken)
        turn.tell(taken.tell, f"{step.id}.{taken.name}")
        return
    if f"{step.id}.opinion" in turn.process.reads:
        turn.emit({"e": "filled", "values": {opinion_key(step.id): command.opinion or None}})
    extra = output(turn, step, node, command.actor, whom)
    turn.leave(find(turn.state, node["n"]) or node, taken, extra)


def _filled(turn: Turn, step: Step, taken: Exit, fill: dict[str, Any]) -> dict[str, Any]:
    """What the form of the exit changes: all that was filled, and what may not stay empty where the case goes on.

    A field that was empty and still is says nothing; one that was emptied is a change like any other.
    """
    needed, held = to_complete(step, taken), turn.state["data"]
    if not (fill or needed or taken.must or turn.process.variants):
        return {}
    said = {name: value for name, value in fill.items() if value not in EMPTY or held.get(name) not in EMPTY}
    names = tuple(name for name in form_of(step, taken) if name in needed or name in said)
    given = {name: value for name, value in fill.items() if name in names or name in said}
    return _checked(turn, names, given, taken.must)


def _may_take(turn: Turn, command: c.Act, node: Node, seat: Seat | None, taken: Exit) -> str:
    """For whom the actor takes the exit; refuses one who is not asked, is excluded, or finds a colleague at it."""
    if taken.by.kind == "who" and taken.by.who is not None:
        whom = for_whom(turn.facts, command.actor, audiences(taken.by.who, turn.env))
        if whom is None:
            raise refusals.not_named(taken)
        return whom
    if seat is None or "seats" not in node:
        has_signed = "sig" in node and str(command.n) in node["sig"]
        raise refusals.closed_task(command.n) if has_signed else refusals.not_asked()
    whom = acting_for(turn.step(node["s"]), turn.env, node, seat, command.actor)
    applicant = turn.state["case"]["for"]
    return applicant if node["s"] == START and applicant and applicant != command.actor else whom


def _result(turn: Turn, command: c.Result) -> None:
    node = find(turn.state, command.n)
    result = turn.kind(node).result if node is not None else None
    if node is None or result is None or "ph" not in node or node["ph"] != "run":
        raise Conflict(Text("这一步已经不在等待结果。", "This step no longer waits for a result."))
    result(turn, node, command)


def _undone(turn: Turn, command: c.Undone) -> None:
    node = find(turn.state, command.n)
    todo = node["todo"] if node is not None and "todo" in node else []
    entry = next((e for e in todo if e.n == command.of), None)
    if entry is None:
        raise Conflict(Text("这一步已经释放。", "This has already been released."))
    turn.emit({"e": "undone", "n": command.n, "of": command.of, "s": entry.step, "how": command.how})
    left = find(turn.state, command.n)
    if left is not None and "todo" in left and not left["todo"]:
        if left["then"]["go"] == "take_back":
            restore(turn, left["then"]["n"])
        else:
            turn.unwound(left)


def _failed(turn: Turn, command: c.Failed) -> None:
    node = find(turn.state, command.n)
    assert node is not None, "what failed is open"
    turn.failed(command.n, node["s"], command.why, command.waits)


def _retry(turn: Turn, command: c.Retry) -> None:
    node = find(turn.state, command.n)
    failed = failed_at(node) if node is not None else None
    if failed is None:
        raise refusals.no_incident()
    turn.emit({"e": "retried", "n": command.n, "by": command.actor})
    retried = turn.kind(failed).retried
    if retried is not None:
        retried(turn, failed)


def _comment(turn: Turn, command: c.Comment) -> None:
    turn.emit({"e": "noted", "by": command.actor})
    keys = [key for key in concerned(turn.state) if key != user_key(command.actor)]
    if keys:
        turn.emit({"e": "told", "to": keys, "what": "comment"})


def _cancel(turn: Turn, command: c.Cancel) -> None:
    turn.emit({"e": "noted", "by": command.actor, "how": "cancel"})
    turn.end("cancelled", ROOT, undo="all")


_HANDLERS: dict[type[Any], Callable[[Turn, Any], None]] = {
    c.Start: _start,
    c.Act: _act,
    c.Result: _result,
    c.Undone: _undone,
    c.Failed: _failed,
    c.Retry: _retry,
    c.Tick: tick,
    c.Claim: claim,
    c.Transfer: transfer,
    c.Consent: answer,
    c.Recheck: recheck,
    c.Recount: recount,
    c.TakeBack: take_back,
    c.Comment: _comment,
    c.Cancel: _cancel,
}
