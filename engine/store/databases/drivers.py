"""What is particular about the two drivers: the cursor that every statement passes, connection settings, versions."""

from __future__ import annotations

import importlib
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import ModuleType
from typing import Any, Protocol

from sqlalchemy.exc import DBAPIError

from engine.errors import Busy
from engine.i18n import Text

#: The table that only a database of ours has.
MARK = "alembic_version_engine"
#: The oldest PostgreSQL that is supported, as ``server_version``.
OLDEST_POSTGRESQL = 150000
#: Who ends somebody else's statement waits for its server no longer than so many seconds.
_CANCELLED_WITHIN = 1.0
_TRUNCATE_NOTICE = (
    "SQLite {0} 的 WAL 模式有可能损坏数据，已改用较慢的 TRUNCATE 模式。"
    "请安装 pysqlite3，或把 SQLite 升级到 3.51.3 以上。",
    "SQLite {0} has a bug that can corrupt a WAL database, so the slower TRUNCATE mode is used. "
    "Install pysqlite3 or a SQLite of at least 3.51.3.",
)


class SqlHook(Protocol):
    """Sees every statement on its way to the database and back; what it raises fails the statement."""

    def before(self, sql: str, parameters: Any) -> None:
        """The statement is about to be sent."""
        ...

    def after(self, sql: str, parameters: Any, rows: int) -> None:
        """The statement was done; *rows* is the driver's row count."""
        ...


class Seams:
    """Where tests and torture runs reach in: the hook of all statements and the named fault points."""

    hook: SqlHook | None = None
    points: Callable[[str], None] | None = None

    def reach(self, point: str) -> None:
        """Execution is at the fault point *point*."""
        if self.points is not None:
            self.points(point)


def watched_cursor(base: Any, seams: Seams) -> Any:
    """The driver's cursor class *base* with both execute methods passing the hook."""

    class WatchedCursor(base):  # type: ignore[misc]
        def execute(self, query: Any, *args: Any, **kw: Any) -> Any:
            hook = seams.hook
            if hook is None:
                return base.execute(self, query, *args, **kw)
            parameters = args[0] if args else ()
            hook.before(str(query), parameters)
            answer = base.execute(self, query, *args, **kw)
            hook.after(str(query), parameters, self.rowcount)
            return answer

        def executemany(self, query: Any, rows: Any, *args: Any, **kw: Any) -> Any:
            hook = seams.hook
            if hook is None:
                return base.executemany(self, query, rows, *args, **kw)
            hook.before(str(query), rows)
            answer = base.executemany(self, query, rows, *args, **kw)
            hook.after(str(query), rows, self.rowcount)
            return answer

        def flight(self, statements: Any) -> list[int]:
            if seams.hook is None:
                answer: list[int] = base.flight(self, statements)
                return answer
            return [self.execute(*one).rowcount for one in statements]  # so that each can be seen, and can fail

    return WatchedCursor


def sqlite_module() -> ModuleType:
    """The newest SQLite driver at hand: the pysqlite3 wheel, else the standard library's."""
    try:
        return importlib.import_module("pysqlite3.dbapi2")
    except ImportError:
        return importlib.import_module("sqlite3")


def wal_is_safe(version: tuple[int, int, int]) -> bool:
    """Whether this SQLite is free of the WAL-reset bug (3.7.0 to 3.51.2, fixed in 3.51.3, 3.50.7 and 3.44.6)."""
    if version >= (3, 51, 3) or version < (3, 7, 0):
        return True
    repaired = {(3, 50): 7, (3, 44): 6}.get(version[:2])
    return repaired is not None and version[2] >= repaired


def sqlite_journal(module: ModuleType) -> tuple[str, Text | None]:
    """The journal mode for this driver, and the notice to show when it is not WAL."""
    if wal_is_safe(module.sqlite_version_info):
        return "WAL", None
    zh, en = _TRUNCATE_NOTICE
    return "TRUNCATE", Text(zh.format(module.sqlite_version), en.format(module.sqlite_version))


class Mended(str):
    """What a column of text held that was none, with � for what could not be read."""

    __slots__ = ()


def read_all(cursor: Any, query: str, values: Any) -> list[Any]:
    """All rows of a statement on SQLite, ``Mended`` for whatever is no text in a column of text.

    The driver gives up at such a row. Nobody wrote it through the engine; who reads a case shall have the rest of it.
    """
    with mending(cursor.connection):
        rows: list[Any] = cursor.execute(query, values).fetchall()
        return rows


@contextmanager
def mending(connection: Any) -> Iterator[None]:
    """Whatever is read of a SQLite *connection* meanwhile is ``Mended`` where it is no text in a column of text."""
    connection.text_factory = _as_far_as_it_goes
    try:
        yield
    finally:
        connection.text_factory = str


def is_undecodable(error: Exception) -> bool:
    """Whether a statement failed on SQLite because a column of text holds what is none."""
    said = error.orig if isinstance(error, DBAPIError) else error
    return str(said).startswith("Could not decode to UTF-8")


def _as_far_as_it_goes(held: bytes) -> str:
    try:
        return held.decode()
    except UnicodeDecodeError:
        return Mended(held.decode(errors="replace"))


def prepare_sqlite(raw: Any, journal: str) -> None:
    """Set up a fresh SQLite connection."""
    cursor = raw.cursor()
    # Changing the mode needs the file for itself: look first, so that a busy database can still be opened.
    if cursor.execute("PRAGMA journal_mode").fetchone()[0].upper() != journal and _is_ours(cursor):
        cursor.execute(f"PRAGMA journal_mode={journal}")
    cursor.execute("PRAGMA synchronous=FULL")
    cursor.execute("PRAGMA foreign_keys=ON")
    # What is deleted or replaced goes from the file too; it writes no page more, and no CPU that could be measured.
    cursor.execute("PRAGMA secure_delete=ON")
    # A command dirties a dozen pages, mostly the same ones: copying them back four times as seldom saves CPU.
    cursor.execute("PRAGMA wal_autocheckpoint=4000")
    cursor.close()


def _is_ours(cursor: Any) -> bool:
    """Whether the file may be changed: it is new, or our tables are in it. The mode is kept in the file."""
    names = {name for (name,) in cursor.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    return not names or MARK in names


def prepare_postgresql(raw: Any) -> None:
    """Check a fresh PostgreSQL connection and let it prepare statements only where nothing stands between.

    A pooler in transaction mode hands each transaction to another server process, where a prepared statement is
    unknown. It also invents the process id it reports at connect, and that gives it away.
    """
    if raw.info.server_version < OLDEST_POSTGRESQL:
        raise Busy(
            Text(
                f"PostgreSQL 版本过低（{raw.info.server_version // 10000}）。请使用 15 或更高版本。",
                f"PostgreSQL {raw.info.server_version // 10000} is too old. Use version 15 or newer.",
            ),
            code="database_too_old",
        )
    raw.prepare_threshold = None
    pid = raw.execute("SELECT pg_backend_pid()").fetchone()[0]
    if pid != raw.info.backend_pid:
        return
    # One plan serves every parameter of a statement; planning an inbox anew takes longer than reading it.
    raw.execute("SET plan_cache_mode = force_generic_plan")
    raw.prepare_threshold = 5


def hang_up(raw: Any) -> None:
    """End a PostgreSQL connection that another thread may be in: its server rolls back, and that one gets an error."""
    try:
        if raw.info.transaction_status.name == "ACTIVE":  # in a statement a server does not look who is still there
            raw.cancel_safe(timeout=_CANCELLED_WITHIN)
    finally:
        with socket.fromfd(raw.fileno(), socket.AF_INET, socket.SOCK_STREAM) as copy:  # closing is for its own thread
            copy.shutdown(socket.SHUT_RDWR)
