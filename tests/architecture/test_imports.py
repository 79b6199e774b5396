"""Imports go down only: engine floors, doors, plugins."""

from __future__ import annotations

import ast
import sys
from graphlib import CycleError, TopologicalSorter

import pytest

from tests.architecture.source import DOORS, FLOOR_OF, Module, modules, product

#: What a plugin may import beside the standard library, ``engine.extend`` and itself.
PLUGIN_LIBRARIES = frozenset({"sqlalchemy", "markupsafe"})
PLUGIN_TEST_LIBRARIES = PLUGIN_LIBRARIES | {"pytest", "hypothesis"}


def engine_imports(module: Module) -> list[tuple[int, str]]:
    return [(line, name) for line, name in module.imports() if name.split(".")[0] == "engine"]


def part_of(name: str) -> str:
    """The part of the engine that a module belongs to, "" for the engine itself."""
    return [*name.split("."), ""][1]


def is_below(imported: str, part: str) -> bool:
    """Whether module *imported* lies below the floor of *part*, or on the ground or in the part itself."""
    other = part_of(imported)
    return other in ("", part) or FLOOR_OF[other] < max(FLOOR_OF.get(part, 0), 1)


def plugin_fault(module: Module, name: str) -> str | None:
    """Why *module* of a plugin may not import *name*, or None."""
    top, *rest = name.split(".")
    in_tests = "tests" in module.path.parts
    if top == "engine":
        allowed = {"extend", "testing"} if in_tests else {"extend"}
        return None if rest and rest[0] in allowed else "a plugin imports of the engine only engine.extend"
    if top == "plugins":
        own = module.name.split(".")[1:2]
        return None if rest[:1] == own else "plugins never import each other: they meet in YAML"
    if "migrations" in module.path.parts and top == "alembic":
        return None
    libraries = PLUGIN_TEST_LIBRARIES if in_tests else PLUGIN_LIBRARIES
    if top in sys.stdlib_module_names or top in libraries:
        return None
    return "a plugin imports only the standard library, SQLAlchemy Core and markupsafe"


def test_every_part_of_the_engine_has_a_floor() -> None:
    parts = {module.part for module in modules("engine")} - {""}
    assert parts <= FLOOR_OF.keys()


def test_imports_in_the_engine_go_down_only() -> None:
    faults = [
        f"{module.place}:{line} imports {name}, which is not below {module.part}"
        for module in modules("engine")
        for line, name in engine_imports(module)
        if not is_below(name, module.part)
    ]
    assert not faults, "\n".join(faults)


def test_no_door_imports_another_door() -> None:
    faults = [
        f"{module.place}:{line} imports {name}"
        for module in modules("engine")
        if module.part in DOORS
        for line, name in engine_imports(module)
        if part_of(name) in DOORS and part_of(name) != module.part
    ]
    assert not faults, "\n".join(faults)


def test_modules_import_each_other_in_no_circle() -> None:
    every = {module.name: module for module in product()}
    graph = {
        name: {imported for _, imported in module.imports() if imported in every and imported != name}
        for name, module in every.items()
    }
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as circle:
        pytest.fail(" → ".join(reversed(circle.args[1])))


def test_the_engine_imports_no_plugin() -> None:
    faults = [
        f"{module.place}:{line} imports {name}"
        for module in modules("engine")
        for line, name in module.imports()
        if name.split(".")[0] in ("plugins", "tests", "benchmarks", "tools")
    ]
    assert not faults, "\n".join(faults)


def test_plugins_import_only_what_they_may() -> None:
    faults = [
        f"{module.place}:{line} imports {name}: {fault}"
        for module in modules("plugins")
        for line, name in module.imports()
        if (fault := plugin_fault(module, name))
    ]
    assert not faults, "\n".join(faults)


def test_every_import_is_absolute() -> None:
    faults = [
        f"{module.place}:{node.lineno}"
        for module in product()
        for node in ast.walk(module.tree)
        if isinstance(node, ast.ImportFrom) and node.level
    ]
    assert not faults, "\n".join(faults)
