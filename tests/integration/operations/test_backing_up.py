"""A backup holds what the database held at one moment, goes into either kind of database, or leaves no trace."""

from __future__ import annotations

import os
import sqlite3
import stat
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import inspect, select, text, update

from engine.app import open_system
from engine.clock import SetClock
from engine.content import shipped_workflows
from engine.errors import RongtongError
from engine.extend.registry import Registry
from engine.operations.backing_up import back_up, restore
from engine.operations.content.adopt import adopt
from engine.operations.content.library import Library
from engine.operations.context import ENGINE
from engine.operations.districts import context
from engine.operations.verifying.verify import verify
from engine.store.backup import snapshot
from engine.store.databases.database import open_database
from engine.store.databases.ownership import Standing, standing
from engine.store.schema.migrate import own_lines
from engine.store.schema.tables import person
from tests.town import MORNING

KINDS = ("sqlite", "postgresql")
WAYS = [(one, other) for one in KINDS for other in KINDS]


def quiet(_done: int, _of: int) -> None:
    """Whoever waits sees nothing."""


@pytest.fixture(scope="session")
def registry() -> Registry:
    return Registry.discovered()


class Place:
    """A database that is made, backed up and emptied."""

    def __init__(self, url: str, registry: Registry, emptied: Callable[[], None]) -> None:
        self.url, self.registry, self.emptied = url, registry, emptied

    def fill(self) -> None:
        """Adopt a district with its people, units and what its plugins own."""
        system = open_system(self.url, clock=SetClock(MORNING), registry=self.registry)
        pack, _ = Library(shipped_workflows(), self.registry).pack("haicheng")
        assert pack is not None
        adopt(system, pack, ENGINE)
        system.runner.release()
        system.database.close()

    def held(self) -> dict[str, list[Any]]:
        """All rows by table, but for what SQLite keeps for itself."""
        database = open_database(self.url)
        lines = (*own_lines(), *self.registry.migrations())
        tables = {name: table for line in lines for name, table in line.metadata.tables.items()}
        try:
            with database.connect() as connection:
                there = inspect(connection).get_table_names()
                return {
                    name: sorted(map(repr, connection.execute(select(tables[name])))) for name in there if name in tables
                }
        finally:
            database.close()

    def sound(self) -> bool:
        """Whether every promise holds."""
        system = open_system(self.url, registry=self.registry, new=False)
        try:
            return not verify(context(system, "haicheng")).broken
        finally:
            system.runner.release()
            system.database.close()


Places = Callable[[str], Place]


@pytest.fixture
def places(request: pytest.FixtureRequest, tmp_path: Path, registry: Registry) -> Places:
    """The database of a kind, empty."""

    def sqlite(name: str) -> Place:
        file = tmp_path / name
        return Place(f"sqlite:///{file}", registry, lambda: file.unlink(missing_ok=True))

    def postgresql(url: str) -> Place:
        def emptied() -> None:
            database = open_database(url)
            with database.connect() as connection:
                connection.execute(text("DROP SCHEMA public CASCADE"))
                connection.execute(text("CREATE SCHEMA public"))
            database.close()

        return Place(url, registry, emptied)

    made: dict[str, Place] = {}

    def place(kind: str) -> Place:
        if kind not in made:
            made[kind] = (
                sqlite("rongtong.db") if kind == "sqlite" else postgresql(request.getfixturevalue("bare_postgresql_url"))
            )
        return made[kind]

    return place


@pytest.mark.parametrize(("kind", "other"), WAYS)
def test_what_was_backed_up_is_in_the_database_that_it_was_put_into(
    kind: str, other: str, places: Places, tmp_path: Path, registry: Registry
) -> None:
    source, target, file = places(kind), places(other), tmp_path / "backup.db"
    source.fill()
    held = source.held()
    sealed = back_up(source.url, registry, file, SetClock(MORNING), quiet)
    target.emptied()
    assert restore(target.url, registry, file, quiet) == sealed
    assert target.held() == held
    assert sealed.taken_at == MORNING
    assert target.sound()
    assert {one.name for one in tmp_path.iterdir()} <= {"backup.db", "rongtong.db", "rongtong.db-next", "rongtong.db-turn"}
    assert stat.S_IMODE(file.stat().st_mode) == 0o600 or os.name == "nt"


@pytest.mark.parametrize("kind", KINDS)
def test_a_backup_is_of_one_moment_though_others_go_on_writing(
    kind: str, places: Places, tmp_path: Path, registry: Registry, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(snapshot, "_PAGES", 1)
    source, file = places(kind), tmp_path / "backup.db"
    source.fill()
    held, written = source.held(), []
    beside = open_database(source.url)

    def write(done: int, _of: int) -> None:
        if len(written) < 3:
            written.append(done)
            with beside.connect() as connection:
                connection.execute(update(person).values(name=f"a name of the {len(written)}. time"))

    back_up(source.url, registry, file, SetClock(MORNING), write)
    beside.close()
    assert len(written) == 3
    assert source.held() != held
    source.emptied()
    restore(source.url, registry, file, quiet)
    assert source.held() == held


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("at", [1, 2])
def test_a_backup_that_fails_leaves_no_file(
    kind: str, at: int, places: Places, tmp_path: Path, registry: Registry, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(snapshot, "_PAGES", 1)
    source = places(kind)
    source.fill()
    before = {one.name for one in tmp_path.iterdir()}
    with pytest.raises(ZeroDivisionError):
        back_up(source.url, registry, tmp_path / "backup.db", SetClock(MORNING), failing(at))
    assert {one.name for one in tmp_path.iterdir()} - {"rongtong.db-next", "rongtong.db-turn"} <= before


def failing(at: int) -> Callable[[int, int], None]:
    times = iter(range(at - 1, -1, -1))
    return lambda _done, _of: (1 / next(times), None)[1]


@pytest.fixture
def taken(places: Places, tmp_path: Path, registry: Registry) -> Path:
    """A backup of a SQLite database, which is gone."""
    source, file = places("sqlite"), tmp_path / "backup.db"
    source.fill()
    back_up(source.url, registry, file, SetClock(MORNING), quiet)
    source.emptied()
    return file


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("at", [1, 2])
def test_putting_back_that_fails_leaves_a_database_that_can_be_filled(
    kind: str, at: int, taken: Path, places: Places, registry: Registry, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(snapshot, "_PAGES", 1)
    target = places(kind)
    with pytest.raises(ZeroDivisionError):
        restore(target.url, registry, taken, failing(at))
    assert not any(target.held().values())
    restore(target.url, registry, taken, quiet)
    assert target.sound()


DAMAGE: dict[str, str] = {
    "a changed row": "UPDATE person SET name = name || 'x' WHERE id = (SELECT min(id) FROM person)",
    "a row that is gone": "DELETE FROM journal WHERE seq = 1",
    "a row more": "INSERT INTO district (district_id, key, value) VALUES ('haicheng', 'more', '1')",
    "a table that is gone": "DROP TABLE rota",
    "a table more": "CREATE TABLE more (id TEXT)",
    "a seal that says less": "DELETE FROM rongtong_backup WHERE name = 'person'",
    "a seal that says otherwise": "UPDATE rongtong_backup SET rows = rows + 1 WHERE name = 'person'",
    "a seal that says nothing": "DELETE FROM rongtong_backup",
}


@pytest.mark.parametrize("what", DAMAGE)
@pytest.mark.parametrize("kind", KINDS)
def test_a_backup_that_is_not_what_it_was_is_refused(
    kind: str, what: str, taken: Path, places: Places, registry: Registry
) -> None:
    with closing(sqlite3.connect(taken)) as connection:
        connection.execute("PRAGMA foreign_keys=OFF")
        connection.execute(DAMAGE[what])
        connection.commit()
    _refused(places(kind), registry, taken, "no_backup" if "nothing" in what else "damaged_backup")


def _refused(target: Place, registry: Registry, file: Path, code: str) -> None:
    with pytest.raises(RongtongError) as refused:
        restore(target.url, registry, file, quiet)
    assert refused.value.code == code
    assert not target.url.startswith("sqlite") or not Path(target.url.removeprefix("sqlite:///")).exists()
    database = open_database(target.url)
    assert standing(database) is Standing.EMPTY
    database.close()


@pytest.mark.parametrize("size", [0, 1, 99, 100, 4096, 8192, -4096])
def test_a_backup_that_was_cut_off_is_refused(size: int, taken: Path, places: Places, registry: Registry) -> None:
    held = taken.read_bytes()
    taken.write_bytes(held[:size])
    with pytest.raises(RongtongError) as refused:
        restore(places("sqlite").url, registry, taken, quiet)
    assert refused.value.code in ("damaged_backup", "no_backup")


def test_a_bit_that_turned_is_found_or_changes_nothing(taken: Path, places: Places, registry: Registry) -> None:
    held, target = taken.read_bytes(), places("sqlite")
    restore(target.url, registry, taken, quiet)
    right = target.held()
    found = 0
    for at in range(50, len(held), len(held) // 60):
        target.emptied()
        taken.write_bytes(held[:at] + bytes([held[at] ^ 16]) + held[at + 1 :])
        try:
            restore(target.url, registry, taken, quiet)
        except RongtongError as refused:
            assert refused.code in ("damaged_backup", "no_backup")
            found += 1
        else:
            assert target.held() == right
    assert found > 5


def test_what_is_no_backup_is_refused(places: Places, tmp_path: Path, registry: Registry) -> None:
    words, other = tmp_path / "words.txt", tmp_path / "other.db"
    words.write_text("盘点\n" * 1000, encoding="utf-8")
    with closing(sqlite3.connect(other)) as connection:
        connection.execute("CREATE TABLE other (id TEXT)")
    for file in (words, other):
        places("sqlite").emptied()
        _refused(places("sqlite"), registry, file, "no_backup")


@pytest.mark.parametrize("kind", KINDS)
def test_a_backup_of_a_newer_version_is_refused(
    kind: str, places: Places, tmp_path: Path, registry: Registry
) -> None:
    source, file = places("sqlite"), tmp_path / "backup.db"
    source.fill()
    with closing(sqlite3.connect(source.url.removeprefix("sqlite:///"))) as connection:
        connection.execute("UPDATE alembic_version_engine SET version_num = 'of_next_year'")
        connection.commit()
    back_up(source.url, registry, file, SetClock(MORNING), quiet)
    source.emptied()
    _refused(places(kind), registry, file, "newer_database")


@pytest.mark.parametrize("kind", KINDS)
def test_nothing_is_put_where_something_is(kind: str, taken: Path, places: Places, registry: Registry) -> None:
    target = places(kind)
    target.fill()
    held = target.held()
    with pytest.raises(RongtongError) as refused:
        restore(target.url, registry, taken, quiet)
    assert refused.value.code == "foreign_database"
    assert target.held() == held
    taken.with_name("new.db").write_bytes(b"")
    with pytest.raises(RongtongError, match="stays"):
        back_up(target.url, registry, taken.with_name("new.db"), SetClock(MORNING), quiet)


@pytest.mark.parametrize("kind", KINDS)
def test_what_a_plugin_that_is_away_owns_is_backed_up_as_well(
    kind: str, places: Places, tmp_path: Path, registry: Registry
) -> None:
    source, file = places(kind), tmp_path / "backup.db"
    source.fill()
    held = source.held()
    without = Registry.discovered({"venue_sharing"})
    back_up(source.url, without, file, SetClock(MORNING), quiet)
    source.emptied()
    if kind == "postgresql":
        _refused(source, without, file, "plugin")
    target = places("sqlite")
    restore(target.url, without, file, quiet)
    assert target.held() == held


def test_a_text_that_is_none_is_kept_and_a_server_that_cannot_have_it_stays_empty(
    places: Places, tmp_path: Path, registry: Registry
) -> None:
    source, file = places("sqlite"), tmp_path / "backup.db"
    source.fill()
    with closing(sqlite3.connect(source.url.removeprefix("sqlite:///"))) as connection:
        connection.execute("UPDATE person SET name = CAST(x'ff00' AS TEXT) WHERE id = (SELECT min(id) FROM person)")
        connection.commit()
    back_up(source.url, registry, file, SetClock(MORNING), quiet)
    source.emptied()
    restore(source.url, registry, file, quiet)
    with closing(sqlite3.connect(source.url.removeprefix("sqlite:///"))) as connection:
        connection.text_factory = bytes
        assert connection.execute("SELECT count(*) FROM person WHERE name = CAST(x'ff00' AS TEXT)").fetchone() == (1,)
    target = places("postgresql")
    with pytest.raises(RongtongError) as refused:
        restore(target.url, registry, file, quiet)
    assert refused.value.code == "damaged_backup"
    assert not any(target.held().values())
