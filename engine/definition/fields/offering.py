"""What a field offers to whom: everybody who works here finds everybody, and nobody else is handed a list of people."""

from __future__ import annotations

from collections.abc import Iterator

from engine.definition.model import Exit, Field, Process, Step, WhoRule


def open_to_anybody(rule: WhoRule | None) -> bool:
    """Whether people who hold no office may be among those whom the rule names."""
    return rule is None or any(who.kind in ("anyone", "applicant") for _, several in rule.cases for who in several)


def asks_anybody(process: Process, step: Step | None, taken: Exit | None = None) -> bool:
    """Whether the form of *step* (None = the first form), or of its exit *taken*, is for people who hold no office."""
    if taken is not None and taken.by.kind == "who":
        return open_to_anybody(taken.by.who)
    if step is None or step.id == "start":
        return open_to_anybody(process.start.who)
    return step.who is not None and open_to_anybody(step.who)


def persons_in(field: Field) -> Iterator[Field]:
    """The field or those of its columns that name a person and do not say which are offered."""
    for one in (field, *field.columns):
        if one.type.name == "person" and one.among is None:
            yield one
