"""After the working calendar has changed: what is still to come is counted again, case by case."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from engine.clock import Micros
from engine.definition.calendar.working import Calendar
from engine.i18n import Text
from engine.operations.commands.order import Order
from engine.operations.commands.perform import changed_alone
from engine.operations.content.publish import by_hash
from engine.operations.context import ENGINE, Context
from engine.operations.facts import OperationFacts
from engine.operations.writing import Wish, Written, write
from engine.runtime import commands as c
from engine.runtime.draft import Draft
from engine.runtime.recount import moves
from engine.runtime.titles import step_title
from engine.store import cases, districts, tasks
from engine.store.text import digest
from engine.store.transactions.runner import Tx

#: So many cases are looked at in one transaction that reads.
_AT_ONCE = 200


@dataclass(frozen=True, slots=True)
class Moving:
    """A deadline, or what follows one, that another calendar moves: of which case and step, from when to when."""

    number: str
    process_title: Text
    step_title: Text
    was: Micros
    at: Micros


def moving(ctx: Context, calendar: Calendar) -> Iterator[Moving]:
    """What would move in the open cases of the district if *calendar* were its own. Nothing is changed."""
    if calendar == ctx.district.calendar:
        return
    then = Context(ctx.system, replace(ctx.district, calendar=calendar))
    for ids in _clocked(ctx):
        yield from ctx.runner.run(lambda tx, ids=ids: [m for id_ in ids for m in _moving(then, tx, id_)], write=False)  # type: ignore[misc]


def _moving(ctx: Context, tx: Tx, case_id: str) -> Iterator[Moving]:
    case = cases.load_case(tx, ctx.id, id=case_id)
    if case is None or case.status == "ended":
        return
    definition = by_hash(ctx, tx, case.def_hash)
    draft = Draft(definition, case.state, OperationFacts(ctx, tx, definition, case.id))
    for node, clock in moves(draft):
        titles = definition.process.title, step_title(definition.process, node["s"])
        yield Moving(case.number, *titles, node["due"]["at"], clock["at"])


def recount(ctx: Context) -> int:
    """Count the clocks of every open case again; how many cases changed.

    Each case is a command of its own: what was done stays done where somebody stops this, and again does no harm.
    """
    return sum(_recount(ctx, case_id) for ids in _clocked(ctx) for case_id in ids)


def recount_once(ctx: Context) -> int:
    """Count again where the calendar has changed since that was last done to the end, and note that it was done.

    Adopting counts at once. This is for whoever was stopped in it, and for commands that began before and ended after.
    """
    calendar = ctx.district.calendar.hash
    if ctx.district.counted == calendar:
        return 0
    moved = recount(ctx)

    def work(ctx: Context, tx: Tx) -> Written:
        districts.keep(tx, [ctx.id], {"counted": calendar})
        return Written(None, {"changed": {"counted": digest(calendar)}})

    write(ctx, ENGINE, Wish("org", "recount", calendar), work)
    return moved


def _clocked(ctx: Context) -> Iterator[list[str]]:
    """The cases in which a clock runs, some at a time."""
    after = ""
    while ids := ctx.runner.run(lambda tx, after=after: tasks.clocked(tx, ctx.id, after, _AT_ONCE), write=False):  # type: ignore[misc]
        yield ids
        after = ids[-1]


def _recount(ctx: Context, case_id: str) -> bool:
    return changed_alone(ctx, Order("recount", c.Recount(), case_id=case_id))
