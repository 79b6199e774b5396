"""Constants fit where they are put: what a default, a ``set`` or an example says, its field can hold."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from engine.definition.checks.findings import Findings
from engine.definition.fields.fill import fault_of
from engine.definition.model import Field, Process, Value
from engine.definition.uses import all_steps
from engine.i18n import Text


def check_holding(process: Process, out: Findings) -> None:
    """Every constant that a field or a setting is given."""
    for path, field, value in _given(process):
        if value is None or value.formula is not None or value.constant is None:
            continue
        if fault := fault_of(field, value.constant):
            out.add("cannot-hold", path, name=field.name, fault=_phrase(fault.message))


def _phrase(sentence: Text) -> Text:
    return Text(sentence.zh.rstrip("。"), sentence.en.rstrip("."))


def _given(process: Process) -> Iterator[tuple[str, Field, Value | None]]:
    for place, fields in (("settings", process.settings), ("fields", process.fields)):
        for field in fields:
            yield f"{place}.{field.name}.default", field, field.default
            for column in field.columns:
                yield f"{place}.{field.name}.columns.{column.name}.default", column, column.default
    for path, values in _by_name(process):
        for name, value in values.items():
            if (one := process.field_named(name)) is not None:
                yield f"{path}.{name}", one, value if isinstance(value, Value) else Value(value)


def _by_name(process: Process) -> Iterator[tuple[str, dict[str, Any]]]:
    """Where values are given to fields by their names: each place with what it gives."""
    yield "start.set", dict(process.start.set)
    for step in all_steps(process.steps):
        for taken in step.outcomes:
            yield f"steps.{step.id}.outcomes.{taken.name}.set", dict(taken.set)
    for n, example in enumerate(process.examples):
        yield f"examples.{n}.given", example.given
        for place, act in enumerate(example.acts):
            if isinstance(act, dict):
                yield f"examples.{n}.acts.{place}.fill", act.get("fill", {})
