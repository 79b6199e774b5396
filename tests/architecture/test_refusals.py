"""What is taken for a no is one: a busy database, a silent plugin or a broken row is nobody's answer."""

from __future__ import annotations

import ast
from collections.abc import Iterator

import pytest

from tests.architecture.source import Module, modules

#: Where refusals of every kind are caught at once, and why that is right.
WHOLE = {
    "engine/runtime/env.py": "a plugin's own function is called, which has no database: what it raises is the plugin's",
    "engine/runtime/examples.py": "an example has neither a database nor a plugin, and says whatever stopped it",
}


def whole(tree: ast.AST) -> Iterator[int]:
    """The lines that catch every kind of refusal at once and go on."""
    for node in ast.walk(tree):
        if isinstance(node, ast.ExceptHandler) and node.type is not None:
            names = {one.id for one in ast.walk(node.type) if isinstance(one, ast.Name)}
            if names & {"RongtongError", "Exception", "BaseException"}:
                yield node.lineno


def readers() -> tuple[Module, ...]:
    """What decides, and what is shown before it is decided."""
    return tuple(sorted((*modules("engine/runtime"), *modules("engine/operations/reading")), key=lambda one: one.place))


def test_whether_somebody_may_is_answered_by_refusals_alone() -> None:
    faults = [f"{one.place}:{line}" for one in readers() if one.place not in WHOLE for line in whole(one.tree)]
    assert not faults, "catch engine.errors.REFUSALS: " + ", ".join(faults)
    assert {one.place for one in readers() if any(whole(one.tree))} == set(WHOLE)


@pytest.mark.parametrize("caught", ["RongtongError", "(Duplicate, RongtongError) as refusal", "Exception", "(Busy, BaseException)"])
def test_one_that_catches_all_is_found(caught: str) -> None:
    assert list(whole(ast.parse(f"try:\n    pass\nexcept {caught}:\n    pass")))
