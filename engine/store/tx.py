"""An open transaction, as the store's functions and the plugins see it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, TypeVar

from sqlalchemy import Connection

from engine.store import failures
from engine.store.database import DialectName
from engine.store.failures import Duplicate
from engine.store.sql import Compiled, Insert, Statement

T = TypeVar("T")


class Tx:
    """An open transaction: what the store's functions and, through ``connection``, the plugins work on.

    ``connection`` is a Core connection on the same transaction; it must not be committed. ``spoiled`` is what
    to raise since a statement of a plugin's failed: PostgreSQL saves nothing after that, so SQLite shall not either.
    """

    __slots__ = ("_cursor", "_names", "connection", "dialect", "spoiled", "write")

    def __init__(self, connection: Connection, cursor: Any, dialect: DialectName, write: bool) -> None:
        self.connection = connection
        self.dialect = dialect
        self.write = write
        self.spoiled: Exception | None = None
        self._cursor = cursor
        self._names = 0

    def carry_out(self, work: Callable[[Tx], T]) -> T:
        """What *work* answers on this transaction, where it leaves it sound."""
        answer = work(self)
        self.sound()
        return answer

    def sound(self) -> None:
        """Raise ``spoiled`` where a statement failed, somebody swallowed that, and nothing was rolled back since."""
        if self.spoiled is not None:
            raise self.spoiled

    def rows(self, statement: Statement, /, **params: Any) -> list[Any]:
        """All rows that a select or a ``RETURNING`` answers, as named tuples."""
        compiled = statement.on(self.dialect)
        return self._rows(compiled, compiled.bind(params))

    def _rows(self, compiled: Compiled, values: tuple[Any, ...]) -> list[Any]:
        cursor = self._cursor
        try:
            cursor.execute(compiled.text, values)
        except Exception as error:
            _tell(error)
            raise
        make = compiled.make
        if make is None:
            raise TypeError("this statement answers no rows")
        return [make(row) for row in cursor.fetchall()]

    def one(self, statement: Statement, /, **params: Any) -> Any:
        """The first row, or None."""
        found = self.rows(statement, **params)
        return found[0] if found else None

    def change(self, statement: Statement, /, **params: Any) -> int:
        """Run a write and tell how many rows it touched. Raises Duplicate when a unique key refuses."""
        compiled = statement.on(self.dialect)
        cursor = self._cursor
        try:
            cursor.execute(compiled.text, compiled.bind(params))
        except Exception as error:
            _tell(error)
            raise
        return int(cursor.rowcount)

    def insert_all(self, statement: Insert, rows: Sequence[dict[str, Any]]) -> int:
        """Insert *rows* in one statement however many; how many there were."""
        if len(rows) == 1:
            return self.change(statement, **rows[0])
        if not rows:
            return 0
        text, values = statement.many(self.dialect, rows)
        cursor = self._cursor
        try:
            cursor.execute(text, values)
        except Exception as error:
            _tell(error)
            raise
        return int(cursor.rowcount)

    @contextmanager
    def savepoint(self) -> Iterator[None]:
        """What is written inside vanishes when the block raises."""
        self._names += 1
        name = f"s{self._names}"
        self._cursor.execute(f"SAVEPOINT {name}")
        try:
            yield
            self.sound()
        except BaseException as error:
            self.spoiled = None
            try:
                self._cursor.execute(f"ROLLBACK TO SAVEPOINT {name}")
                self._cursor.execute(f"RELEASE SAVEPOINT {name}")
            except Exception:
                if isinstance(error, Exception):  # what means to end the thread ends the transaction as well
                    raise
            raise
        self._cursor.execute(f"RELEASE SAVEPOINT {name}")


class Snapshot(Tx):
    """A reading transaction that several readings share: it shows one state of affairs, so what was asked is kept."""

    __slots__ = ("_known",)

    def __init__(self, connection: Connection, cursor: Any, dialect: DialectName) -> None:
        super().__init__(connection, cursor, dialect, write=False)
        self._known: dict[tuple[object, ...], list[Any]] = {}

    def _rows(self, compiled: Compiled, values: tuple[Any, ...]) -> list[Any]:
        asked = (compiled, *(tuple(value) if isinstance(value, list) else value for value in values))
        found = self._known.get(asked)
        if found is None:
            found = self._known[asked] = super()._rows(compiled, values)
        return list(found)


def _tell(error: Exception) -> None:
    """Raise Duplicate in place of a driver's word for it."""
    if failures.is_duplicate(error):
        raise Duplicate(str(error)) from error
