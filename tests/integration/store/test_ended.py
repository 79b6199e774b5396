"""A connection to SQLite that is ended lets go of its locks at once, whatever statements are unfinished on it."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import Connection, text

from engine.store.databases.database import Database, open_database

ROWS = text("WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT i FROM n")


@pytest.fixture
def database(sqlite_url: str) -> Iterator[Database]:
    """A file for which nobody waits."""
    made = open_database(sqlite_url, busy_timeout=0.01)
    yield made
    made.close()


@pytest.fixture(autouse=True)
def nothing_is_collected() -> Iterator[None]:
    """A connection that is kept by a circle lasts until somebody collects it."""
    gc.disable()
    yield
    gc.enable()


def _writing(database: Database) -> tuple[Connection, Any, Any]:
    """A connection with a transaction that wrote, the driver's, and a query of which one row was fetched."""
    connection = database.connect()
    raw: Any = connection.connection.dbapi_connection
    raw.cursor().execute("BEGIN IMMEDIATE")
    connection.execute(text("INSERT INTO district (district_id, key, value) VALUES ('d', 'k', 'v')"))
    found = connection.execute(ROWS.execution_options(stream_results=True))
    found.fetchone()
    return connection, raw, found


def _free(database: Database) -> bool:
    with database.connect() as other:
        cursor: Any = other.connection.dbapi_connection.cursor()  # type: ignore[union-attr]
        cursor.execute("BEGIN IMMEDIATE")
        cursor.execute("ROLLBACK")
        return other.execute(text("SELECT count(*) FROM district")).scalar() == 0


@pytest.mark.parametrize("stopped", [False, True], ids=["unfinished", "unfinished and stopped"])
def test_what_is_ended_locks_nothing_any_more(database: Database, stopped: bool) -> None:
    connection, raw, found = _writing(database)
    circle: list[Any] = [found]
    circle.append(circle)
    if stopped:
        raw.interrupt()
    raw.end()
    assert not raw.in_transaction
    assert _free(database)
    connection.invalidate()
    connection.close()


def test_what_somebody_has_closed_is_ended_already(database: Database) -> None:
    connection, raw, _ = _writing(database)
    raw.close()
    raw.end()
    connection.invalidate()
    connection.close()
    assert _free(database)


@pytest.mark.parametrize("stopped", [False, True], ids=["unfinished", "unfinished and stopped"])
def test_a_connection_that_is_given_up_in_the_middle_of_a_query_locks_nothing_any_more(
    database: Database, stopped: bool
) -> None:
    connection, raw, found = _writing(database)
    circle: list[Any] = [found]
    circle.append(circle)
    if stopped:
        raw.interrupt()
    connection.invalidate(KeyboardInterrupt())
    del connection, raw, found, circle
    assert _free(database)
