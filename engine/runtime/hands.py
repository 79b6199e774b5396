"""Whose hands a task is in: claiming and giving back, handing on, and the request that an administrator answers."""

from __future__ import annotations

from typing import Literal

from engine.audience import SOME_ROLE, AnyoneOf, parse_audience, user_key
from engine.definition.district.model import Beyond
from engine.definition.district.roles import ANY_ADMIN
from engine.definition.model import Step
from engine.errors import REFUSALS, Invalid
from engine.runtime import commands as c
from engine.runtime import refusals
from engine.runtime.env import CaseEnv
from engine.runtime.people import excluded, made_of
from engine.runtime.rights import acting_for, belongs, holder
from engine.runtime.shapes.parts import Handing, Seat
from engine.runtime.shapes.task_events import Reassigned
from engine.runtime.shapes.tree import AskNode, Node, State
from engine.runtime.state import find, is_step, seats
from engine.runtime.turn import Turn

#: On what terms somebody may be handed a task: as one whom the step asks, or with what besides.
Terms = Literal["asked", "reason", "consent"]


def open_node(turn: Turn, n: int) -> tuple[Node, Seat | None]:
    """The open node with seat or serial *n*."""
    open_seats = seats(turn.state)
    if n in open_seats:
        return open_seats[n]
    node = find(turn.state, n)
    if node is None or not is_step(node) or turn.step(node["s"]).by_itself:
        raise refusals.closed_task(n)
    return node, None


def known(turn: Turn, person: str, path: str) -> None:
    """Refuse a person who is not, or no longer, one of the district's."""
    if not turn.facts.may(person, user_key(person)):
        raise Invalid((refusals.no_such_person(path),))


def _reassigned(node: AskNode, seat: Seat, how: Literal["claimed", "unclaimed", "transferred"], by: str) -> Reassigned:
    return {"e": "reassigned", "n": seat.n, "seat": seat, "how": how, "by": by, "s": node["s"]}


# -- claiming ------------------------------------------------------------------------------


def claim(turn: Turn, command: c.Claim) -> None:
    """Take a task for oneself, or give it back."""
    node, seat = open_node(turn, command.n)
    if seat is None or "seats" not in node:
        raise refusals.not_asked()
    if command.release:
        if command.actor != seat.holder:
            raise refusals.not_yours()
        turn.emit(_reassigned(node, seat._replace(holder=""), "unclaimed", command.actor))
        return
    step = turn.step(node["s"])
    acting_for(step, turn.env, node, seat, command.actor)
    if holder(step, turn.env, node, seat) not in ("", command.actor):
        raise refusals.claimed(seat.holder)
    turn.emit(_reassigned(node, seat._replace(holder=command.actor), "claimed", command.actor))


# -- handing on ----------------------------------------------------------------------------


def transfer(turn: Turn, command: c.Transfer) -> None:
    """Hand a task on; to whom the step does not ask only as the district allows it."""
    node, seat = open_node(turn, command.n)
    step = turn.step(node["s"])
    if seat is None or "seats" not in node or not holds(step, turn.env, node, seat, command.actor):
        raise refusals.not_yours()
    how = terms(step, turn.env, node, seat, command.actor, command.to, command.beyond)
    if how != "asked" and not command.reason:
        raise Invalid((refusals.transfer_reason(),))
    if how == "consent" and not turn.facts.may(command.actor, ANY_ADMIN):
        turn.emit({"e": "requested", "n": command.n, "s": node["s"], "by": command.actor, "to": command.to})
        mender = turn.facts.nobody(turn.state["case"]["unit"])
        turn.emit({"e": "told", "to": [mender], "what": f"{node['s']}:requested"})
        return
    _hand_over(turn, node, seat, command.actor, command.to)


def answer(turn: Turn, command: c.Consent) -> None:
    """An administrator lets a task go to whom its holder asked for, or does not."""
    node, seat = open_node(turn, command.n)
    asked = node["handing"].get(str(command.n)) if "handing" in node else None
    if seat is None or "seats" not in node or asked is None:
        raise refusals.no_request()
    if command.agreed:
        try:
            terms(turn.step(node["s"]), turn.env, node, seat, asked["by"], asked["to"], "consent")
        except REFUSALS as refusal:
            raise refusals.cannot_agree() from refusal
        _hand_over(turn, node, seat, asked["by"], asked["to"], agreed=command.actor)
        return
    turn.emit({"e": "declined", "n": command.n, "s": node["s"], "by": command.actor, "to": asked["to"]})
    turn.emit({"e": "told", "to": [user_key(asked['by'])], "what": f"{node['s']}:declined"})


def _hand_over(turn: Turn, node: AskNode, seat: Seat, by: str, to: str, agreed: str = "") -> None:
    event = _reassigned(node, Seat(seat.n, user_key(to)), "transferred", by)
    event["to"] = to
    if agreed:
        event["agreed"] = agreed
    turn.emit(event)
    turn.emit({"e": "told", "to": [user_key(to)], "what": f"{node['s']}:transferred"})


def holds(step: Step, env: CaseEnv, node: AskNode, seat: Seat, person: str) -> bool:
    """Whether *person* has the task in hand, so that they may hand it on."""
    return holder(step, env, node, seat) in ("", person) and belongs(env.facts, node, seat, person)


def terms(step: Step, env: CaseEnv, node: AskNode, seat: Seat, holder_: str, to: str, beyond: Beyond) -> Terms:
    """On what terms *holder_* may hand the task at *seat* to the person *to*; a refusal says why they may not.

    Pickers offer exactly those for whom this raises nothing. Where nobody could be asked, whoever mends it may name
    anybody with a role; elsewhere *beyond* is what the district says of people whom the step does not ask.
    """
    facts = env.facts
    if not to or to == holder_ or seat.audience == user_key(to):
        raise Invalid((refusals.choose_colleague(),))
    if not facts.may(to, user_key(to)):
        raise Invalid((refusals.no_such_person("to"),))
    if to in excluded(step, env):
        raise refusals.colleague_excluded()
    if any(other.audience == user_key(to) for other in node["seats"] if other.n != seat.n):
        raise refusals.signs_already()
    if _asked(step, env, seat, to):
        return "asked"
    applied = to in env.state.get("acted", {}).get("start", ())
    wanted: Beyond = "reason" if node.get("nobody") else beyond
    if wanted == "refuse" or applied or not facts.may(to, SOME_ROLE):
        raise refusals.not_for_them()
    return wanted


def _asked(step: Step, env: CaseEnv, seat: Seat, person: str) -> bool:
    """Whether the step asks *person*, now or as it was moved up; of "anybody" only who holds a role."""
    keys = sorted({seat.audience, *made_of(step, env, excluded(step, env))})
    facts, open_to = env.facts, [key for key in keys if isinstance(parse_audience(key), AnyoneOf)]
    if any(facts.may(person, key) for key in keys if key not in open_to):
        return True
    return bool(open_to) and facts.may(person, SOME_ROLE) and any(facts.may(person, key) for key in open_to)


def requests(state: State) -> dict[int, Handing]:
    """Every request to hand a task further than its step asks, by seat: who asks, and for whom."""
    return {n: node["handing"][str(n)] for n, (node, _) in seats(state).items() if str(n) in node.get("handing", {})}
