"""Compares the tables that migrations made with those that the code says."""

from __future__ import annotations

from collections.abc import Iterable

from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext

from engine.store.databases.database import Database
from engine.store.schema.migrate import Line


def differences(database: Database, lines: Iterable[Line]) -> list[str]:
    """What would still have to be changed for *database* to have the tables of *lines*, each with its place."""
    found: list[str] = []
    with database.connect() as connection:
        for line in lines:
            known = line.metadata.tables
            context = MigrationContext.configure(
                connection,
                opts={
                    "compare_type": True,
                    "include_name": lambda name, kind, _, known=known: kind != "table" or name in known,
                },
            )
            found += [repr(one) for one in compare_metadata(context, line.metadata)]
    return found
