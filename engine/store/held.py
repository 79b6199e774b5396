"""SQLite's connection as the runner holds it: it knows whether its transaction and its thread are still there."""

from __future__ import annotations

from collections.abc import Callable
from types import ModuleType
from typing import Any

from engine.store.drivers import Seams, watched_cursor
from engine.store.failures import ConnectionGone, TransactionEnded


class Held:
    """A SQLite connection that knows of the transaction which only ``let_go`` allows to end.

    When SQLite finds no room it rolls back by itself; whatever came next would be committed at once, each alone.
    """

    held = False
    reason: Exception | None = None
    #: Whether its thread is in a statement now; whether no statement of its thread passes any more.
    inside = shut = False

    def hold(self) -> None:
        """A transaction was begun."""
        self.held, self.reason = True, None

    def let_go(self) -> None:
        """It may end."""
        self.held = False

    def stop(self) -> None:
        """End the statement that another thread is in, if it is in one."""
        if self.inside:
            self.interrupt()  # type: ignore[attr-defined]

    def close_to_its_thread(self) -> bool:
        """Let its thread send nothing any more; whether it is out of its last statement.

        Before that nobody else may touch the connection: who waits for SQLite here keeps all of Python waiting.
        """
        self.shut = True
        self.stop()
        return not self.inside

    def end_elsewhere(self) -> None:
        """Roll back what is open, in another thread than its own, which it was closed to."""
        self.rollback()  # type: ignore[attr-defined]

    def look(self, error: Exception) -> None:
        """A statement failed: where what is held has ended with it, remember why. Raises ConnectionGone."""
        try:
            if self.held and not self.in_transaction and self.reason is None:  # type: ignore[attr-defined]
                self.reason = error
        except Exception:
            raise ConnectionGone from error


def _fetching_cursor(base: Any) -> Any:
    """The driver's cursor class *base*, whose connection knows when it is in use: rows are found as they come."""

    class Fetching(base):  # type: ignore[misc]
        def fetchone(self) -> Any:
            return _fetched(self.connection, base.fetchone, self)

        def fetchmany(self, *size: int) -> Any:
            return _fetched(self.connection, base.fetchmany, self, *size)

        def fetchall(self) -> Any:
            connection = self.connection
            connection.inside = True
            try:
                if connection.shut:
                    raise TransactionEnded from connection.reason
                return base.fetchall(self)
            finally:
                connection.inside = False

    return Fetching


def _fetched(connection: Any, fetch: Callable[..., Any], *given: Any) -> Any:
    connection.inside = True
    try:
        if connection.shut:
            raise TransactionEnded from connection.reason
        return fetch(*given)
    finally:
        connection.inside = False


def _guarded_cursor(base: Any, seams: Seams) -> Any:
    """The driver's cursor class, watched; it lets nothing through once the transaction that is held has ended."""
    watched = watched_cursor(_fetching_cursor(base), seams)

    class Guarded(watched):  # type: ignore[misc, valid-type]
        def execute(self, query: Any, *args: Any) -> Any:
            connection = self.connection
            connection.inside = True
            try:
                if connection.shut or (connection.held and not connection.in_transaction):
                    raise TransactionEnded from connection.reason
                if seams.hook is None:
                    return base.execute(self, query, *args)
                return watched.execute(self, query, *args)
            except Exception as error:
                connection.look(error)
                raise
            finally:
                connection.inside = False

        def executemany(self, query: Any, *args: Any) -> Any:
            connection = self.connection
            connection.inside = True
            try:
                if connection.shut or (connection.held and not connection.in_transaction):
                    raise TransactionEnded from connection.reason
                return watched.executemany(self, query, *args)
            except Exception as error:
                connection.look(error)
                raise
            finally:
                connection.inside = False

    return Guarded


def sqlite_factory(module: ModuleType, seams: Seams) -> Any:
    """A connection class whose cursors pass the hook and never save row by row what was begun as one transaction."""
    guarded = _guarded_cursor(module.Cursor, seams)

    class Connection(Held, module.Connection):  # type: ignore[misc, name-defined]
        def cursor(self) -> Any:
            return super().cursor(factory=guarded)

    return Connection
