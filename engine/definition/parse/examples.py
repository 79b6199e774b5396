"""``examples:`` cases in a few words that must hold."""

from __future__ import annotations

from typing import Any

from engine.definition.model import Example
from engine.definition.parse.fields import type_of_field
from engine.definition.parse.reader import Reader
from engine.definition.yaml.source import Mapping, Node, Scalar, data_of

#: The only outcome of the first form, when a case came back to it.
SUBMIT = "submit"
#: What an act says when nobody acts and the deadline passes.
LATE = "late"


def read_examples(reader: Reader, node: Node, path: str) -> tuple[Example, ...]:
    """Every example at *node*."""
    return tuple(_example(reader, item, f"{path}.{position}") for position, item in enumerate(reader.items(node, path)))


def _example(reader: Reader, node: Node, path: str) -> Example:
    found = reader.entries(node, path, "example")
    acts = reader.items(found["acts"], f"{path}.acts") if "acts" in found else ()
    return Example(
        given=_fields(reader, found["given"], f"{path}.given") if "given" in found else {},
        returns=_returns(reader, found["returns"], f"{path}.returns") if "returns" in found else {},
        acts=tuple(_act(reader, act, f"{path}.acts.{n}") for n, act in enumerate(acts)),
        expect=_expected(reader, found["expect"], f"{path}.expect") if "expect" in found else {},
        place=node.place,
    )


def _fields(reader: Reader, node: Node, path: str) -> dict[str, Any]:
    given = {}
    for key, value, here in reader.named(node, path):
        type_ = type_of_field(reader, key, here, key.text)
        if type_ is not None:
            given[key.text] = reader.constant(value, here, type_)
    return given


def _returns(reader: Reader, node: Node, path: str) -> dict[str, Any]:
    """``returns: {STEP: RESULT}`` or ``{STEP: {outcome: RESULT, output: value}}``."""
    returned: dict[str, Any] = {}
    for key, value, here in reader.named(node, path):
        outline = reader.outline.steps.get(key.text)
        if outline is None or not outline.action:
            steps = [step.id for step in reader.outline.steps.values() if step.action]
            reader.fault("unknown-step", key, here, steps, name=key.text)
            continue
        spec = reader.catalogue.actions.get(outline.action)
        result = value.get("outcome") if isinstance(value, Mapping) else value
        if spec and result is not None and spec.result(reader.name(result, here)) is None:
            names = [one.name for one in spec.results]
            reader.fault("unknown-result", result, here, names, name=data_of(result), action=spec.name)
        returned[key.text] = data_of(value)
    return returned


def _act(reader: Reader, node: Node, path: str) -> Any:
    """``STEP OUTCOME``, or ``{at: STEP, outcome: OUTCOME, fill: {…}}``."""
    if isinstance(node, Scalar):
        step, _, outcome = node.text.partition(" ")
        _outcome(reader, node, path, step, outcome.strip())
        return node.text
    found = reader.entries(node, path, "act")
    if "at" in found and "outcome" in found:
        _outcome(reader, found["at"], path, reader.name(found["at"], path), reader.name(found["outcome"], path))
    if "fill" in found:
        return {**data_of(node), "fill": _fields(reader, found["fill"], f"{path}.fill")}
    return data_of(node)


def _outcome(reader: Reader, node: Node, path: str, step: str, outcome: str) -> None:
    outline = reader.outline.steps.get(step)
    if step != "start" and outline is None:
        reader.fault("unknown-step", node, path, reader.outline.steps, name=step)
    if step == "start" and outcome != SUBMIT:
        reader.fault("unknown-outcome", node, path, (SUBMIT,), name=outcome, step=step)
    exits = outline.node.get("outcomes") if outline else None
    if isinstance(exits, Mapping) and outcome not in (*exits.keys, LATE):
        reader.fault("unknown-outcome", node, path, exits.keys, name=outcome, step=step)


def _expected(reader: Reader, node: Node, path: str) -> dict[str, Any]:
    found = reader.entries(node, path, "expect")
    if "end" in found and reader.name(found["end"], f"{path}.end") not in reader.outline.ends:
        name = reader.name(found["end"], f"{path}.end")
        reader.fault("unknown-end", found["end"], f"{path}.end", reader.outline.ends, name=name)
    for name in reader.names(found["visited"], f"{path}.visited") if "visited" in found else ():
        if name not in reader.outline.steps:
            reader.fault("unknown-step", found["visited"], f"{path}.visited", reader.outline.steps, name=name)
    return {key: data_of(value) for key, value in found.items()}
