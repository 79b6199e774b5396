"""Checks of a whole process: what makes it sound, one family of rules per file."""

from __future__ import annotations

from engine.definition.checks.assigned import check_assigned
from engine.definition.checks.beside import check_beside
from engine.definition.checks.bounded import check_bounds
from engine.definition.checks.closed import check_closed
from engine.definition.checks.derived import check_derived
from engine.definition.checks.excluding import check_excluding
from engine.definition.checks.findings import Findings
from engine.definition.checks.flow import flow_of
from engine.definition.checks.holding import check_holding
from engine.definition.checks.leading import check_targets
from engine.definition.checks.offered import check_offered
from engine.definition.checks.paying import check_paying
from engine.definition.checks.reachable import check_reachable
from engine.definition.checks.readable import check_readable
from engine.definition.checks.telling_apart import check_titles
from engine.definition.checks.timing import check_timing
from engine.definition.checks.together import check_together
from engine.definition.checks.undoing import check_undo
from engine.definition.checks.untold import check_untold
from engine.definition.checks.unused import check_unused
from engine.definition.model import Process
from engine.definition.parse.reader import Reader
from engine.errors import Problem

#: More than anybody reads; checking takes longer by the square of them.
MOST_STEPS = MOST_FIELDS = 500
#: Faults of these kinds leave holes in the model, and what is behind a hole cannot be judged.
HOLES = frozenset({"no-kind", "two-kinds", "no-steps", "not-a-list"})


def check(process: Process, reader: Reader) -> tuple[Problem, ...]:
    """Every fault in the structure of *process*, as *reader* read it."""
    out = Findings(reader.places)
    if len(process.index) > MOST_STEPS or len(process.fields) > MOST_FIELDS:
        out.add("too-much", "", steps=MOST_STEPS, fields=MOST_FIELDS)
        return tuple(out.problems)
    flow = flow_of(process, reader.catalogue)
    check_targets(process, tuple(reader.outline.steps), out)
    check_bounds(process, out)
    check_derived(process, out)
    check_readable(process, out)
    check_holding(process, out)
    check_timing(process, out)
    check_together(process, out)
    check_titles(process, out)
    check_offered(process, out)
    whole = not _has_holes(process, reader)
    if whole:
        check_closed(process, flow, reader.catalogue, out)
        check_reachable(process, flow, out)
        check_beside(process, out)
        check_excluding(process, out)
        check_undo(process, flow, reader.catalogue, out)
        if reader.scope is not None and (process.start.who is not None or process.start.fill):
            unread = frozenset(reader.outline.parties) - {party.name for party in process.parties} | {"row"}
            check_assigned(process, flow, reader.scope, reader.catalogue, out, unread)
    if whole and not reader.problems and all(one.warning for one in out.problems):
        check_unused(process, flow, out)
        check_paying(process, reader.catalogue, out)
        check_untold(process, flow, out)
    return tuple(out.problems)


def _has_holes(process: Process, reader: Reader) -> bool:
    """Whether a step or an exit that was written is missing from the model."""
    if HOLES & {problem.code for problem in reader.problems}:
        return True
    exits = (path.split(".") for path in reader.places if ".outcomes." in path)
    written = ((parts[1], parts[3]) for parts in exits if len(parts) == 4)
    return any(step in process.index and process.index[step][0].exit(name) is None for step, name in written)
