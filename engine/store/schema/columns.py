"""How a table of the engine is written: the district first in every key, few types, one naming of constraints.

Ids are UUIDv7 text made by the application, moments are BIGINT microseconds, JSON is TEXT.
"""

from __future__ import annotations

from typing import Any, Final

from sqlalchemy import (
    BigInteger,
    Column,
    ForeignKeyConstraint,
    Index,
    MetaData,
    PrimaryKeyConstraint,
    Table,
    Text,
    text,
)

#: The end of what has no end, and the ``needed_by`` of a task that nothing hurries, so that it sorts last.
NEVER: Final = 9_000_000_000_000_000_000
metadata = MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    }
)


def words(name: str, *, null: bool = False) -> Column[str]:
    """A column of text."""
    return Column(name, Text, nullable=null)


def number(name: str, *, null: bool = False) -> Column[int]:
    """A column of whole numbers."""
    return Column(name, BigInteger, nullable=null)


#: A column of moments, in microseconds.
moment = number


def district_table(name: str, key: str, *parts: Any, rowid: bool = False) -> Table:
    """A table whose primary key is the district and the columns named in *key*.

    SQLite keeps the rows in the key itself, where one of over a quarter of a page takes a page more for the rest of
    it; with *rowid* beside it, for long rows.
    """
    primary = PrimaryKeyConstraint("district_id", *key.split())
    return Table(name, metadata, words("district_id"), *parts, primary, sqlite_with_rowid=rowid)


def refers(column: str, table: str, key: str = "id") -> ForeignKeyConstraint:
    """*column* names a row of *table* in the same district."""
    return ForeignKeyConstraint(["district_id", column], [f"{table}.district_id", f"{table}.{key}"])


def index(name: str, columns: str, *, unique: bool = False, where: str = "") -> Index:
    """An index on the district and *columns*; with *where* only on the rows that satisfy that condition."""
    only = text(where) if where else None
    return Index(name, "district_id", *columns.split(), unique=unique, sqlite_where=only, postgresql_where=only)
