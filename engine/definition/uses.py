"""Every formula of a process with the place where it stands, for all who want to know what a process reads."""

from __future__ import annotations

from collections.abc import Iterator

from engine.definition.expression import Formula
from engine.definition.model import Condition, Due, Exit, Field, Need, Process, Step, Use, Value, Who, WhoRule


def of_who(rule: WhoRule | None, path: str, need: Need = "needed") -> Iterator[Use]:
    """The formulas of a WHO: conditions, units, persons, dates and arguments."""
    failed: tuple[Condition, ...] = ()
    for condition, audiences in rule.cases if rule else ():
        chosen = failed
        if condition is not None:
            yield Use(path, condition, "condition", failed)
            chosen, failed = (*failed, (condition, True)), (*failed, (condition, False))
        for who in audiences:
            yield from _of_audience(who, path, need, chosen)


def _of_audience(who: Who, path: str, need: Need, given: tuple[Condition, ...]) -> Iterator[Use]:
    for formula in (who.unit, who.person, who.on):
        if formula is not None:
            yield Use(path, formula, need, given)
    for _, value in who.args:
        if value.formula is not None:
            yield Use(path, value.formula, need, given)


def of_among(field: Field, path: str) -> Iterator[Use]:
    """What says which values a field and its columns offer; nothing is offered where it is empty."""
    if field.among is not None:
        yield from of_who(field.among.who, f"{path}.among")
        if field.among.row is not None:
            yield Use(f"{path}.among", field.among.row, "condition")
    for column in field.columns:
        yield from of_among(column, f"{path}.columns.{column.name}")


def of_values(pairs: tuple[tuple[str, Value], ...], path: str, need: Need = "maybe") -> Iterator[Use]:
    """The formulas of a ``with`` or ``set``."""
    for name, value in pairs:
        if value.formula is not None:
            yield Use(f"{path}.{name}", value.formula, need)


def of_due(due: Due | None, path: str) -> Iterator[Use]:
    """The formulas of a deadline."""
    if due is None:
        return
    if due.within is not None and due.within.formula is not None:
        yield Use(f"{path}.within", due.within.formula, "needed")
    if due.by is not None:
        yield Use(f"{path}.by", due.by, "needed")
    if due.before is not None:
        yield Use(f"{path}.before", due.before, "maybe")
    for rung in due.late:
        yield from of_who(rung.escalate, f"{path}.late")


def of_entry(step: Step) -> Iterator[Use]:
    """The formulas that are read when *step* starts, its condition apart."""
    path = f"steps.{step.id}"
    yield from of_due(step.due, f"{path}.due")
    yield from step.formulas(path)
    for taken in step.outcomes:
        yield from of_who(taken.by.who, f"{path}.outcomes.{taken.name}.by")


def of_exit(step: Step, taken: Exit) -> Iterator[Use]:
    """The formulas that are read when an exit is taken; who is not known yet is not told."""
    path = f"steps.{step.id}.outcomes.{taken.name}"
    yield from of_values(taken.set, f"{path}.set")
    yield from of_who(taken.tell, f"{path}.tell", "maybe")


def of_step(step: Step) -> Iterator[Use]:
    """Every formula of *step* itself; not those of the steps inside it."""
    if step.if_ is not None:
        yield Use(f"steps.{step.id}.if", step.if_, "condition")
    yield from of_entry(step)
    for taken in step.outcomes:
        yield from of_exit(step, taken)


def of_process(process: Process) -> Iterator[Use]:
    """Every formula of *process*."""
    for party in process.parties:
        yield Use(f"parties.{party.name}", party.unit, "maybe")
    for field in process.fields:
        for key, formula in (("when", field.when), ("value", field.value)):
            if formula is not None:
                yield Use(f"fields.{field.name}.{key}", formula, "maybe")
        yield from of_values((("default", field.default),) if field.default else (), f"fields.{field.name}")
        yield from of_among(field, f"fields.{field.name}")
    yield from of_who(process.start.who, "start.who")
    yield from of_values(process.start.set, "start.set")
    if process.start.if_ is not None:
        yield Use("start.if", process.start.if_, "condition")
    yield from of_due(process.due, "due")
    for step in all_steps(process.steps):
        yield from of_step(step)
    for end in process.ends:
        yield from of_who(end.tell, f"ends.{end.name}.tell", "maybe")


def all_steps(steps: tuple[Step, ...]) -> Iterator[Step]:
    """*steps* and every step inside them, in the order of the file."""
    for step in steps:
        yield step
        for inner in lists_of(step):
            yield from all_steps(inner)


def lists_of(step: Step) -> Iterator[tuple[Step, ...]]:
    """The lists that stand inside *step*: its body, its branches, the small steps of its exits."""
    for branch in step.lists:
        yield branch.steps
    for taken in step.outcomes:
        yield taken.steps


def reads(process: Process) -> frozenset[str]:
    """The dotted names that any formula of *process* reads, with what they are parts of.

    ``take.who.name`` reads ``take.who`` as well.
    """
    names = frozenset().union(*(use.formula.names for use in of_process(process)))
    return frozenset(
        ".".join(parts[:n]) for parts in (name.split(".") for name in names) for n in range(1, len(parts) + 1)
    )


def read_by(process: Process, formula: Formula) -> frozenset[str]:
    """Every field, party and step that *formula* looks at, by way of derived fields and parties too."""
    found: set[str] = set()
    todo = set(formula.names)
    while todo:
        name = todo.pop().partition(".")[0]
        if name in found:
            continue
        found.add(name)
        field = process.field_named(name)
        behind = [field.value] if field is not None and field.value is not None else []
        behind += [party.unit for party in process.parties if party.name == name]
        todo |= {read for formula in behind for read in formula.names}
    return frozenset(found)


def roots_of(process: Process, value: Value) -> frozenset[str]:
    """What *value* rests on that people give: fields that they fill, by way of derived ones and parties too, and asks
    that they decide (``claim`` of ``claim.who``).
    """  # fmt: skip
    found = read_by(process, value.formula) if value.formula else frozenset()
    fields = {name for name in found if name in process.named and process.named[name].value is None}
    return frozenset(fields | {n for n in found if n in process.index and process.index[n][0].who is not None})
