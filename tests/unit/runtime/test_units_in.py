"""What a party names is read in one way, whether it is a unit, several or none yet."""

from __future__ import annotations

import ast
from collections.abc import Sequence

import pytest

from engine.runtime.state import units_in
from tests.architecture.source import modules


@pytest.mark.parametrize(
    ("held", "units"), [(None, []), ("", []), ([], []), ("a", ["a"]), (["a"], ["a"]), (["b", "a"], ["b", "a"]), (("b", "a"), ["b", "a"])]
)
def test_a_party_names_a_unit_several_or_none(held: str | Sequence[str] | None, units: list[str]) -> None:
    assert units_in(held) == units


def test_nobody_makes_a_list_of_one_by_hand() -> None:
    wrapped = [
        f"{module.place}:{node.lineno}"
        for module in modules("engine")
        if module.part in ("runtime", "operations") and module.place != "engine/runtime/state.py"
        for node in ast.walk(module.tree)
        if isinstance(node, ast.IfExp) and ast.unparse(node.test) == f"isinstance({ast.unparse(node.orelse)[1:-1]}, list)"
    ]
    assert not wrapped, "ask units_in: " + ", ".join(wrapped)
