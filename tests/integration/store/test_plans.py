"""The plan of every statement of the engine, in a district of many, on both databases."""

from __future__ import annotations

import json
import pkgutil
import re
from collections.abc import Iterator, Mapping
from importlib import import_module
from typing import Any

import pytest
from sqlalchemy import BigInteger, Column, text

import engine
from engine.extend.registry import Registry
from engine.store.databases.database import open_database
from engine.store.databases.sql import Insert, Statement
from engine.store.schema import tables
from engine.store.schema.migrate import upgrade
from engine.store.transactions.runner import Runner, Tx

#: Statements that read a whole table of a district, and why they may.
WHOLE = {
    "people._HOLDERS": "whoever has a role anywhere: told of an incident where no unit is known",
    "people._NEXT_CHANGE": "scenarios and demos ask it, between two moments",
    "directory._ALL_UNITS": "all units is what is asked for",
    "directory._ALL_PERSONS": "a page of persons by unit is what is asked for",
    "directory._UNIT_NAMED": "a command line names a unit by words",
    "directory._PERSON_NAMED": "or a person",
    "checkpoints._ALL": "verify reads all of them",
    "checkpoints._ANCHORS": "verify reads all of them",
    "checkpoints._LOST": "verify reads all of them",
    "answering._ANSWERS_ABOVE": "asked where units were merged, and all above them may be many",
}  # fmt: skip
#: Modules of which every statement may read whole tables, and why.
WHOLE_MODULES = {
    "engine.store.verify_reads": "verify and adopting read whole districts",
    "engine.store.astray": "whoever could answer is looked for every ten minutes among all who can",
}
#: Statements that sort what they found, a handful of rows, by what no index has.
SORTS = {
    "jobs._OLDEST": "the jobs of one case", "jobs._NEXT": "scenarios and demos ask it of the jobs that wait",
    "directory._HUB": "the alliances of a unit", "sessions._SESSION": "the districts of an account", "incidents._JOBS": "jobs that were given up",
    "people._PATH": "the way up from a unit", "people._SEATS": "who has a role on it",
    "people._WITH_ROLES": "who has a role in some units", "people._GRANT": "a person's grants of a role in a unit",
    "people._STANDING": "one deputy's of one person", "checkpoints._HEADS": "what moved within a minute",
    "districts._PLACED": "the districts of a database",
}  # fmt: skip
#: Tables that hold few rows whatever the district, or only what is under way.
SMALL = {"district", "definition", "content", "rota", "deputy", "job"}
_GROWING = {table.name for table in tables.metadata.sorted_tables} - SMALL
#: What a statement calls a table of its own.
_ALIASES = {"here": "unit"}


def _found_in(place: str, held: Any) -> Iterator[tuple[str, Statement]]:
    if isinstance(held, Statement):
        yield place, held
    elif isinstance(held, Mapping):
        for key, one in held.items():
            yield from _found_in(f"{place}.{key}", one)
    elif isinstance(held, (tuple, list)):
        for at, one in enumerate(held):
            yield from _found_in(f"{place}.{at}", one)


def statements() -> dict[str, Statement]:
    """Every statement that a module of the engine holds, by module and name."""
    found: dict[int, tuple[str, Statement]] = {}
    for module in pkgutil.walk_packages(engine.__path__, "engine."):
        if "migrations" in module.name or module.name in WHOLE_MODULES:
            continue
        for name, held in vars(import_module(module.name)).items():
            for place, statement in _found_in(f"{module.name.rpartition('.')[2]}.{name}", held):
                if not isinstance(statement, Insert):
                    found.setdefault(id(statement), (place, statement))
    return dict(found.values())


STATEMENTS = statements()


def test_there_are_statements_to_look_at() -> None:
    assert len(STATEMENTS) > 60


@pytest.fixture(scope="module")
def sqlite_plans(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Runner]:
    """A new SQLite database, whose statistics are those of a district of many."""
    database = open_database(f"sqlite:///{tmp_path_factory.mktemp('plans') / 'plans.db'}")
    upgrade(database, Registry.discovered().migrations())
    runner = Runner(database)
    yield runner
    runner.release()
    database.close()


@pytest.mark.parametrize("name", STATEMENTS)
def test_sqlite_reads_no_whole_district_and_sorts_nothing_that_an_index_has(sqlite_plans: Runner, name: str) -> None:
    compiled = STATEMENTS[name].on("sqlite")
    nothing = tuple(None for _ in range(compiled.text.count("?")))

    def explain(tx: Tx) -> list[str]:
        rows = tx.connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {compiled.text}", nothing).all()
        return [row[3] for row in rows]

    plan = sqlite_plans.run(explain)
    faults = [line for line in plan if _reads_all(line, "LIMIT" in compiled.text)]
    if name in WHOLE:
        return
    assert not faults, "\n".join(plan)
    if name not in SORTS:
        assert not [line for line in plan if line == "USE TEMP B-TREE FOR ORDER BY"], "\n".join(plan)


_SEARCH = re.compile(r"(SCAN|SEARCH) (\w+)(?: USING .*?(?:INDEX|KEY) ?(\w*) ?\((.*)\))?")
#: Indexes that hold only what somebody has to see to.
_PARTIAL = {"ix_task_incident", "ix_task_wants"}


def _reads_all(line: str, limited: bool) -> bool:
    """Whether a line of SQLite's plan reads all rows of a district of a table that grows."""
    found = _SEARCH.match(line)
    if not found or _ALIASES.get(found[2], found[2]) not in _GROWING:
        return False
    return found[1] == "SCAN" or (found[4] == "district_id=?" and not limited and found[3] not in _PARTIAL)


# -- PostgreSQL -----------------------------------------------------------------------------------

#: How many rows each table is given.
_ROWS = {"deputy": 300, "person": 22_811, "role_grant": 22_811, "task": 60_000, "journal": 60_000, "cases": 20_000, "case_data": 20_000,
         "party": 20_000, "notice": 40_000, "stream": 20_000, "anchor": 40_000, "uncovered": 5_000, "unit": 20_000,
         "unit_member": 500, "checkpoint": 5_000}  # fmt: skip


@pytest.fixture(scope="module", params=["primed", "analysed"])
def postgresql_plans(request: pytest.FixtureRequest) -> Iterator[Runner]:
    """A PostgreSQL with a district of many, on its first day and after it looked at its tables by itself."""
    url = request.getfixturevalue("spare_postgresql_url")
    database = open_database(url)
    with database.connect() as connection:
        connection.execute(text("DROP SCHEMA public CASCADE"))
        connection.execute(text("CREATE SCHEMA public"))
    upgrade(database, Registry.discovered().migrations())
    runner = Runner(database)
    runner.run(_fill)
    if request.param == "analysed":
        with database.connect() as connection:
            connection.execute(text("ANALYZE"))
    yield runner
    runner.release()
    database.close()


def _fill(tx: Tx) -> None:
    """Many rows in every table, in as many units as a district has, checked by no foreign key."""
    tx.connection.execute(text("SET LOCAL session_replication_role = replica"))
    for table in tables.metadata.sorted_tables:
        cells = ", ".join(_cell(column) for column in table.c)
        many = _ROWS.get(table.name, 20)
        tx.connection.execute(text(f"INSERT INTO {table.name} SELECT {cells} FROM generate_series(1, {many}) AS i"))


def _cell(column: Column[Any]) -> str:
    """What stands in a column of the row numbered i."""
    state = "CASE WHEN i % 2000 = 0 THEN 'incident' WHEN i % 10 = 0 THEN 'open' ELSE 'done' END"
    shared = {"district_id": "'d'", "unit_id": "'x' || i % 400", "role": "'r' || i % 4", "status": state,
              "parent": "'x' || i / 20", "audience": "'role:r@x' || i % 400", "kind": "'k'", "current": "i % 2",
              "wants": "''", **dict.fromkeys(("id", "case_id", "person", "deputy", "stream"), "'x' || i")}  # fmt: skip
    if column.name in shared:
        return shared[column.name]
    if isinstance(column.type, BigInteger):
        return "i"
    return "NULL" if column.nullable else f"'{column.name[0]}' || i"


@pytest.mark.parametrize("name", STATEMENTS)
def test_postgresql_reads_no_whole_district(postgresql_plans: Runner, name: str) -> None:
    if name in WHOLE:
        return
    compiled = STATEMENTS[name].on("postgresql")

    def explain(tx: Tx) -> Any:
        run = tx.connection.exec_driver_sql
        run("SET LOCAL plan_cache_mode = force_generic_plan")
        run(f"PREPARE looked_at AS {compiled.text}")
        many = len(set(re.findall(r"\$\d+", compiled.text)))
        given = f"({', '.join(['NULL'] * many)})" if many else ""
        (plan,) = run(f"EXPLAIN (FORMAT JSON) EXECUTE looked_at{given}").scalars()
        run("DEALLOCATE looked_at")
        return plan

    plan = postgresql_plans.run(explain)
    faults = list(_whole_reads(plan[0]["Plan"], limited=False))
    assert not faults, json.dumps(faults, indent=1)


def _whole_reads(node: dict[str, Any], *, limited: bool) -> Iterator[str]:
    """The parts of PostgreSQL's plan that read all rows of a district of a table that grows."""
    limited = limited or node["Node Type"] == "Limit"
    limited = limited and "Sort" not in node["Node Type"]
    table, index = node.get("Relation Name", ""), node.get("Index Name", "")
    if table in _GROWING and node["Node Type"] != "ModifyTable":
        named = set(re.findall(r"\(*(\w+) (?:=|<|>)", node.get("Index Cond", node.get("Recheck Cond", ""))))
        if not limited and index not in _PARTIAL and not named - {"district_id"}:
            yield f"{node['Node Type']} {table} {index} {node.get('Index Cond', '')}"
    for below in node.get("Plans", ()):
        yield from _whole_reads(below, limited=limited)
