"""Files and functions stay small, and each file opens by saying what it is for."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from tests.architecture.source import Module, modules, product

LONGEST_FILE = 300
LONGEST_FUNCTION = 40
#: File → why it may be longer.
LONG_FILES = {
    "engine/definition/model.py": "one value class after the other: the model is read as a whole",
}
#: File and function → why it may be longer.
LONG_FUNCTIONS: dict[str, str] = {}
DRAWERS = {"utils", "util", "helpers", "helper", "services", "manager", "managers", "misc", "common"}


def functions(module: Module) -> Iterator[tuple[str, int]]:
    """Every function of a module with its length in lines, docstring left out."""
    for node in ast.walk(module.tree):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            first = node.body[0]
            documented = ast.get_docstring(node, clean=False) is not None
            inner = (first.end_lineno or 0) - first.lineno + 1 if documented else 0
            yield node.name, (node.end_lineno or 0) - node.lineno + 1 - inner


def code() -> list[Module]:
    return [module for module in product() if "migrations" not in module.path.parts]


def test_every_module_opens_with_a_sentence() -> None:
    openings = {
        module.place: (ast.get_docstring(module.tree) or "").split("\n\n")[0]
        for folder in ("engine", "plugins", "tests", "benchmarks", "tools")
        for module in modules(folder)
        if module.text.strip()
    }
    faults = [place for place, opening in openings.items() if not opening.endswith((".", "?"))]
    assert not faults, "\n".join(faults)


def test_files_are_short() -> None:
    lengths = {module.place: module.text.count("\n") for module in code()}
    faults = [f"{place}: {n} lines, split it by what it holds" for place, n in lengths.items() if n > LONGEST_FILE and place not in LONG_FILES]
    assert not faults, "\n".join(faults)


def test_functions_are_short() -> None:
    faults = [
        f"{module.place} {name}: {lines}"
        for module in code()
        for name, lines in functions(module)
        if lines > LONGEST_FUNCTION and f"{module.place} {name}" not in LONG_FUNCTIONS
    ]
    assert not faults, "\n".join(faults)


def test_the_lists_of_exceptions_hold_nothing_that_became_short() -> None:
    lengths = {module.place: module.text.count("\n") for module in code()}
    longest = {f"{m.place} {name}": lines for m in code() for name, lines in functions(m)}
    assert [p for p in LONG_FILES if lengths.get(p, 0) <= LONGEST_FILE] == []
    assert [p for p in LONG_FUNCTIONS if longest.get(p, 0) <= LONGEST_FUNCTION] == []


def test_there_is_no_drawer() -> None:
    assert [m.place for m in product() if m.path.stem in DRAWERS or m.path.parent.name in DRAWERS] == []


def test_every_function_says_its_types() -> None:
    faults = [
        f"{module.place}:{node.lineno} {node.name}"
        for module in product()
        for node in ast.walk(module.tree)
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)) and node.returns is None
    ]
    assert not faults, "\n".join(faults)
