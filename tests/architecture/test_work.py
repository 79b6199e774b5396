"""What one try at a command shares travels as one value, and is made in one place."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.architecture.source import Module, product

WORK = "engine/operations/commands/work.py"
#: Call → the files that may make it.
MAKERS = {
    "Work": {"engine/operations/commands/perform.py", "engine/operations/commands/owing.py"},
    "Runs": {WORK},
    "deciding": {WORK},
}
#: What a ``Work`` holds.
HELD = {"Context", "Tx", "Caller", "Case", "Definition", "People", "OperationFacts", "Turn", "Runs"}


def made(module: Module, what: str) -> Iterator[int]:
    """The lines in which *module* calls *what*, or asks for facts to decide on."""
    for node in ast.walk(module.tree):
        if not isinstance(node, ast.Call):
            continue
        live = ast.unparse(node.func).endswith("OperationFacts")
        if (what == "deciding" and live and any(one.arg == "deciding" for one in node.keywords)) or (
            isinstance(node.func, ast.Name) and node.func.id == what
        ):
            yield node.lineno


@pytest.mark.parametrize("what", MAKERS)
def test_what_is_shared_is_made_where_the_list_says(what: str) -> None:
    assert {module.place for module in product() if any(made(module, what))} == MAKERS[what]


def twice(module: Module) -> Iterator[str]:
    """Functions that take a ``Work`` and beside it something that it holds."""
    for node in ast.walk(module.tree):
        if isinstance(node, ast.FunctionDef):
            every = (*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs)
            types = {ast.unparse(one.annotation) for one in every if one.annotation is not None}
            if "Work" in types and types & HELD:
                yield f"{module.place}:{node.lineno} {node.name}"


def test_who_takes_it_takes_nothing_beside_it_that_it_holds() -> None:
    faults = [fault for module in product() for fault in twice(module)]
    assert not faults, "\n".join(faults)


def test_the_list_of_what_it_holds_is_whole() -> None:
    tree = next(module.tree for module in product() if module.place == WORK)
    init = next(node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef) and node.name == "__init__")
    slots = next(node.value for node in ast.walk(tree) if isinstance(node, ast.Assign) and "__slots__" in ast.unparse(node))
    assert {ast.unparse(one.annotation) for one in init.args.args if one.annotation is not None} < HELD
    assert len(ast.literal_eval(slots)) == len(HELD)


def test_something_taken_twice_is_found() -> None:
    text = "def f(work: Work, tx: Tx): ...\ndef g(work: Work, n: int): ...\nx = OperationFacts(ctx, deciding=True)"
    module = Module(Path("engine/made_up.py"), "engine.made_up", text, ast.parse(text))
    assert list(twice(module)) == ["engine/made_up.py:1 f"]
    assert list(made(module, "deciding")) == [3]
