"""What a database lacks of the tables that the code reads; asked at each start, so it is asked without Alembic."""

from __future__ import annotations

from sqlalchemy import MetaData, inspect

from engine.store.database import Database


def absent(database: Database, metadata: MetaData) -> tuple[str, ...]:
    """What *metadata* has and *database* has not: tables, and of those that are there columns, ``table.column``."""
    with database.connect() as connection:
        found = inspect(connection).get_multi_columns(filter_names=list(metadata.tables))
    there = {name: {column["name"] for column in columns} for (_, name), columns in found.items()}
    gone = [name for name in metadata.tables if name not in there]
    short = [
        f"{table.name}.{column.name}"
        for table in metadata.tables.values() if table.name in there
        for column in table.columns if column.name not in there[table.name]
    ]  # fmt: skip
    return tuple(sorted((*gone, *short)))
