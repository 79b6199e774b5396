"""Whoever is meant by a task, a notice or a right is put together and taken apart in one module; a seat has names."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.architecture.source import Module, modules, product

HOME = "engine/audience.py"
#: How the key of an audience begins.
_BEGINS = re.compile(r"(user|role):|(any|unit)@")
#: Methods that cut a text, and the sign at which only a key is cut.
_CUTS = frozenset({"partition", "rpartition", "split", "rsplit"})
#: Methods that look at how a text begins.
_LOOKS = frozenset({"startswith", "removeprefix"})
#: Whoever cuts something else at the same sign, and what.
OTHERS = {
    "engine/definition/district/people.py": "`role@unit`, as a pack writes what somebody is elsewhere",
    "engine/operations/naming.py": "`role@unit`, as people at the command line name somebody",
    "engine/operations/reading/people.py": "the same",
    "engine/store/databases/database.py": "the address of a database, which may hold a password",
    "tests/contract/test_demo_content.py": "`role@unit`, as a plan names somebody",
    "tests/torture/kills/installation.py": "the same, as the command line does",
}


def cut(module: Module) -> Iterator[int]:
    """The lines that cut a text where only a key is cut."""
    for node in ast.walk(module.tree):
        cuts = isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in _CUTS
        if cuts and any(isinstance(one, ast.Constant) and one.value == "@" for one in node.args):
            yield node.lineno


def written(module: Module) -> Iterator[int]:
    """The lines that hold a key or its beginning as a text, alone or before what is put in."""
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and _BEGINS.match(node.value):
            yield node.lineno


def put_together(module: Module) -> Iterator[int]:
    """The lines that put a key together or look at its beginning; a key said whole is what a test is about."""
    for node in ast.walk(module.tree):
        parts = node.values[:1] if isinstance(node, ast.JoinedStr) else []
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in _LOOKS:
            parts = node.args
        if any(isinstance(one, ast.Constant) and _BEGINS.match(str(one.value)) for one in parts):
            yield node.lineno


def by_number(module: Module) -> Iterator[int]:
    """The lines that ask for a part of a seat by its place, or how many it has: it has three, whatever stands in them."""
    for node in ast.walk(module.tree):
        match node:
            case ast.Subscript(value=ast.Name("seat"), slice=ast.Constant() | ast.Slice()):
                yield node.lineno
            case ast.Call(func=ast.Name("len"), args=[ast.Name("seat")]):
                yield node.lineno


def _tests() -> tuple[Module, ...]:
    of_plugins = (module for module in modules("plugins") if "tests" in module.path.parts)
    return (*modules("tests"), *modules("benchmarks"), *modules("tools"), *of_plugins)


def _elsewhere(module: Module) -> bool:
    return module.place not in (HOME, "tests/architecture/test_audiences.py", "tests/unit/test_audience.py")


def test_one_module_writes_the_keys_of_audiences() -> None:
    faults = [f"{module.place}:{line}" for module in product() if _elsewhere(module) for line in written(module)]
    faults += [f"{module.place}:{line}" for module in _tests() if _elsewhere(module) for line in put_together(module)]
    assert not faults, "ask engine.audience for the key: " + ", ".join(faults)


def test_one_module_takes_them_apart() -> None:
    faults = [
        f"{module.place}:{line}"
        for module in (*product(), *_tests())
        if _elsewhere(module) and module.place not in OTHERS
        for line in cut(module)
    ]
    assert not faults, "parse_audience knows the parts: " + ", ".join(faults)


def test_the_list_of_those_who_cut_something_else_has_nobody_who_does_not() -> None:
    assert OTHERS.keys() == {module.place for module in (*product(), *_tests()) if _elsewhere(module) and list(cut(module))}


def test_a_seat_is_read_by_its_names() -> None:
    faults = [f"{module.place}:{line}" for module in (*product(), *_tests()) for line in by_number(module)]
    assert not faults, "say n, audience or holder: " + ", ".join(faults)


@pytest.mark.parametrize("text", ["seat[0]", "seat[1:]", "if len(seat) > 2: claimed()"])
def test_a_seat_that_is_read_by_numbers_is_found(text: str) -> None:
    assert list(by_number(Module(Path("engine/other.py"), "engine.other", text, ast.parse(text))))


@pytest.mark.parametrize(
    "text",
    ['f"role:{role}@{unit}"', '"user:" + person', 'key.startswith("any@")', 'key.removeprefix("role:")',
     'literal("role:").concat(g.role)', 'task.audience.like("role:%")', '"role:district_admin@"'],
)  # fmt: skip
def test_a_key_that_is_written_elsewhere_is_found(text: str) -> None:
    module = Module(Path("engine/other.py"), "engine.other", text, ast.parse(text))
    assert list(written(module))


@pytest.mark.parametrize("text", ['key.partition("@")', 'rest.split("@", 1)', 'func("a").rpartition("@")[2]'])
def test_a_key_that_is_taken_apart_elsewhere_is_found(text: str) -> None:
    module = Module(Path("engine/other.py"), "engine.other", text, ast.parse(text))
    assert list(cut(module))
