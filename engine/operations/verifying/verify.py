"""verify: every promise about what is stored, checked by reading all of it; a broken one is named with its place."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from engine.definition.calendar.working import calendar_from
from engine.errors import NotFound
from engine.i18n import both
from engine.operations.context import Context, District, System
from engine.operations.districts import all_districts, context
from engine.operations.verifying.case import check_case
from engine.operations.verifying.contents import Choices
from engine.operations.verifying.district import check_district, erasures
from engine.operations.verifying.verdict import UNREADABLE, Broken, Verdict, broken, unread
from engine.store import checkpoints, verify_reads

__all__ = ["Broken", "Progress", "Verdict", "verify", "verify_district"]

#: Called with the cases checked so far and how many there are.
Progress = Callable[[int, int], None]


def districts_held(system: System) -> list[str]:
    """Every district that has rows in this database or is said to live in it, those that are shown first."""
    placed = all_districts(system)
    return [*placed, *sorted(set(system.runner.run(verify_reads.districts, write=False)) - set(placed))]


def verify_district(
    system: System, district: str, progress: Progress | None = None, kept: tuple[int, str] | None = None
) -> Verdict:
    """``verify`` of a district by its id; where what it chose cannot be read, that is a fault and the rest is read.

    Nothing is known of its plugins then. Raises ``NotFound`` where there is no such district.
    """
    try:
        return verify(context(system, district), progress, kept)
    except NotFound:
        if district not in all_districts(system):
            raise
        said = "名册上有这个区县，却没有它的数据", "it is said to live here and has no rows"
        return Verdict(district, 0, 0, 0, (broken("placement", district, *said),))
    except UNREADABLE as fault:
        name = both(district)
        calendar = calendar_from({"years": {}, "hours": []})
        bare = District(district, name, name, plugins={}, settings={}, calendar=calendar)
        found = verify(Context(system, bare), progress, kept)
        return replace(found, broken=(unread("setting", district, fault), *found.broken))


def verify(ctx: Context, progress: Progress | None = None, kept: tuple[int, str] | None = None) -> Verdict:
    """Check everything that *ctx*'s district stored, each case in a reading transaction of its own.

    With *kept*, number and root of a checkpoint that was put aside, a journal rewritten whole since is found too.
    """
    ids = ctx.runner.run(lambda tx: verify_reads.case_ids(tx, ctx.id), write=False)
    erased = ctx.runner.run(lambda tx: erasures(ctx, tx), write=False)
    faults: list[Broken] = []
    choices = Choices(ctx.id)
    streams = ctx.runner.run(lambda tx: verify_reads.streams(tx, ctx.id), write=False)
    rows = sum(row.seq for row in streams if isinstance(row.seq, int))
    for done, case_id in enumerate(ids, 1):
        count, found = ctx.runner.run(
            lambda tx, case_id=case_id: check_case(ctx, tx, case_id, case_id in erased, choices),  # type: ignore[misc]
            write=False,
        )
        rows += count
        faults += found
        if progress is not None:
            progress(done, len(ids))
    faults += ctx.runner.run(lambda tx: list(check_district(ctx, tx, kept)), write=False)
    newest = ctx.runner.run(lambda tx: checkpoints.latest(tx, ctx.id), write=False)
    unchecked = tuple(filter(None, (ctx.away(plugin) for plugin in ctx.district.plugins)))
    return Verdict(ctx.id, len(ids), len(streams), rows, tuple(faults), newest, unchecked)
