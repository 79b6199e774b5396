"""Whom a reader may hand a task to: the people of the reader's own unit."""

from __future__ import annotations

from engine.operations.access import require_here
from engine.operations.context import Caller, Context
from engine.operations.people import people_of
from engine.operations.views import PersonView
from engine.store.transaction import Tx


def colleagues(ctx: Context, caller: Caller) -> tuple[PersonView, ...]:
    """The other persons of the caller's unit."""

    def read(tx: Tx) -> tuple[PersonView, ...]:
        require_here(ctx, tx, caller)
        people = people_of(ctx, tx)
        mine = people.person(caller.person)
        unit = mine.unit if mine else ""
        near = (person for person in people.persons() if person.unit == unit and person.id != caller.person)
        return tuple(PersonView(person.id, person.name, people.unit_name(unit)) for person in near)

    return ctx.runner.run(read, write=False)
