"""Whom a reader may hand a task to: whoever could be asked for it, and where the district allows more, colleagues."""

from __future__ import annotations

from collections.abc import Iterable

from engine.audience import RoleAt, User, parse_audience
from engine.errors import REFUSALS
from engine.operations.offering import told_apart
from engine.operations.reading.form_views import Option
from engine.operations.reading.parts import Showing
from engine.runtime.hands import holds, terms
from engine.runtime.people import excluded, made_of
from engine.runtime.shapes.parts import Seat
from engine.runtime.shapes.tree import AskNode
from engine.store import people
from engine.store.finding import Person


def receivers(show: Showing, node: AskNode, seat: Seat) -> tuple[Option, ...] | None:
    """The persons to whom the reader may hand the task at *seat*, told apart; None where it is not in their hands."""
    if not holds(show.step(node["s"]), show.env, node, seat, show.caller.person):
        return None
    found = _of(show, node, seat, (*_asked(show, node, seat), *_near(show, node)))
    if not found and show.ctx.district.transfer_beyond != "refuse":
        found = _of(show, node, seat, _above(show))
    known = filter(None, map(show.people.person, found))
    listed = [Person(one.id, one.name, one.unit) for one in known]
    return tuple(Option(*pair) for pair in told_apart(show.ctx, show.tx, show.people, listed).items())


def _of(show: Showing, node: AskNode, seat: Seat, persons: Iterable[str]) -> list[str]:
    """Those of *persons* who may have the task, each once."""
    found = tuple(dict.fromkeys(persons))
    show.facts.want(persons=found)
    return [person for person in found if _may_have(show, node, seat, person)]


def _may_have(show: Showing, node: AskNode, seat: Seat, person: str) -> bool:
    """Exactly where handing it to them would not be refused for who they are."""
    beyond = show.ctx.district.transfer_beyond
    try:
        terms(show.step(node["s"]), show.env, node, seat, show.caller.person, person, beyond)
    except REFUSALS:
        return False
    return True


def _asked(show: Showing, node: AskNode, seat: Seat) -> tuple[str, ...]:
    """Whoever stands behind the audiences of the step by name or by role, and their deputies."""
    step = show.step(node["s"])
    keys = [seat.audience, *made_of(step, show.env, excluded(step, show.env))]
    found: list[str] = []
    for key in dict.fromkeys(keys):
        audience = parse_audience(key)
        persons = (audience.person,) if isinstance(audience, User) else show.holding(key)
        role = audience.role if isinstance(audience, RoleAt) else ""
        found += [*persons, *people.stand_ins(show.tx, show.ctx.id, persons, role, show.ctx.now)]
    return tuple(found)


def _near(show: Showing, node: AskNode) -> tuple[str, ...]:
    """Whoever holds a role in the reader's own unit; for who mends a task that has nobody, also where the case is."""
    mine = show.people.person_unit(show.caller.person)
    units = [mine, *(show.people.path(show.case.unit) if node.get("nobody") else ())]
    return people.with_roles(show.tx, show.ctx.id, dict.fromkeys(units), show.ctx.now)


def _above(show: Showing) -> tuple[str, ...]:
    """Whoever holds a role above the reader's own unit: in a unit of one, the only colleagues that there are."""
    mine = show.people.person_unit(show.caller.person)
    return people.with_roles(show.tx, show.ctx.id, show.people.path(mine), show.ctx.now)
