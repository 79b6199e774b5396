"""Whom a reader may hand a task to: whoever could be asked for it, and where the district allows more, colleagues."""

from __future__ import annotations

from engine.definition.model import Ask
from engine.errors import RongtongError
from engine.operations.access import require_sight
from engine.operations.context import Caller, Context
from engine.operations.form_views import Option
from engine.operations.offering import told_apart
from engine.operations.showing.parts import Showing
from engine.runtime.hands import holds, terms
from engine.runtime.people import made_of
from engine.runtime.rights import Seat, barred
from engine.runtime.state import Node, seats
from engine.store import people
from engine.store.finding import Person
from engine.store.transaction import Tx


def colleagues(ctx: Context, caller: Caller, number: str, n: int) -> tuple[Option, ...]:
    """The persons to whom the caller may hand task *n*, told apart; nobody where it is not in the caller's hands."""

    def read(tx: Tx) -> tuple[Option, ...]:
        show = Showing(ctx, tx, caller, require_sight(ctx, tx, caller, number))
        held = seats(show.state).get(n)
        if held is None or not holds(show.step(held[0]["s"]), show.env, *held, caller.person):
            return ()
        found = tuple(dict.fromkeys((*_asked(show, *held), *_near(show, held[0]))))
        show.facts.want(persons=found)
        known = filter(None, (show.people.person(person) for person in found if _may_have(show, *held, person)))
        listed = [Person(one.id, one.name, one.unit) for one in known]
        return tuple(Option(*pair) for pair in told_apart(ctx, tx, show.people, listed).items())

    return ctx.runner.run(read, write=False)


def _may_have(show: Showing, node: Node, seat: Seat, person: str) -> bool:
    """Exactly where handing it to them would not be refused for who they are."""
    beyond = show.ctx.district.transfer_beyond
    try:
        terms(show.step(node["s"]), show.env, node, seat, show.caller.person, person, beyond)
    except RongtongError:
        return False
    return True


def _asked(show: Showing, node: Node, seat: Seat) -> tuple[str, ...]:
    """Whoever stands behind the audiences of the step by name or by role, and their deputies."""
    step = show.step(node["s"])
    keys = [seat[1], *(made_of(step, show.env, barred(step, show.env)) if isinstance(step, Ask) else ())]
    found: list[str] = []
    for key in dict.fromkeys(keys):
        kind, _, rest = key.partition(":")
        persons = (rest,) if kind == "user" else show.holding(key)
        role = rest.partition("@")[0] if kind == "role" else ""
        found += [*persons, *people.stand_ins(show.tx, show.ctx.id, persons, role, show.ctx.now)]
    return tuple(found)


def _near(show: Showing, node: Node) -> tuple[str, ...]:
    """Whoever holds a role in the reader's own unit; for who mends a task that has nobody, also where the case is."""
    mine = show.people.person_unit(show.caller.person)
    units = [mine, *(show.people.path(show.case.unit) if node.get("nobody") else ())]
    return people.with_roles(show.tx, show.ctx.id, dict.fromkeys(units), show.ctx.now)
