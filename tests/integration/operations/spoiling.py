"""Writing into a SQLite file what nobody wrote through the engine."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager
from typing import Any

from sqlalchemy import Table

from engine.store.databases.drivers import sqlite_module
from tests.town import Town

#: What nobody wrote: bytes stand in a column of text as if they were text.
SPOILS = (None, "{}", "卡", 7, '{"half":', b"\xffhalf\xe5")


@contextmanager
def open_to_spoil(town: Town) -> Iterator[Any]:
    """A connection to the file of *town*, to which nothing but keys is sacred."""
    with closing(sqlite_module().connect(town.system.database.url.database)) as connection:
        connection.execute("PRAGMA writable_schema=ON")
        connection.execute("UPDATE sqlite_master SET sql = replace(sql, ' NOT NULL', '') WHERE type = 'table'")
        connection.execute("PRAGMA writable_schema=RESET")
        connection.commit()
        yield connection


def _place(value: Any) -> str:
    return "CAST(? AS TEXT)" if isinstance(value, bytes) else "?"


def spoil(connection: Any, table: Table, row: dict[str, Any], column: str, value: Any) -> bool:
    """Write *value* there; False where the database does not take it."""
    keys = [one.name for one in table.primary_key.columns]
    where = " AND ".join(f"{key} = ?" for key in keys)
    try:
        values = [value, *(row[key] for key in keys)]
        connection.execute(f"UPDATE {table.name} SET {column} = {_place(value)} WHERE {where}", values)
    except sqlite_module().IntegrityError:
        connection.rollback()
        return False
    connection.commit()
    return True


def mend(connection: Any, table: Table, row: dict[str, Any], column: str, value: Any) -> None:
    keys = [one.name for one in table.primary_key.columns]
    found = {**row, column: value}
    where = " AND ".join(f"{key} IS {_place(found[key])}" for key in keys)
    mended = connection.execute(
        f"UPDATE {table.name} SET {column} = ? WHERE {where}", [row[column], *(found[key] for key in keys)]
    )
    assert mended.rowcount == 1
    connection.commit()
