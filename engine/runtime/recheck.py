"""What is open, looked at again once rights have changed: claims that no longer bind, seats that nobody answers to."""

from __future__ import annotations

from typing import Any

from engine.definition.model import Ask
from engine.runtime import commands as c
from engine.runtime.people import asked, made_of
from engine.runtime.rights import Seat, barred, belongs, holder
from engine.runtime.state import Node, nodes
from engine.runtime.turn import Turn


def recheck(turn: Turn, _command: c.Recheck) -> None:
    """Free what somebody holds who may no longer act, and ask anew where nobody is left. Mostly there is nothing."""
    for node in [node for node in nodes(turn.state["root"]) if node["k"] == "ask"]:
        seats, more = _rightful(turn, node)
        if seats != node["seats"]:
            mender, had = turn.facts.nobody(turn.state["case"]["unit"]), {seat[1] for seat in node["seats"]}
            turn.emit("reseated", n=node["n"], s=node["s"], seats=seats, **more)
            if mender in {seat[1] for seat in seats} - had:
                turn.emit("told", to=[mender], what=f"{node['s']}:nobody")


def _rightful(turn: Turn, node: Node) -> tuple[list[Seat], dict[str, Any]]:
    """The seats of *node* as they should be. A dead one goes to whoever is asked instead, under its own serial.

    Where everybody has to sign, nobody's signature is left out: what has no heir goes to who mends such things.
    """
    step, signed = turn.step(node["s"]), node.get("sig", {})
    dead = [seat for seat in node["seats"] if str(seat[0]) not in signed and not _answered(turn, node, seat)]
    kept = [_unclaimed(turn, node, seat) for seat in node["seats"] if seat not in dead]
    if not dead:
        return kept, {}
    mender = turn.facts.nobody(turn.state["case"]["unit"])
    heirs = [key for key in _heirs(turn, node, dead) if key not in {seat[1] for seat in kept}]
    nobody = not heirs and all(str(seat[0]) in signed for seat in kept)
    if getattr(step, "sign", "any") == "all" and not node.get("nobody"):
        heirs = [*heirs, *[mender] * len(dead)][: len(dead)]
    elif nobody:
        heirs = [mender]
    serials = [*(seat[0] for seat in dead), *range(turn.serial(), turn.serial() + len(heirs))]
    found = [[n, key] for n, key in zip(serials, heirs, strict=False)]
    more: dict[str, Any] = {"nobody": True} if nobody else {}
    if isinstance(step, Ask) and "of" in node:
        more["of"] = list(made_of(step, turn.env, barred(step, turn.env)))
    return sorted([*kept, *found]), more


def _unclaimed(turn: Turn, node: Node, seat: Seat) -> Seat:
    """*seat* without a claim that no longer binds."""
    binds = len(seat) > 2 and holder(turn.step(node["s"]), turn.env, node, seat)
    return seat if binds else seat[:2]


def _answered(turn: Turn, node: Node, seat: Seat) -> bool:
    """Whether somebody may act at *seat* in whose own name it is; what lies with who mends things is asked anew."""
    if node.get("nobody"):
        return False
    kind, _, rest = str(seat[1]).partition(":")
    without = barred(turn.step(node["s"]), turn.env)
    if kind == "user":
        return rest not in without and belongs(turn.facts, node, seat, rest)
    role, _, unit = rest.partition("@")
    return kind != "role" or not unit or turn.facts.seat(role, unit, without) == seat[1]


def _heirs(turn: Turn, node: Node, dead: list[Seat]) -> list[str]:
    """Whom to ask instead: the nearest above who hold the same role, else those whom the step asks today."""
    step = turn.step(node["s"])
    without = barred(step, turn.env)
    roles = [seat[1].removeprefix("role:").partition("@") for seat in dead if seat[1].startswith("role:")]
    above = [turn.facts.seat(role, unit, without) for role, _, unit in roles if unit and not node.get("nobody")]
    today = asked(step, turn.env, without) if isinstance(step, Ask) else ()
    return list(dict.fromkeys([key for key in above if key] or today))
