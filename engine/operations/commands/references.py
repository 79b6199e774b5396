"""What a form names is there: a unit, a person, a plugin's record; what somebody typed just now is also alive."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

from engine.definition.field_words import not_there
from engine.definition.fields import cells
from engine.definition.model import Field, Process
from engine.errors import Invalid
from engine.operations.context import Context
from engine.operations.forms import read_context
from engine.operations.people import People
from engine.runtime import commands as c
from engine.runtime.evolve import Event
from engine.store.directory import Person, Unit
from engine.store.transaction import Tx


class _Named(NamedTuple):
    """One reference: the field or column, its place in the form, what it names, whether it was typed just now."""

    field: Field
    path: str
    value: str
    typed: bool


def check(
    ctx: Context, tx: Tx, people: People, process: Process, command: c.Command, events: Iterable[Event]
) -> None:
    """Raise ``Invalid`` where what *command* filled names a unit, a person or a plugin's record that is not there.

    What a formula put into a field was chosen earlier, perhaps by somebody else: it has to be there and may be over.
    """
    values = {name: value for event in events if event["e"] == "filled" for name, value in event["values"].items()}
    typed = command.fill.keys() if isinstance(command, c.Start | c.Act) else ()
    named = [
        one
        for field in process.pointers
        if values.get(field.name)
        for one in _named(field, values[field.name], typed=field.name in typed)
    ]
    for kind in ("unit", "person"):
        people.want(**{f"{kind}s": [one.value for one in named if one.field.type.name == kind]})
    problems = tuple(not_there(one.field, one.path) for one in named if not _there(ctx, tx, people, one))
    if problems:
        raise Invalid(problems)


def alive(ctx: Context, tx: Tx, people: People, field: Field, value: Any) -> bool:
    """Whether whatever a stored value of *field* names may be named anew today."""
    if not value or not (field.points or field.columns):
        return True
    return all(_there(ctx, tx, people, one) for one in _named(field, value, typed=True))


def _named(field: Field, value: Any, *, typed: bool) -> Iterator[_Named]:
    """Every reference in one field; of a table, in each of its rows."""
    if not field.columns:
        yield _Named(field, field.name, value, typed)
        return
    for at, row in enumerate(value):
        for name, column in cells(field, at).items():
            if column.points and row.get(name):
                yield _Named(column, f"{field.name}.{at}.{name}", row[name], typed)


def _there(ctx: Context, tx: Tx, people: People, one: _Named) -> bool:
    kind = ctx.registry.field_type(one.field.type.name)
    if kind is not None:
        plugin = ctx.registry.owner(kind)
        return bool(kind.read(read_context(ctx, tx, plugin), [one.value]))
    found: Unit | Person | None = (
        people.unit(one.value) if one.field.type.name == "unit" else people.person(one.value)
    )
    return found is not None and (not one.typed or found.since <= ctx.now < found.until)
