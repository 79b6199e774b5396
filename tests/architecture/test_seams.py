"""Time, chance and database engines enter at one place each, so that tests can put their own there."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.architecture.source import ROOT, Module, product

#: The driver is imported for its types of cursor and its errors; connections are the engine's alone.
PSYCOPG = {"engine/store/databases/direct.py"}
#: Module → the files that may import it.
SEAMS = {
    "time": {"engine/clock.py"},
    "random": {"engine/ids.py"},
    "secrets": {"engine/ids.py"},
    "uuid": {"engine/store/text.py"},  # for the type of one that somebody else drew
    "sqlite3": set(),
    "pysqlite3": set(),
    "psycopg": PSYCOPG,
}
#: A call by this name → the files that may make it.
CALLS = {
    "create_engine": {"engine/store/databases/database.py"},
    "engine_from_config": set(),
    "urandom": {"engine/ids.py"},
    "getrandbits": {"engine/ids.py"},
}
#: Methods of ``datetime`` and ``date`` that read the machine's clock.
CLOCK_METHODS = {"now", "utcnow", "today"}


def calls(module: Module) -> Iterator[tuple[int, str, str]]:
    """Every call as line, name of what it is called on, and name called."""
    for node in ast.walk(module.tree):
        if not isinstance(node, ast.Call):
            continue
        if isinstance(node.func, ast.Attribute):
            yield node.lineno, ast.unparse(node.func.value).split(".")[-1], node.func.attr
        elif isinstance(node.func, ast.Name):
            yield node.lineno, "", node.func.id


@pytest.mark.parametrize("seam", SEAMS)
def test_only_the_seam_imports(seam: str) -> None:
    faults = [
        f"{module.place}:{line}"
        for module in product()
        if module.place not in SEAMS[seam]
        for line, name in module.imports()
        if name == seam
    ]
    assert not faults, f"import {seam}: " + ", ".join(faults)


@pytest.mark.parametrize("call", CALLS)
def test_only_the_seam_calls(call: str) -> None:
    faults = [
        f"{module.place}:{line}"
        for module in product()
        if module.place not in CALLS[call]
        for line, _, name in calls(module)
        if name == call
    ]
    assert not faults, f"{call}(): " + ", ".join(faults)


def test_nobody_asks_a_date_what_day_it_is() -> None:
    faults = [
        f"{module.place}:{line} {owner}.{name}()"
        for module in product()
        for line, owner, name in calls(module)
        if owner in ("datetime", "date") and name in CLOCK_METHODS
    ]
    assert not faults, "\n".join(faults)


def test_the_clock_is_not_handed_on_uncalled() -> None:
    """``default_factory=datetime.now`` reads the clock as surely as a call."""
    faults = [
        f"{module.place}:{node.lineno} {ast.unparse(node)}"
        for module in product()
        for node in ast.walk(module.tree)
        if isinstance(node, ast.Attribute)
        and node.attr in CLOCK_METHODS
        and ast.unparse(node.value).split(".")[-1] in ("datetime", "date")
    ]
    assert not faults, "\n".join(faults)


def test_datetime_keeps_its_name() -> None:
    """Under another name its clock would not be found."""
    faults = [
        f"{module.place}:{node.lineno} {alias.name} as {alias.asname}"
        for module in product()
        for node in ast.walk(module.tree)
        if isinstance(node, (ast.Import, ast.ImportFrom))
        for alias in node.names
        if alias.asname and alias.name in ("datetime", "date", *SEAMS)
    ]
    assert not faults, "\n".join(faults)


def test_the_seams_exist() -> None:
    named = set().union(*SEAMS.values(), *CALLS.values())
    assert all((ROOT / place).is_file() for place in named)


def test_the_engine_reads_nothing_past_the_store() -> None:
    """What ``Tx.connection`` answers breaks off at a row that is no text; ``rows`` and ``read`` go on."""
    faults = [
        f"{module.place}:{node.lineno} {ast.unparse(node)[:60]}"
        for module in product()
        if module.place not in PAST_THE_STORE
        for node in _answers_used(module.tree)
    ]
    assert not faults, "\n".join(faults)


#: What plugins are handed, and where no row of a district is read.
PAST_THE_STORE = {"engine/extend/fence/connection.py", "engine/store/schema/priming.py"}
ANSWERING = ("tx.connection.execute", "tx.connection.scalars", "tx.connection.exec_driver_sql")


def _answers_used(tree: ast.AST) -> Iterator[ast.Call]:
    """Calls of ``connection.execute`` of whose answer more than ``rowcount`` is used."""
    parents = {child: node for node in ast.walk(tree) for child in ast.iter_child_nodes(node)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and ast.unparse(node.func).endswith(ANSWERING):
            above = parents[node]
            counted = isinstance(above, ast.Attribute) and above.attr == "rowcount"
            if not counted and not isinstance(above, ast.Expr):
                yield node


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("tx.connection.execute(insert(t), rows)", 0),
        ("n = tx.connection.execute(update(t)).rowcount", 0),
        ("for row in tx.connection.execute(select(t)): pass", 1),
        ("run(lambda tx: tx.connection.execute(s).scalar())", 1),
        ("x = tx.connection.scalars(s)", 1),
    ],
)
def test_a_reading_past_the_store_is_found(text: str, found: int) -> None:
    assert len(list(_answers_used(ast.parse(text)))) == found


#: Who makes what plugins are handed, and why.
MAKERS = {
    "engine/operations/plugin_contexts.py": "the one place of the product",
    "engine/testing/trial.py": "the kit tries a plugin without a district that was adopted",
}
CONTEXTS = {
    "ReadContext", "WriteContext", "StepContext", "ActionContext", "CheckContext", "PageContext", "SeedContext",
    "JobContext",
}  # fmt: skip
FENCED = {"_handed(", "self._handed("}


def contexts_made(module: Module) -> Iterator[tuple[str, ast.Call]]:
    """Where *module* makes what a plugin is handed, however it names the class."""
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Call):
            name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            if name in CONTEXTS:
                yield f"{module.place}:{node.lineno}", node


def test_one_module_makes_what_plugins_are_handed() -> None:
    made = {module.place for module in product() if list(contexts_made(module))}
    assert made == MAKERS.keys()


@pytest.mark.parametrize("text", ["x = PageContext(person=1)", "def f(): return context.ReadContext(**handed())"])
def test_a_context_that_is_made_elsewhere_is_found(text: str) -> None:
    module = Module(Path("engine/web/made_up.py"), "engine.web.made_up", text, ast.parse(text))
    assert list(contexts_made(module))


def test_every_context_of_a_plugin_is_fenced() -> None:
    made = [one for module in product() for one in contexts_made(module)]
    assert len(made) >= len(CONTEXTS)
    faults = [
        place
        for place, call in made
        if not any(one.arg is None and ast.unparse(one.value).startswith(tuple(FENCED)) for one in call.keywords)
    ]
    assert not faults, "made without the fence: " + ", ".join(faults)


#: Who may write the tables of who is who: a pack, and what goes by ``operations.who.change``. Each moves the version by
#: which answers about them are kept.
_WHO = {"unit", "unit_member", "person", "role_grant", "deputy", "rota"}
_WRITERS = {"engine/store/pack_rows.py", "engine/store/people.py", "engine/store/schema/priming.py"}
#: The functions of these that write, and who may name them.
_WRITING = {"put_pack": "engine/operations/content/adopt.py", "deputise": "engine/demo/life.py"}


def test_only_those_who_move_its_version_write_who_is_who() -> None:
    faults = [
        f"{module.place}:{node.lineno}"
        for module in product()
        if module.place not in _WRITERS and "/migrations/" not in module.place
        for node in ast.walk(module.tree)
        if isinstance(node, ast.Call) and _writes(node)
    ]
    assert not faults, ", ".join(faults)


def test_what_writes_who_is_who_is_used_only_where_its_version_moves() -> None:
    used = {
        (name, module.place)
        for module in product()
        if module.part != "store"
        for node in ast.walk(module.tree)
        for name in _WRITING
        if isinstance(node, ast.Attribute | ast.Name) and name in (getattr(node, "attr", ""), getattr(node, "id", ""))
    }
    assert used == set(_WRITING.items())


def _writes(call: ast.Call) -> bool:
    """Whether *call* begins to write one of those tables: ``insert(tables.person)``, ``tables.person.update()``."""
    verbs = {"insert", "update", "delete", "put", "insert_into"}
    on = call.func.value if isinstance(call.func, ast.Attribute) else call.args[0] if call.args else None
    name = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
    return name in verbs and isinstance(on, ast.Attribute) and ast.unparse(on.value) == "tables" and on.attr in _WHO
