"""SQL is written where rows are at home: in the store, and in a plugin's tables and operations."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.architecture.source import Module, modules, product

#: What SQLAlchemy calls the kinds of things that others hand over; to name one makes no statement.
KINDS = frozenset(
    {"Table", "MetaData", "RowMapping", "CursorResult", "ScalarResult", "Dialect", "Executable", "TypedReturnsRows"}
)
#: Files of the engine outside of the store that need more of it, and why.
ENGINE = {
    "engine/extend/loading/tables.py": "a plugin's tables are made and checked here",
    "engine/extend/context.py": "locks and inserts rows of whatever table a plugin names",
    "engine/extend/calls/beside.py": "tells a fault of the database from a plugin's own",
}
#: Files of a plugin that hold SQL, by the name of the file or folder, and why.
PLUGINS = {
    "tables": "its tables",
    "operations": "what it does with their rows",
    "migrations": "how they came to be",
    "tests": "they look at rows",
}
#: Files of plugins beside these, and why.
PLUGIN_FILES: dict[str, str] = {
}
#: Files of the measuring and testing kits, and why.
KITS = {
    "benchmarks/inbox.py": "fills a database with 100,000 cases, which no operation could do in time",
}
#: Whoever looks at the tables themselves, not at their rows, and why.
SCHEMA = {
    "engine/extend/loading/tables.py": "says which tables of the engine a plugin may point to",
    "engine/testing/trial.py": "puts a case's row there for a plugin's test to point to",
}


def taken(module: Module) -> Iterator[str]:
    """What *module* takes of SQLAlchemy beside the names of kinds."""
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Import):
            yield from (f"{module.place}:{node.lineno} {a.name}" for a in node.names if _is_sql(a.name))
        elif isinstance(node, ast.ImportFrom) and _is_sql(node.module or ""):
            names = [alias.name for alias in node.names if alias.name not in KINDS]
            if names:
                yield f"{module.place}:{node.lineno} {', '.join(names)}"


def _is_sql(name: str) -> bool:
    return name.split(".")[0] == "sqlalchemy"


def is_home(module: Module) -> bool:
    """Whether SQL may stand in *module*."""
    parts = module.path.with_suffix("").parts
    if parts[0] == "plugins":
        return module.place in PLUGIN_FILES or not PLUGINS.keys().isdisjoint(parts[2:])
    return parts[:2] == ("engine", "store") or module.place in ENGINE or module.place in KITS


def looked_at() -> tuple[Module, ...]:
    return product() + modules("benchmarks")


def made_up(place: str, text: str) -> Module:
    path = Path(place)
    return Module(path, ".".join(path.with_suffix("").parts), text, ast.parse(text))


def test_sql_is_written_in_the_store_and_in_the_tables_and_operations_of_plugins() -> None:
    faults = [fault for module in looked_at() if not is_home(module) for fault in taken(module)]
    assert not faults, "\n".join(faults)


def test_only_the_store_builds_statements_over_the_tables_of_the_engine() -> None:
    faults = [
        f"{module.place}:{line}"
        for module in product()
        if module.part != "store" and module.place not in SCHEMA
        for line, name in module.imports()
        if name in ("engine.store.schema.tables", "engine.store.schema.hub", "engine.store.databases.sql")
    ]
    assert not faults, "\n".join(faults)


def test_the_lists_name_only_files_that_need_it() -> None:
    needing = {module.place for module in looked_at() if list(taken(module))}
    assert {*ENGINE, *PLUGIN_FILES, *KITS} - needing == set()
    using = {m.place for m in product() if any(name == "engine.store.schema.tables" for _, name in m.imports())}
    assert SCHEMA.keys() - using == set()


@pytest.mark.parametrize(
    ("place", "text"),
    [
        ("engine/operations/made_up.py", "from sqlalchemy import select"),
        ("engine/web/pages/made_up.py", "def f():\n    import sqlalchemy as sa"),
        ("engine/extend/made_up.py", "from sqlalchemy.dialects import postgresql"),
        ("plugins/made_up/web.py", "from sqlalchemy import RowMapping, func"),
    ],
)
def test_a_file_with_sql_in_another_room_is_found(place: str, text: str) -> None:
    module = made_up(place, text)
    assert not is_home(module)
    assert list(taken(module))


@pytest.mark.parametrize("text", ["from sqlalchemy import Table, RowMapping", "from engine.store import cases"])
def test_the_name_of_a_kind_is_no_sql(text: str) -> None:
    assert not list(taken(made_up("engine/extend/made_up.py", text)))
