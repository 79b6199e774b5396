"""SQLite's connection as the runner holds it: whatever goes to the database by its cursor asks it first."""

from __future__ import annotations

from typing import Any
from weakref import WeakSet

import pytest

from engine.store.databases.database import open_database
from engine.store.databases.drivers import sqlite_module
from engine.store.databases.sqlite_connection import USES
from engine.store.transactions.failures import TransactionEnded

#: What of a cursor goes nowhere.
_STAYS = {"close", "setinputsizes", "setoutputsize"}
_ASKED = {
    "execute": ("SELECT 1",), "executemany": ("INSERT INTO t VALUES (?)", [(1,)]), "executescript": ("SELECT 1",),
    "fetchmany": (2,),
}  # fmt: skip


@pytest.fixture
def cursor(sqlite_url: str) -> Any:
    """A cursor in the middle of its rows."""
    file = open_database(sqlite_url)
    with file.connect() as connection:
        found = file.cursor(connection)
        found.execute("CREATE TEMP TABLE t (n)")
        found.execute("SELECT 1 UNION SELECT 2 UNION SELECT 3")
        yield found
    file.close()


def test_every_method_that_goes_to_the_database_is_known() -> None:
    methods = {name for name, one in vars(sqlite_module().Cursor).items() if callable(one) and name[0] != "_"}
    assert {*USES} == methods - _STAYS | {"__next__"}


@pytest.mark.parametrize("name", USES)
def test_nothing_passes_a_connection_that_was_closed_to_its_thread(cursor: Any, name: str) -> None:
    cursor.connection.is_shut = True
    with pytest.raises(TransactionEnded):
        getattr(cursor, name)(*_ASKED.get(name, ()))
    assert not cursor.connection.inside


@pytest.mark.parametrize("name", USES)
def test_nothing_passes_when_the_transaction_that_is_held_has_ended(cursor: Any, name: str) -> None:
    cursor.connection.begun = True
    with pytest.raises(TransactionEnded):
        getattr(cursor, name)(*_ASKED.get(name, ()))


def test_rows_that_are_read_one_by_one_pass_the_guard_each(cursor: Any) -> None:
    rows = iter(cursor)
    assert next(rows) == (1,)
    cursor.connection.is_shut = True
    with pytest.raises(TransactionEnded):
        next(rows)


def test_a_connection_that_was_closed_to_its_thread_gives_no_cursor(cursor: Any) -> None:
    cursor.connection.is_shut = True
    with pytest.raises(TransactionEnded):
        cursor.connection.cursor()
    assert not cursor.connection.inside


def test_a_connection_is_not_ended_while_its_thread_makes_a_cursor(cursor: Any) -> None:
    """To end it is to go through all of them."""
    connection, out = cursor.connection, []

    class Notes(WeakSet[Any]):
        def add(self, item: Any) -> None:
            out.append(connection.shut())
            super().add(item)

    connection.cursors = Notes()
    connection.cursor()
    assert out == [False]
    assert connection.shut()
