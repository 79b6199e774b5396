"""Whatever text somebody sends, a regular expression goes through it in the time of its length."""

from __future__ import annotations

import ast
import importlib
import json
import re
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import pytest

from engine.definition.yaml import faults
from tests.architecture.hostile import texts
from tests.architecture.source import ROOT, Module, product

LENGTH = 1_000_000
#: Patterns that may take more than the length, because what they meet is cut before.
BOUNDED = {"engine.definition.yaml.faults._BITES": faults.LOOK}
#: Where a pattern is made anew: of words that are escaped, which is read once at each place of a text.
MADE_OF_WORDS = {"engine/operations/reading/cleaning.py"}
_USES = ("search", "match", "fullmatch", "sub", "split", "findall", "finditer")


class Used(NamedTuple):
    """A pattern by its name, and how the code uses it."""

    name: str
    pattern: re.Pattern[Any]
    use: str


def calls(module: Module) -> Iterator[tuple[ast.Call, str, str]]:
    """Every call of a method: the call, what it is called on if that is a name, and the method."""
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            owner = node.func.value
            yield node, owner.id if isinstance(owner, ast.Name) else "", node.func.attr


def inside(value: Any) -> Iterator[re.Pattern[Any]]:
    if isinstance(value, re.Pattern):
        yield value
    elif isinstance(value, (tuple, list, set, frozenset)):
        for one in value:
            yield from inside(one)
    elif isinstance(value, dict):
        yield from inside(list(value.values()))


def patterns() -> Iterator[Used]:
    uses: dict[str, set[str]] = {}
    for module in product():
        for _, owner, method in calls(module):
            if method in _USES and owner != "re":
                uses.setdefault(owner, set()).add(method)
    for module in product():
        if "re.compile" not in module.text:
            continue
        for name, value in vars(importlib.import_module(module.name)).items():
            for number, pattern in enumerate(inside(value)):
                for use in sorted(uses.get(name, {"search"})):
                    yield Used(f"{module.name}.{name}[{number}]", pattern, use)
    for path in sorted((ROOT / "engine").rglob("*.schema.json")):
        for number, written in enumerate(sorted(set(written_in(json.loads(path.read_text("utf-8")))))):
            yield Used(f"{path.name}[{number}]", re.compile(written), "search")


def written_in(schema: Any) -> Iterator[str]:
    """The patterns of a JSON schema, which are searched for."""
    if isinstance(schema, dict):
        if isinstance(schema.get("pattern"), str):
            yield schema["pattern"]
        for value in schema.values():
            yield from written_in(value)
    elif isinstance(schema, list):
        for value in schema:
            yield from written_in(value)


def run(one: Used, text: str) -> None:
    subject: Any = text.encode() if isinstance(one.pattern.pattern, bytes) else text
    ways: dict[str, Callable[[], object]] = {
        "sub": lambda: one.pattern.sub(subject[:0], subject),
        "findall": lambda: sum(1 for _ in one.pattern.finditer(subject)),
        "finditer": lambda: sum(1 for _ in one.pattern.finditer(subject)),
    }
    ways.get(one.use, lambda: getattr(one.pattern, one.use)(subject))()


ALL = sorted({(used.pattern, used.use): used for used in patterns()}.values(), key=lambda used: (used.name, used.use))


@pytest.mark.parametrize("module", product(), ids=lambda module: module.place)
def test_a_pattern_stands_by_a_name_at_the_top_of_its_module(module: Module) -> None:
    """So that the next test finds it."""
    within = {inner for node in ast.walk(module.tree) if isinstance(node, ast.FunctionDef) for inner in ast.walk(node)}
    hidden = [
        call.lineno
        for call, owner, method in calls(module)
        if owner == "re" and (method in _USES or (method == "compile" and call in within))
    ]
    assert not hidden or module.place in MADE_OF_WORDS


def test_nothing_counts_each_of_many_among_all() -> None:
    """That takes the square of how many there are; ``plain.repeated`` takes as long as they are."""
    found = []
    for module in product():
        for node in ast.walk(module.tree):
            if isinstance(node, (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)):
                over = {ast.dump(one.iter) for one in node.generators}
                asked = [call.func for call in ast.walk(node) if isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute)]
                found += [f"{module.place}:{one.lineno}" for one in asked if one.attr in ("count", "index") and ast.dump(one.value) in over]
    assert found == []


def test_the_patterns_are_found() -> None:
    assert len(ALL) > 50


@pytest.mark.parametrize("one", ALL, ids=lambda one: f"{one.name}.{one.use}")
def test_a_megabyte_of_a_pattern_s_worst_takes_no_more_than_its_length(one: Used) -> None:
    """The square of it would take hours: the limit of a test's time stops that."""
    for text in texts(one.pattern, BOUNDED.get(one.name.partition("[")[0], LENGTH)):
        run(one, text)


@pytest.mark.parametrize(
    ("worst", "text"),
    [
        (r"(\w+\.\w+)\s*\(", "a"),
        ("“[^”]*”", "“"),
        (r"\s+after\s+", " "),
        (r"(a|b)+$", "a"),
    ],
)
def test_the_worst_texts_hold_what_takes_the_square(worst: str, text: str) -> None:
    assert text * 30 + "\x00" in set(texts(re.compile(worst), 30))
