"""再发起: what a new form of the same process takes over from a case that is over."""

from __future__ import annotations

from typing import Any

from engine.definition.fields.fill import EMPTY
from engine.definition.model import Field, Process
from engine.definition.values.forms import decode
from engine.definition.values.kinds.table import kind_of
from engine.definition.values.moments import to_datetime
from engine.i18n import Text
from engine.operations.access import require_sight
from engine.operations.commands.references import alive
from engine.operations.content.publish import by_hash
from engine.operations.context import Caller, Context, no_case
from engine.operations.reading.glance import glance_at
from engine.operations.reading.people import people_of
from engine.store.transactions.runner import Tx


def taken_over(
    ctx: Context, tx: Tx, caller: Caller, process: Process, number: str
) -> tuple[dict[str, Any], tuple[Text, ...]]:
    """The stored values for a new form, and the titles of what is past, gone, other now or not the reader's: left out.

    ``NotFound`` for a case that is open, of another process, or not for the caller to see.
    """
    case = require_sight(ctx, tx, caller, number)
    if case.status != "ended" or case.process != process.name:
        raise no_case()
    was, glance = by_hash(ctx, tx, case.def_hash), glance_at(ctx, tx, caller.person, case)
    people, known = people_of(ctx, tx), was.catalogue
    data: dict[str, Any] = {}
    left: list[Text] = []
    for name in process.start.fill:
        field, before = process.field_named(name), was.process.field_named(name)
        if field is None or before is None:
            continue
        value = glance.had_whole(name)
        if value in EMPTY:
            left += [field.title] if name in glance.masked else []
        elif _alike(before, field) and not _past(ctx, field, value) and alive(ctx, tx, people, known, field, value):
            data[name] = value
        else:
            left.append(field.title)
    return data, tuple(left)


def _alike(before: Field, field: Field) -> bool:
    """Whether what stood in the field as it was reads the same in it as it is: each column of a table too."""
    if before.type != field.type or len(before.columns) != len(field.columns):
        return False
    both = zip(before.columns, field.columns, strict=True)
    return all(one.name == other.name and _alike(one, other) for one, other in both)


def _past(ctx: Context, field: Field, value: Any) -> bool:
    """Whether the value is a day, a moment or a time that has begun, or a table with one."""
    now = to_datetime(ctx.now)
    if field.columns:
        cells = ((column, row.get(column.name)) for row in value for column in field.columns)
        return any(cell not in EMPTY and _past(ctx, column, cell) for column, cell in cells)
    past = kind_of(field.type).past
    return past is not None and past(decode(field.type, value), now)
