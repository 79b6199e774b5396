"""Opening a database: which driver, which journal, what is refused, when statements may be prepared."""

from __future__ import annotations

import os
import sqlite3
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from engine.clock import HOUR, MINUTE, SetClock, SystemClock
from engine.errors import Busy, RongtongError
from engine.store.databases import drivers
from engine.store.databases.database import Database, open_database
from engine.store.databases.database_clock import DatabaseClock
from engine.store.databases.sql import Statement, constant
from engine.store.transactions.failures import Failure, chain, classify
from engine.store.transactions.runner import Runner


@pytest.mark.parametrize(
    ("version", "safe"),
    [
        ((3, 6, 23), True), ((3, 7, 0), False), ((3, 40, 1), False), ((3, 44, 5), False), ((3, 44, 6), True),
        ((3, 45, 9), False), ((3, 50, 6), False), ((3, 50, 7), True), ((3, 51, 2), False), ((3, 51, 3), True),
        ((3, 53, 4), True),
    ],
)  # fmt: skip
def test_the_wal_bug_is_known_by_version(version: tuple[int, int, int], safe: bool) -> None:
    assert drivers.wal_is_safe(version) is safe


def pragma(database: Database, name: str) -> Any:
    """The value of a SQLite setting on a connection."""
    with database.connect() as connection:
        return connection.execute(text(f"PRAGMA {name}")).scalar_one()


def test_a_sqlite_file_is_durable_and_keeps_its_references(sqlite_url: str) -> None:
    database = open_database(sqlite_url)
    safe = drivers.wal_is_safe(drivers.sqlite_module().sqlite_version_info)
    assert pragma(database, "journal_mode") == ("wal" if safe else "truncate")
    assert [pragma(database, name) for name in ("synchronous", "foreign_keys", "busy_timeout")] == [2, 1, 5000]
    database.close()


def test_an_affected_sqlite_runs_without_wal_and_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(drivers, "sqlite_module", lambda: sqlite3)
    monkeypatch.setattr(drivers, "wal_is_safe", lambda version: False)
    database = open_database(f"sqlite:///{tmp_path / 'a.db'}")
    assert pragma(database, "journal_mode") == "truncate"
    assert sqlite3.sqlite_version in database.notices[0].zh
    runner = Runner(database)
    assert runner.run(lambda tx: tx.connection.execute(text("CREATE TABLE t (a)")).rowcount) is not None
    runner.release()
    database.close()


def test_the_newest_driver_at_hand_is_taken() -> None:
    assert drivers.sqlite_module().sqlite_version_info >= sqlite3.sqlite_version_info


@pytest.mark.parametrize("url", ["", "x", "sqlite://", "sqlite:///:memory:", "mysql://u:secret@h/d", "sqlite:///"])
def test_what_names_no_database_is_refused_without_its_password(url: str) -> None:
    with pytest.raises(RongtongError) as caught:
        open_database(url)
    assert caught.value.code == "database_url"
    assert "secret" not in caught.value.text.zh


def test_no_folder_is_made_for_a_file_since_its_name_may_be_misspelt(tmp_path: Path) -> None:
    with pytest.raises(RongtongError, match="There is no folder"):
        open_database(f"sqlite:///{tmp_path / 'new' / 'deep' / 'a.db'}")
    assert list(tmp_path.iterdir()) == []


class Raw:
    """A PostgreSQL connection as far as its preparation looks at it."""

    prepare_threshold: int | None = 99

    def __init__(self, version: int, reported_pid: int) -> None:
        self.info = SimpleNamespace(server_version=version, backend_pid=reported_pid)

    def execute(self, sql: str) -> Any:
        assert self.prepare_threshold is None
        return SimpleNamespace(fetchone=lambda: (41,))


@pytest.mark.parametrize(("reported", "threshold"), [(41, 5), (7, None)])
def test_statements_are_prepared_only_where_no_pooler_stands_between(reported: int, threshold: int | None) -> None:
    raw = Raw(150000, reported)
    drivers.prepare_postgresql(raw)
    assert raw.prepare_threshold == threshold


def test_an_old_postgresql_is_refused() -> None:
    with pytest.raises(Busy, match="too old"):
        drivers.prepare_postgresql(Raw(140009, 41))


def test_a_direct_postgresql_prepares_statements(postgresql_url: str) -> None:
    database = open_database(postgresql_url)
    with database.connect() as connection:
        assert connection.connection.dbapi_connection.prepare_threshold == 5  # type: ignore[union-attr]
    database.close()


class State(Exception):
    """An error of PostgreSQL, by its SQLSTATE."""

    def __init__(self, sqlstate: str) -> None:
        super().__init__(sqlstate)
        self.sqlstate = sqlstate


@pytest.mark.parametrize(
    ("state", "kind"),
    [
        ("40001", Failure.RACE), ("40P01", Failure.RACE), ("55P03", Failure.LOCKED), ("57014", Failure.LONG), ("25P04", Failure.LONG), ("25P03", Failure.LONG),
        ("53100", Failure.FULL), ("57P01", Failure.LOST), ("08006", Failure.LOST), ("42601", Failure.OTHER),
    ],
)  # fmt: skip
def test_postgresql_says_what_went_wrong_by_its_state(state: str, kind: Failure) -> None:
    assert classify(State(state)) is kind
    wrapped = RuntimeError()
    wrapped.__cause__ = State(state)
    assert classify(wrapped) is kind
    assert len(list(chain(wrapped))) == 2


def test_a_constant_is_a_word_and_never_input() -> None:
    assert "'open'" in str(constant("open"))
    with pytest.raises(ValueError, match="drop"):
        constant("x'; drop table t; --")


def test_a_statement_is_compiled_once_for_each_dialect() -> None:
    statement = Statement(text("SELECT 1"))
    assert statement.on("sqlite") is statement.on("sqlite")
    assert statement.on("sqlite") is not statement.on("postgresql")


def test_machines_keep_the_databases_time(postgresql_url: str) -> None:
    database = open_database(postgresql_url)
    ahead = SetClock(SystemClock().wall() + 7 * HOUR)
    clock = DatabaseClock(ahead, database)
    runner = Runner(database)
    runner.run(lambda tx: None)
    assert abs(database.offset) < MINUTE  # the server stands on this machine
    database.offset = -7 * HOUR
    assert (clock.now(), clock.wall()) == (ahead.at - 7 * HOUR, ahead.at - 7 * HOUR)
    runner.run(lambda tx: None)
    assert database.offset == -7 * HOUR  # not measured again within the minute
    database.measured_at = -MINUTE
    runner.run(lambda tx: None, write=False)
    assert abs(database.offset) < MINUTE
    runner.release()
    database.close()


@pytest.mark.skipif(os.name == "nt", reason="modes are another matter there")
def test_a_new_file_and_those_beside_it_are_for_its_owner_alone(tmp_path: Path) -> None:
    path = tmp_path / "new" / "rongtong.db"
    path.parent.mkdir()
    database = open_database(f"sqlite:///{path}")
    with database.connect() as connection:
        connection.exec_driver_sql("CREATE TABLE t (x)")
        connection.exec_driver_sql("INSERT INTO t VALUES (1)")
        modes = {file.name: file.stat().st_mode & 0o777 for file in path.parent.iterdir()}
    database.close()
    assert modes
    assert set(modes.values()) == {0o600}, modes


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://rong:qua@trin/qua:trin@db.example/rong", "postgresql://rong:qua@trin@127.0.0.1/rong",
        "postgresql://rong:qua?trin@trin@h/rong?sslmode=require", "postgres://rong:qua@@h/rong", "mysql://rong:qua@trin@h/x",
    ],
)  # fmt: skip
def test_no_part_of_a_password_that_was_not_written_out_is_told(url: str, caplog: pytest.LogCaptureFixture) -> None:
    with pytest.raises(RongtongError) as refusal:
        open_database(url)
    told = f"{refusal.value.text} {refusal.value!r} {refusal.value.__cause__} {caplog.text}"
    assert not any(part in told for part in ("qua", "trin", "rong:"))
    assert "%40" in told


def test_a_file_may_have_any_sign_in_its_path(tmp_path: Path) -> None:
    open_database(f"sqlite:///{tmp_path / 'a@b@c.db'}").close()
    assert (tmp_path / "a@b@c.db").is_file()


def test_what_was_typed_is_in_no_trace_of_a_statement_that_failed(db: Database) -> None:
    with db.connect() as connection, pytest.raises(DBAPIError) as fault:
        connection.execute(text("INSERT INTO no_such_table VALUES (:typed)"), {"typed": "110101199001011234"})
    assert "no_such_table" in str(fault.value)
    assert "110101199001011234" not in str(fault.value)
