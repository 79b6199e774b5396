"""The town with a case of every kind of field, on each database, and a way to read all of it as anybody."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from engine.store.databases.database import Database, open_database
from tests.integration.readers.aid import build_aid
from tests.town import Town


@pytest.fixture
def town(db: Database) -> Iterator[Town]:
    """The town, once per kind of database."""
    made = build_aid(db)
    yield made
    made.system.runner.release()


@pytest.fixture
def lone_town(sqlite_url: str) -> Iterator[Town]:
    """The town on SQLite alone, for what does not depend on the kind of database."""
    database = open_database(sqlite_url)
    made = build_aid(database)
    yield made
    made.system.runner.release()
    database.close()
