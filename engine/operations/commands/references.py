"""What a form names is there: a unit, a person, a plugin's record; what somebody typed also lives and is offered."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Any, NamedTuple

from engine.definition.catalogue import Catalogue
from engine.definition.fields.fill import cells
from engine.definition.fields.offering import asks_anybody
from engine.definition.fields.words import not_offered, not_there
from engine.definition.model import Field, Process
from engine.errors import Invalid, Unanswered
from engine.operations.commands.work import Work
from engine.operations.context import Context
from engine.operations.offering import Offers
from engine.operations.plugin_answers import records
from engine.operations.reading.people import People
from engine.runtime import commands as c
from engine.runtime.shapes.events import Event
from engine.runtime.start import START, start_step
from engine.store.directory import Person, Unit
from engine.store.transactions.runner import Tx


class _Named(NamedTuple):
    """One reference: the field or column, its place in the form, what it names, whether it was typed just now."""

    field: Field
    path: str
    value: str
    typed: bool


def check(work: Work, command: c.Command) -> None:
    """Raise ``Invalid`` where what *command* filled names what is not there, or what the field does not offer.

    What a formula put into a field was chosen earlier, perhaps by somebody else: it has to be there and may be over.
    """
    process, events = work.definition.process, work.turn.events
    filled = [event["values"] for event in events if event["e"] == "filled"] if process.pointers else ()
    if not filled:
        return
    values = {name: value for part in filled for name, value in part.items()}
    typed = command.fill.keys() if isinstance(command, c.Start | c.Act) else ()
    named = [
        one
        for field in process.pointers
        if values.get(field.name)
        for one in _named(field, values[field.name], typed=field.name in typed)
    ]
    for kind in ("unit", "person"):
        work.people.want(**{f"{kind}s": [one.value for one in named if one.field.type.name == kind]})
    there = partial(_there, work.ctx, work.tx, work.people, work.definition.catalogue)
    problems = tuple(not_there(one.field, one.path) for one in named if not there(one))
    if problems:
        raise Invalid(problems)
    chosen = [one for one in named if one.typed]
    if chosen:
        offers = Offers(
            work.ctx, work.tx, work.definition, work.turn.state, work.caller.person, work.people,
            anybody=_is_for_anybody(process, events),
        )  # fmt: skip
        problems = tuple(not_offered(one.field, one.path) for one in chosen if not offers.takes(one.field, one.value))
    if problems:
        raise Invalid(problems)


def _is_for_anybody(process: Process, events: list[Event]) -> bool:
    """Whether people who hold no office may send the form that was filled."""
    signed = next((event for event in events if event["e"] == "signed"), None)
    if signed is None:
        return asks_anybody(process, None)
    step = start_step(process) if signed["s"] == START else process.index[signed["s"]][0]
    return asks_anybody(process, step, step.exit(signed["x"]))


def alive(ctx: Context, tx: Tx, people: People, catalogue: Catalogue, field: Field, value: Any) -> bool:
    """Whether whatever a stored value of *field* names may be named anew today."""
    if not value or not (field.points or field.columns):
        return True
    return all(_there(ctx, tx, people, catalogue, one) for one in _named(field, value, typed=True))


def _named(field: Field, value: Any, *, typed: bool) -> Iterator[_Named]:
    """Every reference in one field; of a table, in each of its rows."""
    if not field.columns:
        yield _Named(field, field.name, value, typed)
        return
    for at, row in enumerate(value):
        for name, column in cells(field, at).items():
            if column.points and row.get(name):
                yield _Named(column, f"{field.name}.{at}.{name}", row[name], typed)


def _there(ctx: Context, tx: Tx, people: People, catalogue: Catalogue, one: _Named) -> bool:
    kept = records(ctx, tx, one.field.type.name, catalogue.owner(one.field.type.name))
    if kept is not None:
        try:
            return bool(kept.read([one.value]))
        except Unanswered:
            if one.typed:
                raise
            return True  # it was there when somebody chose it, and nobody can say that it has gone
    found: Unit | Person | None = (
        people.unit(one.value) if one.field.type.name == "unit" else people.person(one.value)
    )
    return found is not None and (not one.typed or found.since <= ctx.now < found.until)
