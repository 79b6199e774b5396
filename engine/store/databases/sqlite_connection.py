"""SQLite's connection as the runner holds it: it knows whether its transaction and its thread are still there."""

from __future__ import annotations

from collections.abc import Callable
from types import ModuleType
from typing import Any
from weakref import WeakSet

from engine.store.databases.drivers import Seams, watched_cursor
from engine.store.transactions.failures import ConnectionGone, TransactionEnded

#: What of a cursor goes to the database: rows are found as they are fetched.
USES = ("execute", "executemany", "executescript", "fetchone", "fetchmany", "fetchall", "__next__")


class GuardedConnection:
    """A SQLite connection that knows of the transaction which only ``let_go`` allows to end.

    When SQLite finds no room it rolls back by itself; whatever came next would be committed at once, each alone.
    """

    bare: Any  # the driver's own cursor class
    cursors: WeakSet[Any]
    begun = False
    reason: Exception | None = None
    #: Whether its thread is in a statement now; whether no statement of its thread passes any more.
    inside = is_shut = False

    def hold(self) -> None:
        """A transaction was begun."""
        self.begun, self.reason = True, None

    def let_go(self) -> None:
        """It may end."""
        self.begun = False

    def stop(self) -> None:
        """End the statement that another thread is in, if it is in one."""
        if self.inside:
            self.interrupt()  # type: ignore[attr-defined]

    def shut(self) -> bool:
        """Let its thread send nothing any more; whether it is out of its last statement.

        Before that nobody else may touch the connection: who waits for SQLite here keeps all of Python waiting.
        """
        self.is_shut = True
        self.stop()
        return not self.inside

    def end(self) -> None:
        """Roll back what is open, whatever statements are unfinished; by another thread once it is closed to its own.

        What was stopped with a statement unfinished stops every other one as well, and a connection that is closed so
        keeps its locks until somebody collects it. So the cursors go first, and are held here while they do: the
        driver's own way goes through them while their thread may free them.
        """
        try:
            for cursor in list(self.cursors):
                cursor.close()
            if self.in_transaction:  # type: ignore[attr-defined]
                self.bare(self).execute("ROLLBACK")
        except self.ProgrammingError:  # type: ignore[attr-defined]  # it is closed, and holds nothing
            pass

    def look(self, error: Exception) -> None:
        """A statement failed: where what is held has ended with it, remember why. Raises ConnectionGone."""
        try:
            if self.begun and not self.in_transaction and self.reason is None:  # type: ignore[attr-defined]
                self.reason = error
        except Exception:
            raise ConnectionGone from error


def _guarded(name: str, base: Any, watched: Any, seams: Seams) -> Callable[..., Any]:
    """The method *name* of the driver's cursor class *base*, or where somebody looks, of the one that is *watched*.

    The connection knows when it is in use, and lets nothing through that has no place.
    """
    bare, seen = getattr(base, name), getattr(watched, name)

    def guarded(cursor: Any, *given: Any) -> Any:
        connection = cursor.connection
        connection.inside = True
        try:
            if connection.is_shut or (connection.begun and not connection.in_transaction):
                raise TransactionEnded from connection.reason
            return (bare if seams.hook is None else seen)(cursor, *given)
        except Exception as error:
            connection.look(error)
            raise
        finally:
            connection.inside = False

    return guarded


def sqlite_factory(module: ModuleType, seams: Seams) -> Any:
    """A connection class whose cursors pass the hook and never save row by row what was begun as one transaction."""
    watched = watched_cursor(module.Cursor, seams)
    guarded = type("Guarded", (watched,), {name: _guarded(name, module.Cursor, watched, seams) for name in USES})

    class Connection(GuardedConnection, module.Connection):  # type: ignore[misc, name-defined]
        bare = module.Cursor

        def __init__(self, *given: Any, **named: Any) -> None:
            super().__init__(*given, **named)
            self.cursors = WeakSet()

        def cursor(self) -> Any:
            """Another cursor; while it is being noted, nobody goes through those that there are."""
            self.inside = True
            try:
                if self.is_shut:
                    raise TransactionEnded
                made = super().cursor(factory=guarded)
                self.cursors.add(made)
                return made
            finally:
                self.inside = False

    return Connection
