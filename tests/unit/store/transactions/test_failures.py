"""One judge of faults: the database that fails is told from a statement that would fail on any day."""

from __future__ import annotations

import psycopg
import pytest
from sqlalchemy import exc

from engine.errors import Busy
from engine.i18n import both
from engine.store.databases.drivers import sqlite_module
from engine.store.transactions.failures import Duplicate, is_of_database


def wrapped(kind: type[exc.DBAPIError], orig: Exception) -> Exception:
    """What SQLAlchemy makes of a driver's error."""
    fault = kind("SELECT 1", {}, orig)
    fault.__cause__ = orig
    return fault


def hidden(fault: Exception) -> Exception:
    """Another exception in place of *fault*, which is gone but for its context."""
    try:
        try:
            raise fault
        except Exception:
            raise LookupError from None
    except LookupError as instead:
        return instead


sqlite = sqlite_module()


def by_sqlite(kind: type[Exception], code: int) -> Exception:
    fault = kind("said")
    fault.sqlite_errorcode = code  # type: ignore[attr-defined]
    return fault


FAILED = {
    "SQLite is locked": wrapped(exc.OperationalError, by_sqlite(sqlite.OperationalError, 5)),
    "SQLite's file is broken": wrapped(exc.DatabaseError, by_sqlite(sqlite.DatabaseError, 11)),
    "a bare error of the driver": by_sqlite(sqlite.OperationalError, 10),
    "a deadlock": wrapped(exc.OperationalError, psycopg.errors.DeadlockDetected("said")),
    "the server is out of memory": wrapped(exc.OperationalError, psycopg.errors.OutOfMemory("said")),
    "the connection is gone": psycopg.OperationalError("server closed the connection"),
    "no connection came free": exc.TimeoutError(),
    "a row that was there": Duplicate("said"),
    "busy": Busy(both("busy")),
}
WRONG = {
    "a table that SQLite does not know": wrapped(exc.OperationalError, by_sqlite(sqlite.OperationalError, 1)),
    "a value that SQLite's driver does not know": wrapped(exc.InterfaceError, sqlite.InterfaceError("said")),
    "a column that the server does not know": wrapped(exc.ProgrammingError, psycopg.errors.UndefinedColumn("said")),
    "a number that is too large": wrapped(exc.DataError, psycopg.errors.NumericValueOutOfRange("said")),
    "a key that is taken": wrapped(exc.IntegrityError, psycopg.errors.UniqueViolation("said")),
    "a sign that the driver does not send": psycopg.DataError("NUL"),
    "no database at all": ValueError("said"),
}


@pytest.mark.parametrize("made", [lambda fault: fault, hidden], ids=["as it came", "hidden"])
@pytest.mark.parametrize("fault", FAILED.values(), ids=FAILED)
def test_what_fails_for_want_of_a_database_is_its_own(fault: Exception, made: object) -> None:
    assert is_of_database(made(fault))  # type: ignore[operator]


@pytest.mark.parametrize("made", [lambda fault: fault, hidden], ids=["as it came", "hidden"])
@pytest.mark.parametrize("fault", WRONG.values(), ids=WRONG)
def test_what_would_fail_on_any_day_is_whoever_s_wrote_it(fault: Exception, made: object) -> None:
    assert not is_of_database(made(fault))  # type: ignore[operator]
