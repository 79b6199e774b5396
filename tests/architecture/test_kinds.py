"""What is particular about a kind of step stands with the kind; everybody else asks the step, or the table of kinds."""

from __future__ import annotations

import ast
from collections.abc import Iterator

import pytest

from engine.definition.kinds.table import STEPS
from engine.definition.language.keys import STEP_KINDS
from engine.definition.parse import not_yet
from engine.definition.parse.steps import OF_KIND
from engine.runtime.kinds.table import KINDS
from tests.architecture.source import Module, product

#: The rooms of the kinds.
ROOMS = ("engine.definition.kinds", "engine.runtime.kinds")
#: Whoever names a kind elsewhere, and why.
NAMES_ONE = {
    "engine/definition/parse/scope.py": "asks the table of kinds before a step is made",
    "engine/definition/parse/steps.py": "asks the table of kinds before a step is made",
    "engine/definition/parse/asking.py": "makes the step from what is written",
    "engine/definition/parse/doing.py": "makes the step from what is written",
    "engine/definition/parse/grouping.py": "makes the step from what is written",
    "engine/definition/telling/sentences.py": "says each kind in a sentence of its own",
    "engine/runtime/start.py": "the first form is an ask that nobody writes",
}
#: Whoever looks at the word of a node's kind elsewhere, and why.
READS_K = {
    "engine/runtime/shapes/tree.py": "the shapes, what follows from them, and whether a kind is known at all",
    "engine/runtime/state.py": "the tree itself",
}
#: Whoever looks something up by the word of a kind, and why.
BY_WORD = {
    "engine/definition/parse/scope.py": "the table of kinds",
    "engine/definition/telling/sentences.py": "the table of sentences",
    "engine/runtime/reach.py": "the table of kinds",
    "engine/runtime/turn.py": "the table of kinds",
    "engine/runtime/telling/steps.py": "the table of sentences",
}


def _elsewhere() -> Iterator[Module]:
    return (module for module in product() if not module.name.startswith(ROOMS))


def _kinds_named(module: Module) -> bool:
    """Whether *module* imports the class of a kind of step."""
    return any(name.startswith("engine.definition.kinds.") for _, name in module.imports())


def _reads_k(module: Module) -> bool:
    """Whether *module* takes ``k`` out of a node: ``node["k"]`` or ``node.get("k")``."""
    for node in ast.walk(module.tree):
        key = node.slice if isinstance(node, ast.Subscript) else None
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "get" and node.args:
            key = node.args[0]
        if isinstance(key, ast.Constant) and key.value == "k":
            return True
        if isinstance(node, ast.MatchMapping) and any(isinstance(k, ast.Constant) and k.value == "k" for k in node.keys):
            return True
    return False


def _asks_the_word(module: Module) -> bool:
    """Whether *module* goes by the word of a step's or node's kind: ``step.kind``, whatever leads to it, or ``kind_of``."""
    for node in ast.walk(module.tree):
        names = {alias.name for alias in node.names} if isinstance(node, ast.ImportFrom) else set()
        if "kind_of" in names and getattr(node, "module", "") == "engine.runtime.state":
            return True
        if isinstance(node, ast.Attribute) and node.attr == "kind" and ast.unparse(node.value).endswith("step"):
            return True
        if isinstance(node, ast.Attribute) and node.attr == "kind_of" and ast.unparse(node.value) in ("state", "tree"):
            return True
    return False


@pytest.mark.parametrize(
    ("looks", "listed"),
    [(_kinds_named, NAMES_ONE), (_reads_k, READS_K), (_asks_the_word, BY_WORD)],
    ids=["names a kind", "reads k", "goes by the word"],
)
def test_only_those_listed_decide_by_a_kind(looks: object, listed: dict[str, str]) -> None:
    assert callable(looks)
    found = {module.place for module in _elsewhere() if looks(module)}
    assert found - listed.keys() == set(), "let the step, or its kind in the rooms of kinds, say what is asked"
    assert listed.keys() - found == set(), "listed in vain"


def test_every_kind_of_the_language_can_be_read_and_run() -> None:
    later = {name for name, read in OF_KIND.items() if read.__module__ == not_yet.__name__}
    assert OF_KIND.keys() == STEP_KINDS.keys()
    assert STEPS.keys() == OF_KIND.keys() - later
    assert {name for name, kind in KINDS.items() if kind.open is not None} == STEPS.keys()
