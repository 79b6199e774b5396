"""A plugin that is broken closes itself alone: the start names it, its file and its line, and the rest goes on."""

from __future__ import annotations

import importlib
import importlib.metadata
import re
import sys
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    Date,
    Integer,
    LargeBinary,
    MetaData,
    Numeric,
    Table,
    Text,
    Uuid,
    text,
)

from engine.app import Options, create_app
from engine.cli.root import run
from engine.extend.loading.away import Away
from engine.extend.loading.discovery import find
from engine.extend.loading.migrating import complete, migrated, unmade
from engine.extend.loading.tables import metadata_of
from engine.extend.registry import Registry
from engine.operations import incidents
from engine.operations.context import Caller
from engine.operations.reading import pages
from engine.operations.verifying.verify import verify
from engine.store.databases.database import Database, open_database
from engine.store.schema.absent import absent
from engine.store.schema.migrate import upgrade
from engine.worker.worker import Worker
from tests.integration.broken_plugins import AT_MIGRATION, AT_START, MIGRATION, TABLE, Broken
from tests.town import Town, build

NO_GROUP = "no.such.group"


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """An empty package called ``pkg`` on the path."""
    folder = tmp_path / "pkg"
    folder.mkdir()
    monkeypatch.syspath_prepend(str(tmp_path))
    importlib.invalidate_caches()
    yield folder
    for name in [name for name in sys.modules if name.partition(".")[0] == "pkg"]:
        del sys.modules[name]
    metadata_of("odd").clear()


@pytest.fixture(params=["sqlite", "postgresql"])
def bare(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    """A database without a single table."""
    url = f"sqlite:///{tmp_path / 'bare.db'}"
    database = open_database(url if request.param == "sqlite" else request.getfixturevalue("bare_postgresql_url"))
    yield database
    database.close()


def works(town: Town) -> None:
    """Everything that needs no broken plugin works for everybody, and nothing is lost."""
    case = town.start()
    assert town.act(case, "ok", "agree", by="sun").end == "done"
    Worker(town.system).once()
    assert pages.case(town.ctx, Caller("ann"), case.number).end == "done"
    assert incidents.incidents(town.ctx, Caller("cai")) == ()
    assert verify(town.ctx).broken == ()
    app = create_app(town.system, Options(secret_key="only for tests"))
    assert app.test_client().get("/login").status_code == 200


def told(away: Away, broken: Broken) -> None:
    """The fault names the plugin, the place and what is wrong, in both languages."""
    for said in away.why:
        assert "odd" in said
        assert broken.place in said, said
    assert broken.says in away.why.en, away.why.en
    assert "\n" not in away.why.zh
    assert not re.search("[、，：；（）。]", away.why.en), away.why.en


@pytest.mark.parametrize("broken", AT_START.values(), ids=AT_START)
def test_a_plugin_that_cannot_start_closes_only_itself(package: Path, sqlite_url: str, broken: Broken) -> None:
    broken.write(package)
    found = find("pkg", NO_GROUP)
    town = build(open_database(sqlite_url), beside=found.plugins, away=found.away)
    assert town.system.registry.names == {"desk"}
    told(town.system.registry.left["odd"], broken)
    works(town)
    town.system.runner.release()
    town.system.database.close()


@pytest.mark.parametrize("broken", AT_MIGRATION.values(), ids=AT_MIGRATION)
def test_a_plugin_whose_tables_cannot_be_made_closes_only_itself_and_leaves_no_half(
    package: Path, bare: Database, broken: Broken
) -> None:
    broken.write(package)
    registry, _ = migrated(Registry.of_sound(find("pkg", NO_GROUP).plugins), partial(upgrade, bare))
    assert registry.names == set()
    told(registry.left["odd"], broken)
    with bare.connect() as connection, pytest.raises(Exception, match="odd_thing"):
        connection.execute(text("SELECT 1 FROM odd_thing"))
    town = build(bare, away=registry.left)
    works(town)
    town.system.runner.release()


def test_an_older_plugin_on_newer_tables_closes_only_itself(package: Path, bare: Database) -> None:
    sound = Broken({"hooks.py": TABLE, "migrations/1.py": MIGRATION}, "", "", "odd_thing")
    sound.write(package)
    registry = Registry(find("pkg", NO_GROUP).plugins)
    assert migrated(registry, partial(upgrade, bare))[0].names == {"odd"}
    with bare.connect() as connection:
        connection.execute(text("UPDATE odd_version SET version_num = 'odd_2'"))
        connection.commit()
    left = migrated(registry, partial(upgrade, bare))[0].left["odd"]
    assert "插件“odd”" in left.why.zh
    assert "another version" in left.why.en


def test_a_plugin_that_reads_what_no_migration_makes_closes_only_itself(package: Path, bare: Database) -> None:
    Broken({"hooks.py": TABLE, "migrations/1.py": MIGRATION}, "", "", "odd_thing").write(package)
    registry, _ = migrated(Registry(find("pkg", NO_GROUP).plugins), partial(upgrade, bare))
    assert complete(registry, lambda line: absent(bare, line.metadata)).names == {"odd"}
    metadata_of("odd").tables["odd_thing"].append_column(Column("later", Integer))
    Table("odd_more", metadata_of("odd"), Column("id", Integer, primary_key=True))
    left = complete(registry, lambda line: absent(bare, line.metadata))
    assert left.names == set()
    for said in left.left["odd"].why:
        assert "odd_more" in said and "odd_thing.later" in said and "rongtong migrate" in said


@pytest.mark.parametrize(
    ("wanted", "made", "says"),
    [
        (Integer(), "TEXT", "the code says INTEGER, the database TEXT"),
        (Text(), "INTEGER", "the code says TEXT, the database INTEGER"),
        (LargeBinary(), "TEXT", "the code says BLOB, the database TEXT"),
        (Numeric(), "TEXT", "the code says NUMERIC, the database TEXT"),
        (BigInteger(), "INTEGER", "the code says BIGINT, the database INTEGER"),
        (Text(), "VARCHAR(20)", ""),
        (Integer(), "BIGINT", ""),
        (Integer(), "NUMERIC", ""),
        (Boolean(), "INTEGER", ""),
        (Date(), "TEXT", ""),
        (Uuid(), "CHAR(32)", ""),
        (JSON(), "TEXT", ""),
    ],
    ids=str,
)  # fmt: skip
def test_a_column_that_holds_something_else_than_the_code_says_is_told_where_it_is_sure(
    bare: Database, wanted: Any, made: str, says: str
) -> None:
    """What a database stores in a way of its own is left alone, and SQLite has whole numbers of one size."""
    with bare.connect() as connection:
        connection.execute(text(f"CREATE TABLE odd_kind (x {made})"))
        connection.commit()
    metadata = MetaData()
    Table("odd_kind", metadata, Column("x", wanted))
    told = bare.dialect == "postgresql" or made != "INTEGER" or not isinstance(wanted, BigInteger)
    found = [said.en for said in absent(bare, metadata)]
    assert found == ([f"odd_kind.x ({says})"] if says and told else [])


def test_a_table_or_a_column_that_no_migration_makes_is_told_without_a_database(package: Path) -> None:
    Broken({"hooks.py": TABLE, "migrations/1.py": MIGRATION}, "", "", "odd_thing").write(package)
    registry = Registry(find("pkg", NO_GROUP).plugins)
    assert unmade(registry) is registry
    metadata_of("odd").tables["odd_thing"].append_column(Column("later", Integer))
    Table("odd_more", metadata_of("odd"), Column("id", Integer, primary_key=True))
    left = unmade(registry).left["odd"]
    assert left.why.en.endswith("no migration makes odd_more, odd_thing.later; add one, then run rongtong migrate")


def test_a_migration_that_reckons_its_names_is_tried_before_anything_is_said_of_it(package: Path) -> None:
    reckons = MIGRATION.replace('"odd_thing"', '"_".join(["odd", "thing"])')
    Broken({"hooks.py": TABLE, "migrations/1.py": reckons}, "", "", "odd_thing").write(package)
    assert unmade(Registry(find("pkg", NO_GROUP).plugins)).names == {"odd"}


def test_a_migration_for_another_database_is_left_to_that_one(package: Path) -> None:
    elsewhere = MIGRATION.replace('"odd_thing"', '"_".join(["odd", 1 / 0])')
    Broken({"hooks.py": TABLE, "migrations/1.py": elsewhere}, "", "", "odd_thing").write(package)
    assert unmade(Registry(find("pkg", NO_GROUP).plugins)).names == {"odd"}


@pytest.mark.parametrize("lacks", ["later", "kind"])
@pytest.mark.parametrize("command", ["check", "plugins", "migrate"])
def test_every_command_says_what_no_migration_makes(
    package: Path, tmp_path: Path, command: str, lacks: str, monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    """That one makes another type is seen where there are tables to look at."""
    Broken({"hooks.py": TABLE, "migrations/1.py": MIGRATION}, "", "", "odd_thing").write(package)
    registry = Registry([*find().plugins, *find("pkg", NO_GROUP).plugins])
    thing = metadata_of("odd").tables["odd_thing"]
    if lacks == "later":
        thing.append_column(Column("later", Integer))
    else:
        thing.c.id.type = Integer()
    monkeypatch.setattr(Registry, "discovered", lambda _without: registry)
    database = f"sqlite:///{tmp_path / 'new.db'}"
    assert run([command, *(["--db", database] if command == "migrate" else [])]) == 0
    said = "".join(capsys.readouterr())
    wanted = "odd_thing.later" if lacks == "later" else "odd_thing.id (the code says INTEGER, the database TEXT)"
    assert (wanted in said) == (lacks == "later" or command == "migrate")


def test_a_folder_without_a_manifest_that_is_announced_closes_only_itself(
    package: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    Broken({"hooks.py": ""}, "plugin.yaml is missing", manifest=False).write(package)
    announced(monkeypatch, "pkg.odd.hooks")
    assert "plugin.yaml is missing" in find("pkg", "a.group").away["odd"].why.en


def test_an_entry_point_that_is_no_module_is_named_with_what_it_says(monkeypatch: pytest.MonkeyPatch) -> None:
    announced(monkeypatch, "my-plugin.hooks")
    (name, away), = find("no_such_package", "a.group").away.items()
    assert name == "point"
    assert "my-plugin.hooks" in away.why.zh


def test_of_two_of_one_name_neither_is_used(package: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    Broken({"hooks.py": ""}, "").write(package)
    (package / "more").mkdir()
    Broken({"hooks.py": ""}, "").write(package / "more")
    announced(monkeypatch, "pkg.more.odd.hooks")
    found = find("pkg", "a.group")
    assert found.plugins == ()
    assert "there are two of this name" in found.away["odd"].why.en


def announced(monkeypatch: pytest.MonkeyPatch, value: str) -> None:
    point = importlib.metadata.EntryPoint("point", value, "a.group")
    monkeypatch.setattr(importlib.metadata, "entry_points", lambda group: [point])


def test_a_plugin_that_is_left_out_is_not_even_loaded(package: Path) -> None:
    Broken({"hooks.py": "raise SystemExit\n"}, "").write(package)
    found = find("pkg", NO_GROUP, without={"odd"})
    assert (found.plugins, found.away["odd"].state) == ((), "left out")
    assert "RONGTONG_WITHOUT" in found.away["odd"].why.zh
    assert "pkg.odd.hooks" not in sys.modules
