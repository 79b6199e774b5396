"""The names that formulas of one process may read, with their types."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from engine.definition.catalogue import ActionSpec, Catalogue
from engine.definition.expression import Scope
from engine.definition.kinds.table import step_class
from engine.definition.parse.names import Outline, StepOutline
from engine.definition.values.durations import parse_duration
from engine.definition.values.types import DATETIME, INTEGER, PERSON, TEXT, UNIT, ValueType
from engine.definition.yaml.source import Mapping, Scalar, Sequence

UNITS: Final = ValueType("list", of="unit")
#: Of what was already reported; it raises no further faults.
UNKNOWN: Final = ValueType("unknown")
#: What can be read of every step that has run, besides what its kind leaves behind.
OF_EVERY_STEP: Final = {"outcome": TEXT, "at": DATETIME, "round": INTEGER}
#: What can be read where people decided.
OF_PEOPLE: Final = {"who": PERSON, "for": PERSON, "opinion": TEXT}
OF_START: Final = {"unit": UNIT, "who": PERSON, "for": PERSON, "at": DATETIME}


def scope_of(outline: Outline, catalogue: Catalogue) -> Scope:
    """The scope of a process: what it declares, what its steps leave behind, what is always there."""
    names: dict[str, ValueType] = {"start": record(OF_START), "applicant": PERSON, **outline.fields}
    names["settings"] = record(outline.settings)
    names |= {party: UNITS if many else UNIT for party, many in outline.parties.items()}
    for step in outline.steps.values():
        unknown = step.action and step.action not in catalogue.actions
        names[step.id] = UNKNOWN if unknown else record(outputs(step, catalogue))
    return replace(Scope.of(catalogue, names).having({}, _options(outline)), lengths=_lengths(outline))


def record(parts: dict[str, ValueType]) -> ValueType:
    """The type of something that has these parts."""
    return ValueType("record", tuple(parts.items()))


def outputs(step: StepOutline, catalogue: Catalogue) -> dict[str, ValueType]:
    """What can be read of *step* once it has run."""
    leaves = step_class(step.kind).leaves
    if leaves == "nothing":
        return {}
    action = catalogue.actions.get(step.action)
    of_people = OF_PEOPLE if leaves == "people" else {}
    return {**OF_EVERY_STEP, **of_people, **(results(action) if action else {})}


def results(action: ActionSpec) -> dict[str, ValueType]:
    """The outputs of every result of *action*."""
    return {name: type_ for result in action.results for name, type_ in result.outputs}


def _options(outline: Outline) -> dict[str, tuple[str, ...]]:
    """The words that an outcome or a choice may equal, so that a misspelt one is found."""
    found: dict[str, tuple[str, ...]] = {}
    for step in outline.steps.values():
        exits = step.node.get("outcomes")
        kind = step_class(step.kind)
        if isinstance(exits, Mapping) and kind.leaves == "people" and not kind.comes_to:
            found[f"{step.id}.outcome"] = exits.keys
    for prefix, nodes in (("", outline.field_nodes), ("settings.", outline.setting_nodes)):
        for name, node in nodes.items():
            found |= _choices(f"{prefix}{name}", node)
    return found


def _lengths(outline: Outline) -> dict[str, str]:
    """The kinds of the lengths of time that a bound holds to one kind."""
    found: dict[str, str] = {}
    for prefix, types, nodes in (
        ("", outline.fields, outline.field_nodes),
        ("settings.", outline.settings, outline.setting_nodes),
    ):
        for name, node in nodes.items():
            bound = node.get("min") or node.get("max")
            if name in types and types[name].name == "duration" and isinstance(bound, Scalar):
                length = parse_duration(bound.text)
                found |= {f"{prefix}{name}": length.kind} if length else {}
    return found


def _choices(name: str, node: Mapping) -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    of, columns = node.get("of"), node.get("columns")
    if isinstance(of, Sequence):
        found[name] = tuple(getattr(item, "text", "") for item in of.items)
    for key, column in columns.entries if isinstance(columns, Mapping) else ():
        if isinstance(column, Mapping):
            found |= _choices(f"{name}.{key.text}", column)
    return found
