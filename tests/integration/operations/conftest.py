"""The small town on each database, and what its tests look at."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from engine.store.databases.database import Database, open_database
from tests.town import Town, build


@pytest.fixture
def town(db: Database) -> Iterator[Town]:
    """The town, once per kind of database."""
    made = build(db)
    yield made
    db.hook = None
    made.system.runner.release()


@pytest.fixture
def lone_town(sqlite_url: str) -> Iterator[Town]:
    """The town on SQLite alone, for what does not depend on the kind of database."""
    database = open_database(sqlite_url)
    made = build(database)
    yield made
    database.hook = None
    made.system.runner.release()
    database.close()
