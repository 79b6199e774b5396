"""显示: uncovering a masked field for an open task, with a line in a log that the person concerned can read."""

from __future__ import annotations

from collections.abc import Iterator

from engine.definition.model import Field
from engine.errors import Forbidden, NotFound
from engine.i18n import Text
from engine.operations.access import require_sight
from engine.operations.context import Caller, Context
from engine.operations.reading.parts import Showing
from engine.operations.reading.read_log_views import Uncovered
from engine.operations.writing import Wish, Written, write
from engine.store import journal, read_log
from engine.store.transactions.runner import Tx

#: The log of a case is a journal of its own, so that reading never waits for deciding.
STREAM = "read:"


def uncover(ctx: Context, caller: Caller, number: str, field: str, *, key: str = "") -> Uncovered:
    """What stands in the masked *field* of a case, whole; one line in the log for each whom it concerns.

    Raises ``NotFound`` for a case or field that the caller may not have, ``Forbidden`` where nothing that they have to
    do now needs it.
    """
    case = ctx.runner.run(lambda tx: require_sight(ctx, tx, caller, number), write=False)
    stream = f"{STREAM}{case.id}"

    def work(ctx: Context, tx: Tx) -> Written:
        show = _may(ctx, tx, caller, number, field)
        seq = journal.lock_stream(tx, ctx.id, stream).seq + 1
        whom = sorted(_concerned(show, field))
        read_log.add(tx, ctx.id, case.id, seq=seq, reader=caller.person, field=field, persons=whom, now=ctx.now)
        return Written(field, {"field": field, "whom": whom})

    write(ctx, caller, Wish(stream, "uncover", {"number": number, "field": field}, key), work)
    return ctx.runner.run(lambda tx: _may(ctx, tx, caller, number, field).glance.uncovered(field), write=False)


def _may(ctx: Context, tx: Tx, caller: Caller, number: str, field: str) -> Showing:
    """The case as the caller sees it, if they may uncover *field* of it now."""
    show = Showing(ctx, tx, caller, require_sight(ctx, tx, caller, number))
    if field not in show.glance.masked:
        raise NotFound(
            Text("这件没有这一项要显示。回到办件看看。", "This case has nothing of that kind to show; go back to it."),
            code="no_field",
        )
    if field not in show.needed:
        raise Forbidden(
            Text("手上没有要用到这一项的待办，不能显示。轮到你办时再看。",
                 "Nothing that you have to do now needs this; it can be shown when you have."),
            code="not_needed",
        )  # fmt: skip
    return show


def _concerned(show: Showing, name: str) -> set[str]:
    """Whom the value is about: the applicant, and the person that the field names."""
    case, field = show.case, show.process.named[name]
    return {case.for_person or case.started_by, *_persons(field, show.glance.uncovered(name).value)}


def _persons(field: Field, value: object) -> Iterator[str]:
    if field.type.name == "person" and isinstance(value, str):
        yield value
    for column in field.columns:
        for row in value if isinstance(value, list) else ():
            yield from _persons(column, row.get(column.name))
