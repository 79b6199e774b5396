"""A database in trouble, for tests: no room on the disk, somebody else who holds it, a server that says no."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import event, text
from sqlalchemy.engine import make_url

from engine.store.databases.database import Database, open_database
from engine.store.databases.drivers import sqlite_module
from engine.store.transactions import line


@contextmanager
def full(database: Database) -> Iterator[None]:
    """There is no room for one page more in the SQLite file."""

    def no_room(raw: Any, *_: Any) -> None:
        cursor = raw.cursor()
        cursor.execute(f"PRAGMA max_page_count = {cursor.execute('PRAGMA page_count').fetchone()[0]}")
        cursor.close()

    def room(raw: Any, *_: Any) -> None:
        raw.cursor().execute("PRAGMA max_page_count = 1073741823")

    event.listen(database.engine, "checkout", no_room)
    try:
        yield
    finally:
        event.remove(database.engine, "checkout", no_room)
        event.listen(database.engine, "checkout", room)


@contextmanager
def locked(database: Database) -> Iterator[None]:
    """Another process writes to the SQLite file and does not end."""
    other = sqlite_module().connect(make_url(database.url).database, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    try:
        yield
    finally:
        other.execute("ROLLBACK")
        other.close()


@contextmanager
def held(database: Database, limit: str) -> Iterator[None]:
    """Another session holds the tables of a PostgreSQL; *limit* is the timeout after which we give up.

    It is for the connections that are opened from now on.
    """
    kept = line._BEGIN["direct"]
    line._BEGIN["direct"] = (kept[0], f"{kept[1]}; SET LOCAL {limit} = '100ms'")
    other = open_database(database.url.render_as_string(hide_password=False))
    try:
        with other.connect() as connection:
            connection.execute(text("BEGIN"))
            connection.execute(text("LOCK TABLE cases, stream, notice, account, job, checkpoint IN SHARE MODE"))
            yield
            connection.execute(text("ROLLBACK"))
    finally:
        other.close()
        line._BEGIN["direct"] = kept
