"""Migrations and models give the same database, and a database is never left between two versions."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from sqlalchemy import Column, MetaData, Table, Text, insert, inspect, text
from sqlalchemy.schema import ColumnCollectionConstraint

from engine.errors import RongtongError
from engine.extend.registry import Registry
from engine.store.databases.database import Database, open_database
from engine.store.schema.comparing import differences
from engine.store.schema.migrate import Line, own_lines, pending, upgrade
from engine.store.schema.tables import metadata

REVISION = '''"""Creates a test table."""
import sqlalchemy as sa
from alembic import op
revision = "{revision}"
down_revision = {before!r}
def upgrade():
    op.create_table("{table}", sa.Column("district_id", sa.Text, primary_key=True))
    {more}
'''

UNIT = {"district_id": "haicheng", "id": "u1", "name": "海城区", "short": "海城", "kind": "district", "since": 0, "until": 1}


@dataclass(frozen=True)
class PluginLine:
    """A plugin's line of migrations, as the registry would hand it over."""

    folder: Path
    version_table: str
    metadata: MetaData


@pytest.fixture(params=["sqlite", "postgresql"])
def bare(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    """A database without a single table."""
    if request.param == "sqlite":
        database = open_database(f"sqlite:///{tmp_path / 'bare.db'}")
    else:
        database = open_database(request.getfixturevalue("bare_postgresql_url"))
    yield database
    database.close()


def plugin_line(folder: Path, tables: list[str], *, broken: bool = False) -> PluginLine:
    """A line with one revision for each of *tables*; the last one fails if *broken*."""
    folder.mkdir(exist_ok=True)
    wanted = MetaData()
    before = None
    for number, table in enumerate(tables):
        Table(table, wanted, Column("district_id", Text, primary_key=True))
        fails = broken and number == len(tables) - 1
        body = REVISION.format(
            revision=f"p{number}", before=before, table=table, more="op.execute('no such statement')" if fails else ""
        )
        (folder / f"{number:04d}_{table}.py").write_text(body, encoding="utf-8")
        before = f"p{number}"
    return PluginLine(folder, "alembic_version_plugin", wanted)


def test_migrations_give_the_tables_of_the_models(bare: Database) -> None:
    upgrade(bare)
    assert differences(bare, own_lines()) == []


def test_partial_indexes_keep_their_condition(bare: Database) -> None:
    upgrade(bare)
    dialect = f"{bare.dialect}_where"
    conditions = {
        index["name"]: index["dialect_options"][dialect]
        for table in ("task", "journal", "job", "definition")
        for index in inspect(bare.engine).get_indexes(table)
        if dialect in index.get("dialect_options", {})
    }
    assert {"ix_task_inbox", "ix_task_mine", "ix_task_clock", "uq_journal_request", "ix_job_run", "ix_job_failed"} <= conditions.keys()


def test_a_second_upgrade_has_nothing_to_do(bare: Database) -> None:
    assert pending(bare) == ("hub_0001d", "engine_0001j")
    assert upgrade(bare) == ("hub_0001d", "engine_0001j")
    assert (pending(bare), upgrade(bare)) == ((), ())


@pytest.mark.parametrize("line", own_lines(), ids=lambda line: line.version_table)
def test_the_beginning_of_a_revision_is_another(bare: Database, line: Line) -> None:
    upgrade(bare)
    with bare.engine.begin() as connection:
        held = connection.execute(text(f"SELECT version_num FROM {line.version_table}")).scalar_one()
        connection.execute(text(f"UPDATE {line.version_table} SET version_num = '{held[:-1]}'"))
    for ask in (pending, upgrade):
        with pytest.raises(RongtongError) as caught:
            ask(bare)
        assert caught.value.code == "newer_database"


def test_a_plugins_line_has_its_own_versions(bare: Database, tmp_path: Path) -> None:
    upgrade(bare)
    first = plugin_line(tmp_path / "line", ["p_one"])
    assert upgrade(bare, [first]) == ("p0",)
    both = plugin_line(tmp_path / "line", ["p_one", "p_two"])
    assert pending(bare, [both]) == ("p1",)
    assert upgrade(bare, [both]) == ("p1",)
    assert {"p_one", "p_two"} <= set(inspect(bare.engine).get_table_names())


def test_a_migration_that_fails_leaves_nothing_behind(bare: Database, tmp_path: Path) -> None:
    line = plugin_line(tmp_path / "line", ["p_one", "p_two"], broken=True)
    with pytest.raises(Exception, match=r"no such statement|syntax error"):
        upgrade(bare, [line])
    assert inspect(bare.engine).get_table_names() == []
    assert upgrade(bare) == ("hub_0001d", "engine_0001j")


def test_postgresql_knows_the_shape_of_empty_tables(bare: Database) -> None:
    if bare.dialect != "postgresql":
        pytest.skip("SQLite plans without statistics")
    upgrade(bare)
    distinct = text("SELECT tablename, n_distinct FROM pg_stats WHERE attname = 'district_id'")
    count = text("SELECT count(*) FROM cases")
    with bare.connect() as connection:
        known = {row.tablename: row.n_distinct for row in connection.execute(distinct)}
        assert connection.execute(count).scalar_one() == 0
    assert {name for name, values in known.items() if values == 1} >= metadata.tables.keys()


def test_the_plugins_that_are_installed_migrate_with_the_engine(bare: Database) -> None:
    lines = Registry.discovered().migrations()
    applied = upgrade(bare, lines)
    assert len(applied) >= 2 + len(lines)
    assert upgrade(bare, lines) == ()


def test_an_upgrade_leaves_every_row_that_is_there(bare: Database, tmp_path: Path) -> None:
    upgrade(bare)
    with bare.connect() as connection:
        connection.execute(insert(metadata.tables["unit"]), [UNIT])
    assert upgrade(bare) == ()
    assert upgrade(bare, [plugin_line(tmp_path / "line", ["p_one"])]) == ("p0",)
    with bare.connect() as connection:
        assert connection.execute(text("SELECT name FROM unit")).scalar_one() == "海城区"


def test_every_table_of_a_district_begins_its_keys_with_the_district() -> None:
    for table in metadata.tables.values():
        assert next(iter(table.primary_key.columns)).name == "district_id", table.name
        keys = [c for c in table.constraints if isinstance(c, ColumnCollectionConstraint)]
        for constraint in keys:
            assert next(iter(constraint.columns)).name == "district_id", (table.name, constraint)
        for index in table.indexes:
            assert next(iter(index.columns)).name == "district_id", index.name
