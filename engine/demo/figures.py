"""What happened in a district, counted: by process how many cases began, how they ended, what is open and late."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from sqlalchemy import func, select

from engine.i18n import Text
from engine.operations.content.publish import all_current
from engine.operations.context import Context
from engine.runtime.titles import end_title
from engine.store.schema.tables import cases, task
from engine.store.transactions.runner import Tx


@dataclass
class Figures:
    """The figures of one process in one district; ``ended`` counts by the titles of ends."""

    process: str
    title: Text
    started: int = 0
    open: int = 0
    late: int = 0
    ended: Counter[Text] = field(default_factory=Counter)


def figures(ctx: Context) -> tuple[Figures, ...]:
    """The figures of every process that *ctx*'s district publishes."""
    return ctx.runner.run(lambda tx: _read(ctx, tx), write=False)


def _read(ctx: Context, tx: Tx) -> tuple[Figures, ...]:
    definitions = {d.process.name: d.process for d in all_current(ctx, tx)}
    found = {name: Figures(name, process.title) for name, process in definitions.items()}
    c, t = cases.c, task.c
    counted = select(c.process, c.status, c.end_name, func.count().label("many")).where(c.district_id == ctx.id)
    for row in tx.read(counted.group_by(c.process, c.status, c.end_name)):
        if row.process not in found:
            continue
        one = found[row.process]
        one.started += row.many
        if row.status == "ended":
            one.ended[end_title(definitions[row.process], row.end_name)] += row.many
        else:
            one.open += row.many
    late = select(t.process, func.count(t.case_id.distinct()).label("many")).where(
        t.district_id == ctx.id, t.status == "open", t.due_at < ctx.now
    )
    for row in tx.read(late.group_by(t.process)):
        if row.process in found:
            found[row.process].late = row.many
    return tuple(found.values())
