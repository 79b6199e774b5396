"""Where torture happens: a database that is put aside and brought back, on a file or on a server."""

from __future__ import annotations

import shutil
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

import psycopg
from psycopg.sql import SQL, Identifier
from sqlalchemy.engine import make_url

from engine.store.databases.drivers import sqlite_module

#: Rows by table, the columns' names first.
Raw = dict[str, list[tuple[Any, ...]]]


class Ground(Protocol):
    """A database to torture. ``fault`` is what its driver says when a statement fails."""

    url: str

    def keep(self, name: str) -> Any:
        """Put aside what it holds, under *name*."""
        ...

    def restore(self, kept: Any) -> None:
        """Hold again what was put aside."""
        ...

    def raw(self) -> Raw:
        """Every row of every table."""
        ...

    def fault(self, at: int, sql: str) -> Exception:
        """What the statement with number *at* fails with."""
        ...


@dataclass
class File:
    """A SQLite file; what is put aside is a copy."""

    folder: Path
    url: str = field(init=False)

    def __post_init__(self) -> None:
        self.path = self.folder / "place.db"
        self.url = f"sqlite:///{self.path}"

    def keep(self, name: str) -> Path:
        file = self.folder / f"{name}.db"
        shutil.copy(self.path, file)
        return file

    def restore(self, kept: Path) -> None:
        shutil.copy(kept, self.path)

    def raw(self) -> Raw:
        with closing(sqlite_module().connect(self.path)) as connection:
            tables = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name").fetchall()
            found = {}
            for (name,) in tables:
                cursor = connection.execute(f'SELECT * FROM "{name}"')
                found[name] = [tuple(column[0] for column in cursor.description), *cursor.fetchall()]
            return found

    def fault(self, at: int, sql: str) -> Exception:
        said = ("disk I/O error", "database is locked", "database or disk is full")
        error: Exception = sqlite_module().OperationalError(said[at % len(said)])
        return error


#: What a server says in the middle of its work; at COMMIT it only falls silent.
_STATES = (
    psycopg.errors.SerializationFailure, psycopg.errors.DeadlockDetected, psycopg.errors.AdminShutdown,
    psycopg.errors.ConnectionFailure, psycopg.errors.LockNotAvailable, psycopg.errors.DiskFull,
)  # fmt: skip


@dataclass
class Server:
    """A database of a PostgreSQL server; what is put aside are its rows."""

    url: str

    def keep(self, name: str) -> Raw:
        return self.raw()

    def restore(self, kept: Raw) -> None:
        now = self.raw()
        with self._connect() as connection:
            connection.execute("SET session_replication_role = replica")  # rows come in any order
            for name, rows in kept.items():
                if rows != now[name]:
                    connection.execute(SQL("DELETE FROM {}").format(Identifier(name)))
                    with connection.cursor() as cursor, cursor.copy(
                        SQL("COPY {} FROM STDIN").format(Identifier(name))
                    ) as copy:  # fmt: skip
                        for row in rows[1:]:
                            copy.write_row(row)

    def raw(self) -> Raw:
        with self._connect() as connection:
            named = "SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY tablename"
            found = {}
            for (name,) in connection.execute(named).fetchall():
                cursor = connection.execute(SQL("SELECT * FROM {}").format(Identifier(name)))
                columns = tuple(column.name for column in cursor.description or ())
                found[name] = [columns, *sorted(cursor.fetchall(), key=repr)]
            return found

    def fault(self, at: int, sql: str) -> Exception:
        if sql == "COMMIT":
            return psycopg.OperationalError("server closed the connection unexpectedly")
        return _STATES[at % len(_STATES)]("told to")

    def _connect(self) -> Any:
        return psycopg.connect(make_url(self.url).set(drivername="postgresql").render_as_string(hide_password=False))
