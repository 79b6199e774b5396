"""Whatever is kept from one request to the next has a bound, or is as long as the program's own lists."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import fields

from engine.operations.context import System
from engine.store.bounded import Bounded
from engine.store.directory import KnownNames
from engine.store.known import Directories, Known
from tests.architecture.source import Module, product

#: Functions that keep every answer they ever gave, and what there are so few of.
WITHOUT_BOUND = {
    "engine/extend/loading/tables.py metadata_of": "plugins",
    "engine/extend/loading/manifest.py _validator": "it takes nothing",
    "engine/definition/language/slots.py rows_of": "places of the language",
    "engine/definition/language/slots.py _english": "places of the language",
    "engine/definition/language/keys.py keys_of": "constructs of the language",
    "engine/extend/context.py log_of": "plugins",
    "engine/extend/calls/answers.py validator": "types that contributions and hooks are declared with",
    "engine/extend/calls/answers.py _hints": "kinds of contributions",
}
_GROW = {"setdefault", "update", "append", "add", "extend", "insert"}


def _name(decorator: ast.expr) -> str:
    called = decorator.func if isinstance(decorator, ast.Call) else decorator
    return called.attr if isinstance(called, ast.Attribute) else getattr(called, "id", "")


def _unbounded(decorator: ast.expr) -> bool:
    """``cache``, and ``lru_cache`` with no bound."""
    if _name(decorator) == "cache":
        return True
    said = decorator.keywords if isinstance(decorator, ast.Call) else []
    return _name(decorator) == "lru_cache" and any(isinstance(k.value, ast.Constant) and k.value.value is None for k in said)


def test_what_a_function_keeps_is_bounded() -> None:
    found = {
        f"{module.place} {node.name}" for module in product() for node in module.tree.body
        if isinstance(node, ast.FunctionDef) and any(map(_unbounded, node.decorator_list))
    }  # fmt: skip
    assert found == WITHOUT_BOUND.keys(), sorted(found ^ WITHOUT_BOUND.keys())


def test_no_method_keeps_what_it_answered_for_every_object_there_ever_was() -> None:
    faults = [
        f"{module.place}:{method.lineno}" for module in product() for held in ast.walk(module.tree)
        if isinstance(held, ast.ClassDef) for method in held.body
        if isinstance(method, ast.FunctionDef) and any(_name(d) in ("cache", "lru_cache") for d in method.decorator_list)
    ]  # fmt: skip
    assert not faults, ", ".join(faults)


def _grown(module: Module) -> Iterator[int]:
    """The lines in functions that put something into a container of the module itself."""
    names = {
        target.id for node in module.tree.body if isinstance(node, (ast.Assign, ast.AnnAssign))
        for target in (node.targets if isinstance(node, ast.Assign) else [node.target]) if isinstance(target, ast.Name)
    }  # fmt: skip
    for function in ast.walk(module.tree):
        if not isinstance(function, ast.FunctionDef):
            continue
        own = {arg.arg for arg in ast.walk(function) if isinstance(arg, ast.arg)}
        own |= {n.id for n in ast.walk(function) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)}
        for node in ast.walk(function):
            on = None
            if isinstance(node, ast.Subscript) and isinstance(node.ctx, ast.Store):
                on = node.value
            elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in _GROW:
                on = node.func.value
            if isinstance(on, ast.Name) and on.id in names - own:
                yield node.lineno


def test_nothing_grows_in_a_module() -> None:
    faults = [f"{module.place}:{line}" for module in product() for line in _grown(module)]
    assert not faults, ", ".join(faults)


def test_what_a_running_engine_keeps_is_bounded() -> None:
    made = {one.name: one.default_factory() for one in fields(System) if callable(one.default_factory)}
    made.pop("secrets")  # one for each plugin, as the environment says
    made.pop("heard")  # one for each application that counts
    assert made, "there is something that it keeps"
    bounded = {name for name, one in made.items() if isinstance(one, (Bounded, Directories)) or getattr(one, "maxlen", 0)}
    assert bounded == made.keys()
    names = KnownNames()
    assert isinstance(names.units, Bounded) and isinstance(names.persons, Bounded)
    assert isinstance(Known("", 0, 1).answers, Bounded)


def test_a_bounded_dict_begins_anew_when_it_is_full() -> None:
    kept: Bounded[int, int] = Bounded(3)
    for n in range(10):
        kept[n] = n
        assert len(kept) <= 3
        assert kept[n] == n
    kept[9] = 0
    assert kept == {9: 0}
