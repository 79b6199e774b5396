"""What happened in a district, counted: by process how many cases began, how they ended, what is open and late."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from engine.i18n import Text
from engine.operations.content.publish import all_current
from engine.operations.context import Context
from engine.runtime.titles import end_title
from engine.store import counts
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
    for row in counts.by_process_and_end(tx, ctx.id):
        if row.process not in found:
            continue
        one = found[row.process]
        one.started += row.many
        if row.status == "ended":
            one.ended[end_title(definitions[row.process], row.end_name)] += row.many
        else:
            one.open += row.many
    for name, many in counts.late_by_process(tx, ctx.id, ctx.now).items():
        if name in found:
            found[name].late = many
    return tuple(found.values())
