"""A first look over a process: every name that it declares, so that formulas can be typed wherever they stand."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from engine.definition.language.keys import STEP_KINDS
from engine.definition.language.words import RESERVED_NAMES
from engine.definition.parse.names import Outline, StepOutline
from engine.definition.parse.reader import Reader
from engine.definition.parse.types import read_type
from engine.definition.yaml.source import Mapping, Node, Scalar, Sequence, identifier
from engine.i18n import Text


def look_over(reader: Reader, document: Mapping) -> Outline:
    """The names that *document* declares; bad, reserved and repeated ones are faults."""
    outline = Outline()
    taken: dict[str, Scalar] = {}
    for key, node in _named(document.get("settings")):
        if reader.identifier(key, f"settings.{key.text}"):
            outline.settings[key.text] = read_type(reader, node, f"settings.{key.text}")
            if isinstance(node, Mapping):
                outline.setting_nodes[key.text] = node
    for key, node in _named(document.get("fields")):
        if _free(reader, taken, key, f"fields.{key.text}"):
            outline.fields[key.text] = read_type(reader, node, f"fields.{key.text}")
            if isinstance(node, Mapping):
                outline.field_nodes[key.text] = node
    for key, node in _named(document.get("parties")):
        if _free(reader, taken, key, f"parties.{key.text}"):
            outline.parties[key.text] = isinstance(node, Mapping) and node.get("units") is not None
    for step in _steps(document.get("steps")):
        written = step.get("step")
        if isinstance(written, Scalar):
            name = replace(written, text=identifier(written.text))
            if _free(reader, taken, name, f"steps.{name.text}"):
                outline.steps[name.text] = _step(name.text, step)
    outline.ends = tuple(key.text for key, _ in _named(document.get("ends")))
    return outline


def _named(node: Node | None) -> tuple[tuple[Scalar, Node], ...]:
    return node.entries if isinstance(node, Mapping) else ()


def _free(reader: Reader, taken: dict[str, Scalar], name: Scalar, path: str) -> bool:
    """Whether *name* may be one and nobody has it: fields, parties and steps share one space of names."""
    if not reader.identifier(name, path, RESERVED_NAMES):
        return False
    first = taken.setdefault(name.text, name)
    if first is not name:
        file, line = first.place.file, first.place.line
        used = Text(f"第 {line} 行", f"line {line}")
        if file != name.place.file:  # An overlay adds what its base has.
            used = Text(f"{file} {used.zh}", f"{file}, {used.en}")
        reader.fault("name-taken", name, path, name=name.text, used=used)
        return False
    return True


def _step(name: str, node: Mapping) -> StepOutline:
    kind = next((key for key in STEP_KINDS if node.get(key) is not None), "")
    action = node.get("do")
    return StepOutline(name, kind, action.text if isinstance(action, Scalar) else "", node)


def _steps(node: Node | None) -> Iterator[Mapping]:
    """Every step below *node*, wherever lists of steps may stand."""
    for step in node.items if isinstance(node, Sequence) else ():
        if not isinstance(step, Mapping):
            continue
        yield step
        for key in ("stage", "steps"):
            yield from _steps(step.get(key))
        yield from _branches(step)
        for _, one in _named(step.get("outcomes")):
            if isinstance(one, Mapping):
                yield from _steps(one.get("steps"))


def _branches(step: Mapping) -> Iterator[Mapping]:
    for _, branch in _named(step.get("parallel")):
        yield from _steps(branch)
    choose = step.get("choose")
    for item in choose.items if isinstance(choose, Sequence) else ():
        if isinstance(item, Mapping):
            yield from _steps(item.get("steps"))
            yield from _steps(item.get("else"))
