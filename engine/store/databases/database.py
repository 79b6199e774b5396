"""The only place that opens a database: one engine per URL, on SQLite or PostgreSQL, with the same promises."""

from __future__ import annotations

import errno
import importlib
import os
from contextlib import suppress
from pathlib import Path
from typing import Any, ClassVar, Literal
from weakref import WeakSet

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import URL, ExceptionContext, make_url
from sqlalchemy.exc import ArgumentError

from engine.clock import Micros
from engine.errors import RongtongError
from engine.i18n import Text
from engine.store.databases import drivers, sqlite_connection
from engine.store.databases.drivers import Seams, SqlHook
from engine.store.databases.forks import ForkAware
from engine.store.transactions.control import transaction_control

__all__ = ["Database", "DialectName", "SqlHook", "open_database"]

DialectName = Literal["sqlite", "postgresql"]
#: How long a statement waits for another process that holds the SQLite file, in seconds.
BUSY_TIMEOUT = 5.0
#: Connections beside those of the runner's shelf: the one that writes to a SQLite file, and what tools open.
_BESIDE = 4


class Database(Seams, ForkAware):
    """An open database: its engine, its dialect, what the operator should know, and the seams of the tests.

    ``offset`` is how far a PostgreSQL's clock is ahead of this machine's, as ``moments`` measured it last, at the
    steady time ``measured_at``, when the machine's clock was that ``difference`` from it.
    ``connections`` is how many a runner lends at a time, ``busy_timeout`` how many seconds a writer of a SQLite file
    waits for other processes.
    Connections are in autocommit mode; only ``transaction.Runner`` begins and ends transactions.
    """

    #: SQLite files that the parent had open when this process was forked off.
    _inherited: ClassVar[set[str]] = set()

    def __init__(self, url: URL, *, connections: int, busy_timeout: float) -> None:
        super().__init__()
        self.url = url
        self.connections, self.busy_timeout = connections, busy_timeout
        self.notices: tuple[Text, ...] = ()
        self.offset: Micros = 0
        self.measured_at: Micros = 0
        self.difference: Micros = 0
        self.dialect: DialectName = "sqlite" if url.get_backend_name() == "sqlite" else "postgresql"
        pool = {
            "hide_parameters": True,  # what people typed is nothing for a log
            "isolation_level": "AUTOCOMMIT", "skip_autocommit_rollback": True,
            "pool_size": connections, "max_overflow": _BESIDE,
        }  # fmt: skip
        if self.dialect == "sqlite":
            self.engine = self._sqlite(url, busy_timeout, pool)
        else:
            self.engine = self._postgresql(url, pool)
        self._opened: WeakSet[Any] = WeakSet()
        event.listen(self.engine, "connect", lambda raw, _: self._opened.add(raw))
        event.listen(self.engine, "close", lambda raw, _: self._opened.discard(raw))
        event.listen(self.engine, "commit", _only_the_runner_commits)
        event.listen(self.engine, "before_cursor_execute", _look)  # a plugin's fence names the plugin
        event.listen(self.engine, "before_cursor_execute", _only_the_runner_ends)
        event.listen(self.engine, "handle_error", _tell_failure)

    def _sqlite(self, url: URL, busy_timeout: float, pool: dict[str, Any]) -> Engine:
        module = drivers.sqlite_module()
        journal, notice = drivers.sqlite_journal(module)
        self.notices = (notice,) if notice else ()
        engine = create_engine(
            url,
            module=module,
            connect_args={
                "factory": sqlite_connection.sqlite_factory(module, self),
                "timeout": busy_timeout,
                "check_same_thread": False,
                "cached_statements": 512,
            },
            **pool,
        )

        @event.listens_for(engine, "do_connect")
        def look(*_how: Any) -> None:
            if self._file in self._inherited:
                raise _forked()

        @event.listens_for(engine, "connect")
        def prepare(raw: Any, _record: Any) -> None:
            drivers.prepare_sqlite(raw, journal)

        @event.listens_for(engine, "invalidate")
        def end(raw: Any, _record: Any, _error: BaseException | None) -> None:
            raw.end()  # it is about to be closed, maybe with a statement unfinished

        return engine

    def _postgresql(self, url: URL, pool: dict[str, Any]) -> Engine:
        psycopg = _driver()
        from engine.store.databases import direct  # it needs the driver

        cursor = drivers.watched_cursor(psycopg.Cursor, self)
        self._cursor = drivers.watched_cursor(direct.DirectCursor, self)
        connect_args = {"cursor_factory": cursor, "prepare_threshold": None, "connect_timeout": 10}
        engine = create_engine(
            url.set(drivername="postgresql+psycopg"), connect_args=connect_args, pool_timeout=10, **pool
        )

        @event.listens_for(engine, "connect")
        def prepare(raw: Any, _record: Any) -> None:
            drivers.prepare_postgresql(raw)

        return engine

    def connect(self) -> Connection:
        """A Core connection in autocommit mode, for migrations and tools; commands go through the runner."""
        return self.engine.connect()

    def cursor(self, connection: Connection) -> Any:
        """The one cursor on *connection* for statements whose parameters stand in line."""
        raw: Any = connection.connection.dbapi_connection
        if "cursor" not in connection.info:
            connection.info["cursor"] = raw.cursor() if self.dialect == "sqlite" else self._cursor(raw)
        return connection.info["cursor"]

    def close(self) -> None:
        """Close every pooled connection."""
        self.engine.dispose()

    def forked(self) -> None:
        """Leave what is open to the parent. Of a SQLite file nothing can be opened then.

        SQLite takes the locks of the parent for this process's own: it would wait for them for ever, or write without.
        """
        if self._opened:
            self._parents.append(self.engine.pool)
            self._opened = WeakSet()
            self.engine.dispose(close=False)
            if self.dialect == "sqlite":
                self._inherited.add(self._file)

    @property
    def _file(self) -> str:
        return str(Path(self.url.database or "").resolve())


def _only_the_runner_commits(connection: Connection) -> None:
    if connection.get_execution_options().get("in_runner"):
        raise RuntimeError("only the transaction runner commits; an action must not")


def _only_the_runner_ends(connection: Connection, _cursor: Any, sql: str, *_more: Any) -> None:
    if connection.get_execution_options().get("in_runner") and (word := transaction_control(sql)):
        raise RuntimeError(f"only the transaction runner begins and ends transactions; an action must not send {word}")


def _look(_connection: Connection, _cursor: Any, sql: str, given: Any, context: Any, _many: bool) -> None:
    """Show a statement and its rows of parameters, as they are about to be sent, to whoever asked to look at them."""
    look = context.execution_options.get("look") if context is not None else None
    if look is not None:
        look(sql, given if isinstance(given, list) else (given,))  # SQLAlchemy may put many rows into one


def _tell_failure(context: ExceptionContext) -> None:
    """Tell whoever asked to look at a statement that it failed, when it was sent or when its rows were fetched."""
    execution = context.execution_context
    failed = execution.execution_options.get("failed") if execution is not None else None
    reason = context.sqlalchemy_exception or context.original_exception
    if failed is not None and isinstance(reason, Exception):
        failed(reason)


def open_database(url: str, *, connections: int = 32, busy_timeout: float = BUSY_TIMEOUT) -> Database:
    """Open the database at *url*: ``sqlite:///FILE`` or ``postgresql://USER@HOST/NAME``.

    *connections* bounds how many transactions are open at a time; who comes later waits for one to end. Raises
    RongtongError when the URL names neither.
    """
    if not url.startswith("sqlite:") and "@" in url.rpartition("@")[0]:
        raise _unwritten_sign()
    try:
        parsed = make_url(url.replace("postgres://", "postgresql://", 1))
    except (ArgumentError, ValueError):  # a port that is no number is a ValueError
        raise _not_a_database(url) from None
    backend = parsed.get_backend_name()
    if backend == "sqlite":
        if not parsed.database or parsed.database == ":memory:":
            raise _not_a_database(url)  # threads and processes share a file, never one connection's memory
        _for_its_owner_alone(Path(parsed.database))
    elif backend != "postgresql":
        raise _not_a_database(url)
    return Database(parsed, connections=connections, busy_timeout=busy_timeout)


def _for_its_owner_alone(path: Path) -> None:
    """Make the file of a new database, which nobody else may read; SQLite gives those beside it the same mode."""
    if not path.parent.is_dir():
        if any(above.is_file() for above in path.parents):
            raise NotADirectoryError(errno.ENOTDIR, os.strerror(errno.ENOTDIR), str(path.parent))
        raise RongtongError(
            Text(f"没有文件夹{path.parent}，没有建库。核对 --db 或 RONGTONG_DB，或先建这个文件夹。",
                 f"There is no folder {path.parent}, and nothing was made. Check --db or RONGTONG_DB."),
            code="no_database",
        )  # fmt: skip
    with suppress(FileExistsError, PermissionError):  # where it may not be made, opening it says so
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))


def _driver() -> Any:
    try:
        return importlib.import_module("psycopg")
    except ImportError:
        said = Text(
            "连 PostgreSQL 要装驱动：pip install 'rongtong[postgres]'。",
            "PostgreSQL needs its driver: pip install 'rongtong[postgres]'.",
        )
        raise RongtongError(said, code="driver") from None


def _forked() -> RongtongError:
    said = Text(
        "这个进程是在数据库打开着时分出来的，用下去会丢数据，没有打开。请先关闭数据库再分出进程，或改用 PostgreSQL。",
        "This process was forked while the SQLite file was open. To go on with it could lose what is saved, so it was "
        "not opened. Close the database before the fork, or use PostgreSQL.",
    )
    return RongtongError(said, code="forked")


def _unwritten_sign() -> RongtongError:
    """What stands behind the first ``@`` would be taken for the host, and told to everybody as the one not found."""
    said = Text(
        "数据库地址里有两个 @，没有打开。密码里的 @ 写成 %40，: 写成 %3A，/ 写成 %2F。",
        "The database URL has more than one @ and was not opened. In a password write @ as %40, : as %3A, / as %2F.",
    )
    return RongtongError(said, code="database_url")


def _not_a_database(url: str) -> RongtongError:
    kind, sign, _ = url.partition("://")  # whatever may be a password is left out
    shown = f"{kind}{sign}…@{url.rpartition('@')[2]}" if sign and "@" in url else url.rpartition("@")[2]
    return RongtongError(
        Text(
            f"不认识的数据库地址“{shown}”（--db 或 RONGTONG_DB）。请写成 sqlite:///文件路径 或 postgresql://用户@主机/库名。",
            f'Not a database URL: "{shown}" (--db or RONGTONG_DB). Write sqlite:///FILE or postgresql://USER@HOST/NAME.',
        ),
        code="database_url",
    )
