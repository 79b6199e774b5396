"""Every place that begins a writing transaction, and the row of a journal that it leaves; or why it leaves none."""

from __future__ import annotations

import ast
import functools
from collections.abc import Iterator, Mapping
from typing import Final

from tests.architecture.source import Module, product

_CLERICAL: Final = "keeps the books of jobs; what a job did to a case has the row of its command"
_LOG_IN: Final = "a log-in is no deed on a case; sessions and guesses are rows of their own, and the log has a line"
#: What leaves no row of a journal, and why.
WHY: Final[Mapping[str, str]] = {
    "engine/demo/life.py _give": "given to a demo before it begins, as scenarios are given things",
    "engine/operations/accounts/accounts.py log_in": _LOG_IN,
    "engine/operations/accounts/accounts.py log_out": _LOG_IN,
    "engine/operations/accounts/accounts.py open_session": _LOG_IN,
    "engine/operations/accounts/accounts.py session": _LOG_IN,
    "engine/operations/accounts/signing.py _kept": "what signs cookies is of the installation, which has no journal",
    "engine/operations/accounts/signing.py renew": "what signs cookies is of the installation, which has no journal",
    "engine/operations/background/claiming.py _say": _CLERICAL,
    "engine/operations/background/claiming.py run_due": _CLERICAL,
    "engine/operations/background/outbound.py _Delivery._end": _CLERICAL,
    "engine/operations/background/outbound.py _Delivery.send": _CLERICAL,
    "engine/operations/clockwork.py _rest": "puts off a clock that failed to ring; when it rings there is a row",
    "engine/operations/clockwork.py seal": "the checkpoint is a row of its own, over all journals",
    "engine/operations/districts.py keep_offset": "how far the clock of a demo or a test is moved, which no district has",
    "engine/scenarios.py ScenarioRun._run_verb": "given to a scenario before it begins",
}
_JOURNAL: Final = frozenset({"engine.store.journal.append", "engine.store.journal.append_to_stream"})
#: Not written for a district: the migrations, before there is anything, and the kit of authors.
_ELSEWHERE: Final = ("engine/store/", "engine/testing/")


def lines() -> list[str]:
    """A line for each place, by file and name."""
    begun = [f"{name} | {'journal' if leaves else '-'}{_why(name)}" for name, leaves in found().items()]
    return [*begun, *(f"{name} | {command} in the journal of {stream}" for name, stream, command in wishes())]


def _why(name: str) -> str:
    return f" | {WHY[name]}" if name in WHY else ""


def found() -> dict[str, bool]:
    """Every function that begins a writing transaction, and whether what it does there may leave a row."""
    begins: dict[str, bool] = {}
    for module in product():
        if module.place.startswith(_ELSEWHERE):
            continue
        for name, function in _functions(module):
            if any(_begins(node) for node in ast.walk(function)):
                begins[f"{module.place} {name}"] = not _reached(f"{module.name}.{name}").isdisjoint(_JOURNAL)
    return dict(sorted(begins.items()))


def wishes() -> list[tuple[str, str, str]]:
    """Every function that has a row written by ``writing.write``: its name, the journal, the command, as its code has them."""
    return sorted(
        (f"{module.place} {name}", ast.unparse(node.args[0]), ast.unparse(node.args[1]))
        for module in product()
        for name, function in _functions(module)
        for node in ast.walk(function)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "Wish"
    )


def _begins(node: ast.AST) -> bool:
    """Whether *node* is ``….runner.run(…)`` of a transaction that writes."""
    if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "run"):
        return False
    on = node.func.value
    runner = (isinstance(on, ast.Attribute) and on.attr == "runner") or (isinstance(on, ast.Name) and on.id == "runner")
    return runner and not any(word.arg == "write" and _is_false(word.value) for word in node.keywords)


def _is_false(value: ast.expr) -> bool:
    return isinstance(value, ast.Constant) and value.value is False


def _functions(module: Module) -> Iterator[tuple[str, ast.AST]]:
    """The functions at the top of *module*, and the methods of its classes."""
    for node in module.tree.body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node.name, node
        elif isinstance(node, ast.ClassDef):
            yield from ((f"{node.name}.{m.name}", m) for m in node.body if isinstance(m, ast.FunctionDef))


@functools.cache
def _graph() -> dict[str, frozenset[str]]:
    """What each function names: other functions, classes with all their methods, whatever a module hands on."""
    every = {f"{module.name}.{name}" for module in product() for name, _ in _functions(module)}
    of_class: dict[str, set[str]] = {}
    for name in every:
        of_class.setdefault(name.rpartition(".")[0], set()).add(name)
    graph: dict[str, frozenset[str]] = {}
    for module in product():
        imported = _imported(module)
        for name, function in _functions(module):
            owner = name.rpartition(".")[0]
            found: set[str] = set()
            for node in ast.walk(function):
                for target in _named(node, module.name, owner, imported):
                    found |= {target} if target in every else of_class.get(target, set())
            graph[f"{module.name}.{name}"] = frozenset(found)
    return graph


def _imported(module: Module) -> dict[str, str]:
    """What each name that *module* imports stands for."""
    found: dict[str, str] = {}
    for node in ast.walk(module.tree):
        if isinstance(node, ast.ImportFrom) and node.module:
            found |= {alias.asname or alias.name: f"{node.module}.{alias.name}" for alias in node.names}
        elif isinstance(node, ast.Import):
            found |= {alias.asname or alias.name: alias.name for alias in node.names}
    return found


def _named(node: ast.AST, module: str, owner: str, imported: Mapping[str, str]) -> Iterator[str]:
    if isinstance(node, ast.Name):
        yield imported.get(node.id, f"{module}.{node.id}")
    elif isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
        if node.value.id == "self":
            yield f"{module}.{owner}.{node.attr}"
        elif node.value.id in imported:
            yield f"{imported[node.value.id]}.{node.attr}"


@functools.cache
def _reached(name: str) -> frozenset[str]:
    """Every function that *name* may come to."""
    found: set[str] = set()
    todo = [name]
    while todo:
        for named in _graph().get(todo.pop(), frozenset()) - found:
            found.add(named)
            todo.append(named)
    return frozenset(found)
