"""What is open, looked at again once rights have changed: claims that no longer bind, seats that nobody answers to."""

from __future__ import annotations

from engine.audience import AudienceKey, RoleAt, User, parse_audience
from engine.runtime import commands as c
from engine.runtime.people import asked, excluded, made_of
from engine.runtime.rights import belongs, holder
from engine.runtime.shapes.parts import Seat
from engine.runtime.shapes.task_events import Reseated
from engine.runtime.shapes.tree import AskNode
from engine.runtime.state import has_signed, nodes
from engine.runtime.turn import Turn


def recheck(turn: Turn, _command: c.Recheck) -> None:
    """Free what somebody holds who may no longer act, and ask anew where nobody is left. Mostly there is nothing."""
    for node in [node for node in nodes(turn.state["root"]) if "seats" in node]:
        event = _rightful(turn, node)
        if event["seats"] != node["seats"]:
            mender, had = turn.facts.nobody(turn.state["case"]["unit"]), {seat.audience for seat in node["seats"]}
            turn.emit(event)
            if mender in {seat.audience for seat in event["seats"]} - had:
                turn.emit({"e": "told", "to": [mender], "what": f"{node['s']}:nobody"})


def _rightful(turn: Turn, node: AskNode) -> Reseated:
    """The seats of *node* as they should be. A dead one goes to whoever is asked instead, under its own serial.

    Where everybody has to sign, nobody's signature is left out: what has no heir goes to who mends such things.
    """
    step = turn.step(node["s"])
    dead = [seat for seat in node["seats"] if not has_signed(node, seat) and not _answered(turn, node, seat)]
    kept = [_unclaimed(turn, node, seat) for seat in node["seats"] if seat not in dead]
    event: Reseated = {"e": "reseated", "n": node["n"], "s": node["s"], "seats": kept}
    if not dead:
        return event
    mender = turn.facts.nobody(turn.state["case"]["unit"])
    heirs = [key for key in _heirs(turn, node, dead) if key not in {seat.audience for seat in kept}]
    nobody = not heirs and all(has_signed(node, seat) for seat in kept)
    if step.sign == "all" and not node.get("nobody"):
        heirs = [*heirs, *[mender] * len(dead)][: len(dead)]
    elif nobody:
        heirs = [mender]
    serials = [*(seat.n for seat in dead), *range(turn.serial(), turn.serial() + len(heirs))]
    event["seats"] = sorted([*kept, *map(Seat, serials, heirs)])
    if nobody:
        event["nobody"] = True
    if "of" in node:
        event["of"] = list(made_of(step, turn.env, excluded(step, turn.env)))
    return event


def _unclaimed(turn: Turn, node: AskNode, seat: Seat) -> Seat:
    """*seat* without a claim that no longer binds."""
    binds = seat.holder and holder(turn.step(node["s"]), turn.env, node, seat)
    return seat if binds else seat._replace(holder="")


def _answered(turn: Turn, node: AskNode, seat: Seat) -> bool:
    """Whether somebody may act at *seat* in whose own name it is; what lies with who mends things is asked anew."""
    if node.get("nobody"):
        return False
    without = excluded(turn.step(node["s"]), turn.env)
    match parse_audience(seat.audience):
        case User(person):
            return person not in without and belongs(turn.facts, node, seat, person)
        case RoleAt(role, unit) if unit:
            return turn.facts.seat(role, unit, without) == seat.audience
    return True


def _heirs(turn: Turn, node: AskNode, dead: list[Seat]) -> list[AudienceKey]:
    """Whom to ask instead: the nearest above who hold the same role, else those whom the step asks today."""
    step = turn.step(node["s"])
    without = excluded(step, turn.env)
    held = [one for one in (parse_audience(seat.audience) for seat in dead) if isinstance(one, RoleAt) and one.unit]
    above = [turn.facts.seat(one.role, one.unit, without) for one in held if not node.get("nobody")]
    today = asked(step, turn.env, without)
    return list(dict.fromkeys([key for key in above if key] or today))
