"""A scenario as it is written: its parts and lines, each with its place, and what is wrong with how it is written."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from engine.definition.yaml.source import Mapping, Node, Sequence, data_of, read
from engine.errors import Problem
from engine.extend.contributions import ScenarioVerb
from engine.i18n import Text
from engine.operations.content import scenario_words
from engine.operations.content.scenario_words import PARTS, Part

_PARTS = ("scenario", "district", *PARTS)


@dataclass(frozen=True)
class ScenarioLine:
    """One line of a scenario: its words and where it stands."""

    words: dict[str, Any]
    file: str
    line: int
    column: int


@dataclass(frozen=True)
class Scenario:
    """A scenario as read."""

    title: str
    district: str
    given: tuple[ScenarioLine, ...]
    when: tuple[ScenarioLine, ...]
    then: tuple[ScenarioLine, ...]
    file: str


def read_scenario(
    text: str, file: str, verbs: Collection[ScenarioVerb] | None = None
) -> tuple[Scenario | None, tuple[Problem, ...]]:
    """The scenario that *text* says, and what is wrong with how it is written; *verbs* are the words of plugins."""
    node, problems = read(text, file)
    if not isinstance(node, Mapping):
        return None, problems or (_fault("要写成 scenario、district、given、when、then",
                                         "needs scenario, district, given, when, then", file, 1, 1),)  # fmt: skip
    parts = {key.text: value for key, value in node.entries}
    unknown = [key for key, _ in node.entries if key.text not in _PARTS]
    faults = [
        _fault(f"没有“{key.text}”这一段", f"there is no part “{key.text}”", file, key.place.line, key.place.column)
        for key in unknown
    ]
    missing = [name for name in ("scenario", "district", "when", "then") if name not in parts]
    faults += [_fault(f"缺{name}", f"{name} is missing", file, 1, 1) for name in missing]
    if faults:
        return None, (*problems, *faults)
    for name in PARTS:
        faults += _misshapen(name, parts.get(name), file) or _unlike(name, parts.get(name), verbs)
    if faults:
        return None, (*problems, *faults)
    lines = {name: _lines(parts.get(name), file) for name in PARTS}
    title, district = (str(data_of(parts[name])) for name in ("scenario", "district"))
    return Scenario(title, district, lines["given"], lines["when"], lines["then"], file), problems


def _lines(node: Node | None, file: str) -> tuple[ScenarioLine, ...]:
    items = node.items if isinstance(node, Sequence) else ()
    return tuple(ScenarioLine(data_of(item), file, item.place.line, item.place.column) for item in items)


def _unlike(name: Part, node: Node | None, verbs: Collection[ScenarioVerb] | None) -> list[Problem]:
    """What is wrong in the lines themselves."""
    lines = node.items if isinstance(node, Sequence) else ()
    return [fault for line in lines if isinstance(line, Mapping) for fault in scenario_words.faults(name, line, verbs)]


def _misshapen(name: str, node: Node | None, file: str) -> list[Problem]:
    """What is no list of mappings."""
    if node is None:
        return []
    wrong = [item for item in node.items if not isinstance(item, Mapping)] if isinstance(node, Sequence) else [node]
    zh, en = f"{name}下面每一行写成“- {{键: 值}}”", f"under {name} every line is written as - {{key: value}}"
    return [_fault(zh, en, file, one.place.line, one.place.column) for one in wrong]


def _fault(zh: str, en: str, file: str, line: int, column: int) -> Problem:
    return Problem("scenario", Text(zh, en), file=file, line=line, column=column)
