"""What a deletion leaves behind in the files of a database, and how it goes from there."""

from __future__ import annotations

import logging

from sqlalchemy.exc import DBAPIError

from engine.store.databases.database import Database

_LOG = logging.getLogger("rongtong.store")


def sweep(database: Database) -> None:
    """Write SQLite's file anew, then empty the write-ahead file beside it; a PostgreSQL overwrites in its own time.

    Every connection overwrites what it deletes, but a row that once moved to another page left a copy between the rows
    of the first. Takes about a second for 100 MB, in which nothing else is written; what was not done is logged.
    """
    if database.dialect != "sqlite":
        return
    try:
        with database.connect() as connection:
            connection.exec_driver_sql("VACUUM")
            done = connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)").one()[0] == 0
    except DBAPIError as error:
        done = False
        _LOG.warning("%s", error.orig)
    if not done:
        _LOG.warning("the files of the database may still hold pieces of what was erased; erase once more")
