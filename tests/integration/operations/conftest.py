"""The small town on each database, and what its tests look at."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from engine.store.database import Database
from tests.town import Town, build


@pytest.fixture
def town(db: Database) -> Iterator[Town]:
    """The town, once per kind of database."""
    made = build(db)
    yield made
    db.hook = None
    made.system.runner.release()
