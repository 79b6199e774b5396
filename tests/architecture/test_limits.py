"""The page of limits says what the code says, names a test for each, and leaves none out."""

from __future__ import annotations

import ast
import re
from importlib import import_module
from typing import NamedTuple

import pytest

from engine.clock import SECOND
from tests.architecture.source import ROOT, Module, product

#: A constant with one of these words in its name, whose value is a number, bounds something.
WORDS = {
    "MOST", "LONGEST", "MAX", "LARGEST", "BIGGEST", "DEEPEST", "SHORTEST", "FEWEST", "LIMIT", "PATIENCE", "TRIES",
    "BUDGET", "CAP", "LAST",
}  # fmt: skip
#: Those that bound nothing that anybody would look for, with why.
NONE_OF_THEM = {
    "databases._MOST": "faults printed of all that were found; JSON has all",
    "report._MOST": "the same",
    "publishing.MOST_SAID": "lines printed of all that moves",
    "publishing.MOST_NAMED": "names printed without --verbose",
    "serving._PATIENCE": "how long a worker may finish as the server stops",
    "days._LONGEST_BACK": "the invented weeks of the demo",
    "making._MOST": "the same",
    "acting._TRIES": "the same",
    "starting._TRIES": "the same",
    "perform._TRIES": "rounds of one command that others overtake; it is refused as busy then",
    "context._MOST": "what is kept in memory as it was read",
    "context._MOST_UNSENT": "the same, of what would have been sent",
    "directory.MOST_NAMES": "the same, of names",
    "undefined._MOST": "the same, of places that were told",
    "mishaps._MOST": "places remembered of plugins that failed; the oldest makes room",
    "erasing._LONGEST": "cut, not refused: why something was erased",
    "incidents._MOST": "rows of a page; the next page has the others",
    "returning._MOST": "steps that go on in one round; the next has the others",
    "spoken._MOST": "how far a misspelt name is looked for, to be offered",
    "scenarios._MOST": "messages that are looked through for why none came",
    "choices.MOST_FOUND": "lines of a list; another word finds others",
    "read_log._MOST": "rows of a page; the next page has the others",
    "reading.search._MOST": "the same",
    "asked._MOST_DIGITS": "digits of a number in JSON, of which a field takes fewer",
    "pages.inbox.MOST": "rows of a sheet, which says so",
    "security._LONGEST_WAY": "the address after a log-in; where it is longer one comes to the first page",
    "plugins.venue_sharing.web.MOST_SHOWN": "a page of a plugin's",
    "rules.MOST_MEMBERS": "a field of a plugin's",
    "rules.LONGEST_NAME": "a field of a plugin's",
    "rules.LARGEST": "a field of a plugin's",
    "rules.MOST_PEOPLE": "a field of a plugin's",
    "diary.LONGEST": "a field of a plugin's",
}  # fmt: skip
#: What a figure may be counted in; a time is stored in seconds or in microseconds.
UNITS = {"KB": (1024,), "MB": (1024 * 1024,), "s": (1, SECOND), "min": (60, 60 * SECOND), "h": (3600, 3600 * SECOND),
         "days": (1, 86400, 86400 * SECOND)}  # fmt: skip
ROW = re.compile(r"^\| (?P<what>[^|]+) \| (?P<much>[^|]+) \| `(?P<constant>[\w.]+)` \| `(?P<test>[^`]+)` \|$", re.MULTILINE)


class Limit(NamedTuple):
    """A row of the page."""

    constant: str
    much: str
    test: str


PAGE = (ROOT / "docs/limits.md").read_text("utf-8")
LIMITS = [Limit(found["constant"], found["much"], found["test"]) for found in ROW.finditer(PAGE)]


def value_of(constant: str) -> object:
    """What the code says: ``module.NAME``, or ``module.Class.field`` for its default; the module by the end of its name."""
    before, _, name = constant.rpartition(".")
    holders = [module for module in product() if ends_with(module, before)]
    values = [vars(import_module(one.name))[name] for one in holders if name in vars(import_module(one.name)) and assigned(one, name)]
    if not values:
        module, _, holder = before.rpartition(".")
        (found,) = [one for one in product() if ends_with(one, module)]
        return getattr(import_module(found.name), holder)._field_defaults[name]
    (value,) = values
    return value


def ends_with(module: Module, words: str) -> bool:
    """Whether the dotted name of *module* ends in *words*, so that one that moves stays in the page."""
    name = module.name.removesuffix(".__init__")
    return bool(words) and f".{name}".endswith(f".{words}")


def assigned(module: Module, name: str) -> bool:
    """Whether *module* itself says *name*, and did not import it."""
    return name in numbers_in(module)


def numbers_in(module: Module) -> set[str]:
    """The names at the top of *module* to which a value is given there."""
    found = set()
    for node in module.tree.body:
        targets = node.targets if isinstance(node, ast.Assign) else [node.target] if isinstance(node, ast.AnnAssign) else []
        for target in targets:
            found |= {one.id for one in ast.walk(target) if isinstance(one, ast.Name)}
    return found


def said(much: str) -> set[float]:
    """The numbers that a figure of the page may mean."""
    figure, _, unit = much.partition(" ")
    count = float(figure.replace(",", ""))
    return {count * each for each in UNITS.get(unit.split(" ")[0], (1,))}


def test_every_row_of_the_page_is_understood() -> None:
    rows = [line for line in PAGE.splitlines() if line.startswith("| ") and not line.startswith(("| what |", "| --- |"))]
    assert len(rows) == len(LIMITS) > 60


@pytest.mark.parametrize("limit", LIMITS, ids=lambda one: one.constant)
def test_the_page_says_the_value_of_the_code(limit: Limit) -> None:
    value = value_of(limit.constant)
    assert isinstance(value, int | float)
    assert float(value) in said(limit.much), value


@pytest.mark.parametrize("limit", LIMITS, ids=lambda one: one.constant)
def test_the_test_that_meets_it_is_there(limit: Limit) -> None:
    file, _, name = limit.test.partition("::")
    tree = ast.parse((ROOT / file).read_text("utf-8"))
    assert name in {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}


def test_no_limit_is_missing() -> None:
    bounding = [
        (module, name)
        for module in product()
        if "migrations" not in module.path.parts
        for name in sorted(numbers_in(module))
        if WORDS & set(name.strip("_").split("_")) and is_number(module, name)
    ]
    listed = {limit.constant for limit in LIMITS} | set(NONE_OF_THEM)
    missing = [f"{module.name}.{name}" for module, name in bounding if not stands(listed, module, name)]
    assert not missing, "\n".join(missing)
    bounds = {f"bounds.{name}" for name in numbers_in(next(m for m in product() if m.name == "engine.edge.bounds")) if name.isupper() and not name.startswith("_")}
    assert bounds <= listed


def is_number(module: Module, name: str) -> bool:
    """Whether it is one number."""
    value = vars(import_module(module.name)).get(name)
    return isinstance(value, int | float) and not isinstance(value, bool)


def stands(listed: set[str], module: Module, name: str) -> bool:
    """Whether *name* of *module* is among those that are *listed*."""
    return any(one.rpartition(".")[2] == name and ends_with(module, one.rpartition(".")[0]) for one in listed)


def test_the_list_of_those_that_are_none_has_nothing_that_is_gone() -> None:
    gone = [one for one in NONE_OF_THEM if not any(stands({one}, module, name) for module in product() for name in numbers_in(module))]
    assert not gone
