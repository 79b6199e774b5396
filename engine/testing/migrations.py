"""Whether a plugin's migrations make the tables that its code says."""

from __future__ import annotations

from pathlib import Path

from engine.extend.registry import Registry
from engine.store.databases.database import open_database
from engine.store.schema.comparing import differences
from engine.store.schema.migrate import upgrade


def migration_faults(registry: Registry, folder: Path) -> list[str]:
    """What the migrations of the plugins in *registry* make other than their tables say; run on a new file in *folder*.

    ``Trial`` makes tables from the code, so without this a test of a plugin never sees its migrations.
    """
    database = open_database(f"sqlite:///{folder / 'migrated.db'}")
    try:
        upgrade(database, registry.migrations())
        return differences(database, registry.migrations())
    finally:
        database.close()
