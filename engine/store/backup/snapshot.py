"""A SQLite file into another, as it stands at one moment, while others go on reading and writing."""

from __future__ import annotations

import os
from contextlib import closing
from pathlib import Path
from typing import Any

from engine.store.backup.rows import Told
from engine.store.databases import drivers
from engine.store.databases.database import Database
from engine.store.transactions.runner import Runner, Tx

#: So many pages of 4 KB are copied at a time.
_PAGES = 4096


def snapshot(database: Database, to: Path, told: Told) -> None:
    """Copy the SQLite *database* into the file *to*, which nobody but its owner may read."""
    os.close(os.open(to, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
    runner = Runner(database)

    def copy(tx: Tx) -> None:
        connection = tx.connection
        # Once it has read, the transaction holds one state of affairs, and what others write does not begin it anew.
        connection.exec_driver_sql("SELECT count(*) FROM sqlite_master")
        with closing(drivers.sqlite_module().connect(str(to))) as target:
            _copy(connection.connection.dbapi_connection, target, told)

    try:
        runner.run(copy, write=False, long=True)
    finally:
        runner.release()


def replace(database: Database, file: Path, told: Told) -> None:
    """Put what the SQLite *file* holds in place of all that the SQLite *database* holds: all of it or nothing."""
    with closing(drivers.sqlite_module().connect(str(file))) as source, database.connect() as connection:
        _copy(source, connection.connection.dbapi_connection, told)


def _copy(source: Any, target: Any, told: Told) -> None:
    source.backup(target, pages=_PAGES, progress=lambda _state, left, of: told(of - left, of))
