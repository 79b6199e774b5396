"""ask: people decide. Each audience, or each signer, is a seat with a serial of its own."""

from __future__ import annotations

from typing import Any, Final

from engine.definition.kinds.ask import Ask
from engine.definition.model import Process, Step
from engine.runtime.clocks import open_clock
from engine.runtime.draft import digest
from engine.runtime.kept import kept_record
from engine.runtime.kinds.kind import Kind
from engine.runtime.people import asked, excluded, made_of, named_by
from engine.runtime.shapes.parts import Address, Seat
from engine.runtime.shapes.tree import AskNode, Node
from engine.runtime.start import START
from engine.runtime.state import open_seats
from engine.runtime.turn import Turn


def _open(turn: Turn, step: Ask, at: Address) -> None:
    """Seat the people, or pass on a kept decision whose grounds are the same."""
    record = kept_record(turn.state, at, step.id)
    if record is not None:
        home, mode, kept = record
        if mode == "resume" or kept["d"] == seen_digest(turn, step):
            turn.pass_again(step, at, home, mode, kept)
            return
        turn.emit({"e": "unkept", "in": home, "s": step.id})
    without = excluded(step, turn.env)
    keys = asked(step, turn.env, without)
    n = turn.serial()
    node: AskNode = {"n": n, "s": step.id, "k": "ask", "seats": []}
    if step.sign == "all":
        node["of"] = list(made_of(step, turn.env, without))
    if not keys:
        keys = (turn.facts.nobody(turn.state["case"]["unit"]),)
        node["nobody"] = True
        turn.emit({"e": "told", "to": list(keys), "what": f"{step.id}:nobody"})
    node["seats"] = [Seat(n + i, key) for i, key in enumerate(keys)]
    clock = open_clock(step.due, turn.env) if step.due else None
    if clock:
        node["due"] = clock
    turn.emit({"e": "opened", "in": at, "node": node})


def seen_names(process: Process, step: Step) -> tuple[str, ...]:
    """The fields that a decision at *step* rests on: what it shows, or else what is filled before it."""
    if step.show:
        return step.show
    names = list(process.start.fill)
    for earlier, _ in process.index.values():
        if earlier.id == step.id:
            break
        names += earlier.fill
        names += [name for taken in earlier.outcomes for name in taken.fill]
    return tuple(dict.fromkeys(names))


def seen_digest(turn: Turn, step: Step) -> str:
    """A digest of what the people asked can see."""
    data = turn.state["data"]
    return digest({name: data.get(name) for name in seen_names(turn.process, step)})


def output(turn: Turn, step: Step, node: Node, actor: str, on_behalf: str) -> dict[str, Any]:
    """Who decided and for whom, where some formula reads it, and what it rests on where a return may keep it.

    Whoever mends a step whose person has gone does it for that person: it was not asked of them.
    """
    gone = named_by(step, turn.env) if "nobody" in node else ""
    known = {"who": actor, "for": gone or on_behalf or actor}
    out = {key: value for key, value in known.items() if f"{step.id}.{key}" in turn.process.reads}
    return {**out, **grounds(turn, step)}


def grounds(turn: Turn, step: Step) -> dict[str, str]:
    """What a decision at *step* rests on, a person's or silence's, where a return may keep it."""
    if step.who is None or step.id == START or not turn.definition.keeps:
        return {}
    return {"d": seen_digest(turn, step)}


def decided(step: Step, node: Node, signing: int, outcome: str) -> str | None:
    """The outcome of the step once the seat *signing* has said *outcome*; None while others still have to sign.

    With ``sign: all`` the first outcome needs everybody; any other decides at once.
    """
    if step.sign == "any" or outcome != step.outcomes[0].name:
        return outcome
    return outcome if all(seat.n == signing for seat in open_seats(node)) else None


KIND: Final[Kind[Turn]] = Kind(k="ask", open=_open)
