"""Nothing that only some may see comes to where more people see it: a subject, a party, who is asked, a wider field."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain

from engine.definition.checks.findings import Findings
from engine.definition.expression import Formula
from engine.definition.model import Field, Process
from engine.definition.uses import all_steps, of_who
from engine.definition.values.kinds.table import WORDS
from engine.i18n import listed


def check_readable(process: Process, out: Findings) -> None:
    """Subject, parties and who is asked are for whoever sees the case; a copy of a field is for as few as the field."""
    for name in process.subject:
        field = process.field_named(name)
        if field is not None and field.see:
            out.add("subject-see", "subject", name=name)
    for party in process.parties:
        for source in _sources(process, party.unit):
            if source.see:
                out.add("party-see", f"parties.{party.name}", name=party.name, source=source.name)
    for path, source in _telling(process):
        out.add("asked-see", path, warning=True, source=source.name)
    for path, target, formula in _copies(process):
        for source in _sources(process, formula):
            if source.see and not (target.see and set(target.see) <= set(source.see)):
                written, said = ", ".join(source.see), listed(source.see)
                out.add("see-lost", path, name=target.name, source=source.name, parties=said, see=written)
            if source.masked and not target.masked and {source.type.name, target.type.name} <= WORDS:
                out.add("mask-lost", path, name=target.name, source=source.name)


def _sources(process: Process, formula: Formula) -> list[Field]:
    """The fields that *formula* reads, in the order of the process."""
    named = {name.partition(".")[0] for name in formula.names}
    return [field for field in process.fields if field.name in named]


def _telling(process: Process) -> Iterator[tuple[str, Field]]:
    """Where who has a task follows from a field that not everybody reads whole; a condition tells nobody's name."""
    for step in all_steps(process.steps):
        who = of_who(step.who, f"steps.{step.id}.ask")
        late = (of_who(rung.escalate, f"steps.{step.id}.due.late") for rung in (step.due.late if step.due else ()))
        uses = (use for use in chain(who, *late) if use.need != "condition")
        yield from ((use.path, one) for use in uses for one in _sources(process, use.formula) if one.see or one.masked)


def _copies(process: Process) -> Iterator[tuple[str, Field, Formula]]:
    """Every formula whose value becomes a field: the key path, the field, the formula."""
    for field in process.fields:
        if field.value is not None:
            yield f"fields.{field.name}.value", field, field.value
        if field.default is not None and field.default.formula is not None:
            yield f"fields.{field.name}.default", field, field.default.formula
    exits = ((f"steps.{step.id}.outcomes.{taken.name}.set", taken.set) for step in all_steps(process.steps)
             for taken in step.outcomes)  # fmt: skip
    for path, pairs in (("start.set", process.start.set), *exits):
        for name, value in pairs:
            target = process.field_named(name.partition(".")[0])
            if target is not None and value.formula is not None:
                yield f"{path}.{name}", target, value.formula
