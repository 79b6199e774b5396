"""The raw work: the rows of one W1 written by hand on the bare driver, one connection, two commits of three rows."""

from __future__ import annotations

import json
import re
import subprocess
import tempfile
import time
from pathlib import Path
from typing import Any

from engine.clock import SystemClock
from engine.ids import RandomIds
from engine.store.databases import drivers

FORM = json.dumps(
    {"title": "Summer concert", "people": 120, "from": "2026-07-01T18:00", "to": "2026-07-01T23:00", "venue": "hall-2",
     "contact": "ann@example.org", "phone": "+421900123456", "catering": True, "budget": 1500, "note": "x" * 40}
)  # fmt: skip
_TABLES = (
    "DROP TABLE IF EXISTS raw_instance",
    "DROP TABLE IF EXISTS raw_task",
    "DROP TABLE IF EXISTS raw_history",
    "CREATE TABLE raw_instance (id VARCHAR(36) PRIMARY KEY, status VARCHAR(16) NOT NULL, data TEXT NOT NULL)",
    "CREATE TABLE raw_task (id VARCHAR(36) PRIMARY KEY, instance_id VARCHAR(36) NOT NULL, role VARCHAR(32) NOT NULL,"
    " status VARCHAR(16) NOT NULL, outcome VARCHAR(32), created DOUBLE PRECISION NOT NULL)",
    "CREATE INDEX raw_task_inbox ON raw_task (role, created) WHERE status = 'open'",
    "CREATE TABLE raw_history (id {serial}, instance_id VARCHAR(36) NOT NULL, kind VARCHAR(32) NOT NULL,"
    " data TEXT NOT NULL, at DOUBLE PRECISION NOT NULL)",
    "CREATE INDEX raw_history_instance ON raw_history (instance_id)",
)
_START = (
    "INSERT INTO raw_instance (id, status, data) VALUES (?, 'open', ?)",
    "INSERT INTO raw_task (id, instance_id, role, status, created) VALUES (?, ?, 'manager', 'open', ?)",
    "INSERT INTO raw_history (instance_id, kind, data, at) VALUES (?, 'started', ?, ?)",
)
# "<> 'done'" and not "= 'open'": a plan that PostgreSQL made while the table was empty would walk the partial index.
_DONE = (
    "UPDATE raw_task SET status = 'done', outcome = ? WHERE id = ? AND status <> 'done'",
    "UPDATE raw_instance SET status = 'ended', data = ? WHERE id = ?",
    "INSERT INTO raw_history (instance_id, kind, data, at) VALUES (?, 'completed', ?, ?)",
)


def sqlite(file: str) -> Any:
    """A bare connection to a SQLite file, with the journal and the durability that the engine uses."""
    module = drivers.sqlite_module()
    connection = module.connect(file, isolation_level=None, timeout=60)
    connection.execute(f"PRAGMA journal_mode={drivers.sqlite_journal(module)[0]}")
    connection.execute("PRAGMA synchronous=FULL")
    return connection


def postgresql(url: str) -> Any:
    """A bare connection to PostgreSQL that prepares every statement."""
    import psycopg

    return psycopg.connect(url, autocommit=True, prepare_threshold=1)


#: The same for pgbench: a client of its own counts its cases, so that ids are ordered by time.
_SCRIPT = r"""
\set n :n + 1
\set id :client_id * 1000000000000 + :seed + :n
BEGIN;
INSERT INTO raw_instance (id, status, data) VALUES (:id, 'open', :form);
INSERT INTO raw_task (id, instance_id, role, status, created) VALUES (:id, :id, 'manager', 'open', :n);
INSERT INTO raw_history (instance_id, kind, data, at) VALUES (:id, 'started', :form, :n);
COMMIT;
BEGIN;
UPDATE raw_task SET status = 'done', outcome = 'approved' WHERE id = :id AND status <> 'done';
UPDATE raw_instance SET status = 'ended', data = :form WHERE id = :id;
INSERT INTO raw_history (instance_id, kind, data, at) VALUES (:id, 'completed', :form, :n);
COMMIT;
"""


def pgbench(url: str, clients: int, seconds: int) -> float:
    """How many L a second so many clients of pgbench do at *url*, where ``Raw`` has made the tables."""
    with tempfile.TemporaryDirectory() as folder:
        script = Path(folder, "pair.sql")
        script.write_text(_SCRIPT)
        first = time.time_ns() // 10**7 % 10**9 * 1000  # no run takes the ids of another
        given = [word for one in ("n=0", f"seed={first}", f"form={FORM}") for word in ("-D", one)]
        command = ["pgbench", "-n", "-M", "prepared", "-c", str(clients), "-j", "2", "-T", str(seconds), "-f", script,
                   *given, url]  # fmt: skip
        said = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    found = re.search(r"tps = ([0-9.]+)", said)
    if found is None:
        raise RuntimeError(said)
    return float(found[1])


class Raw:
    """The smallest possible W1 on a bare connection: ``pair`` is one of them, committed twice."""

    def __init__(self, connection: Any, *, serial: str, mark: str, begin: str) -> None:
        self._execute = connection.cursor().execute
        self._ids = RandomIds(SystemClock())
        self._begin = begin
        self._start, self._done = ([s.replace("?", mark) for s in several] for several in (_START, _DONE))
        for statement in _TABLES:
            self._execute(statement.format(serial=serial))

    @classmethod
    def on(cls, url: str) -> Raw:
        """The raw work on the database at *url*."""
        if url.startswith("sqlite:///"):
            connection = sqlite(url.removeprefix("sqlite:///"))
            return cls(connection, serial="INTEGER PRIMARY KEY", mark="?", begin="BEGIN IMMEDIATE")
        return cls(postgresql(url), serial="BIGSERIAL PRIMARY KEY", mark="%s", begin="BEGIN")

    def pair(self) -> None:
        """Start one instance, commit, complete its task, commit."""
        instance, task, now = self._ids.new(), self._ids.new(), time.time()
        self._commit(self._start, [(instance, FORM), (task, instance, now), (instance, FORM, now)])
        self._commit(self._done, [("approved", task), (FORM, instance), (instance, '{"outcome":"approved"}', now)])

    def _commit(self, statements: list[str], rows: list[tuple[Any, ...]]) -> None:
        self._execute(self._begin)
        for statement, row in zip(statements, rows, strict=True):
            self._execute(statement, row)
        self._execute("COMMIT")
