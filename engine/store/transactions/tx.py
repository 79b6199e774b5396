"""An open transaction, as the store's functions and the plugins see it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import Any, NamedTuple, TypeVar

from sqlalchemy import Connection, Executable

from engine.store.databases import drivers
from engine.store.databases.database import DialectName
from engine.store.databases.sql import Compiled, Insert, Statement
from engine.store.transactions import failures
from engine.store.transactions.failures import Duplicate

T = TypeVar("T")
_COMMIT: tuple[str, tuple[Any, ...]] = ("COMMIT", ())


class _Later(NamedTuple):
    """A write that was put off."""

    text: str
    values: tuple[Any, ...]
    if_untouched: Callable[[], Exception] | None = None


class Tx:
    """An open transaction: what the store's functions and, through ``connection``, the plugins work on.

    ``connection`` is a Core connection on the same transaction; it must not be committed. ``spoiled`` is what
    to raise since a statement of a plugin's failed: PostgreSQL saves nothing after that, so SQLite shall not either.
    ``careful`` once something that may fail alone has spoilt a first try. ``lent`` once somebody had ``connection``.
    """

    __slots__ = ("_connection", "_cursor", "_later", "_names", "careful", "dialect", "lent", "spoiled", "write")

    def __init__(self, connection: Connection, cursor: Any, dialect: DialectName, write: bool) -> None:
        self._connection = connection
        self._later: list[_Later] = []
        self.dialect = dialect
        self.write = write
        self.spoiled: Exception | None = None
        self.careful = self.lent = False
        self._cursor = cursor
        self._names = 0

    def carry_out(self, work: Callable[[Tx], T]) -> T:
        """What *work* answers on this transaction, where it leaves it sound."""
        answer = work(self)
        self.sound()
        return answer

    def sound(self, fault: Exception | None = None) -> None:
        """Raise ``spoiled`` where a statement failed, somebody swallowed that, and nothing was rolled back since.

        A *fault* that says how the statement failed swallows nothing.
        """
        if self.spoiled is None:
            return
        failed = self.spoiled.__cause__
        if fault is None or not any(one is failed for one in failures.chain(fault)):
            raise self.spoiled

    @property
    def connection(self) -> Connection:
        """For writes that the store does not know, and for plugins; what was put off is sent before them.

        The engine reads by ``rows`` and ``read``, which go on at a row that is no text.
        """
        if self._later:
            self.send()
        self.lent = True
        return self._connection

    def rows(self, statement: Statement, /, **params: Any) -> list[Any]:
        """All rows that a select or a ``RETURNING`` answers, as named tuples."""
        compiled = statement.on(self.dialect)
        return self._rows(compiled, compiled.bind(params))

    def _rows(self, compiled: Compiled, values: tuple[Any, ...]) -> list[Any]:
        make = compiled.make
        if make is None:
            raise TypeError("this statement answers no rows")
        if not compiled.reads and self.dialect == "sqlite":
            return [make(row) for row in self._written(compiled.text, values)]
        try:
            found = self._execute(compiled.text, values).fetchall()
        except Exception as error:
            if not (compiled.reads and drivers.is_undecodable(error)):
                raise
            found = drivers.read_all(self._cursor, compiled.text, values)
        return [make(row) for row in found]

    def _written(self, text: str, values: tuple[Any, ...]) -> list[Any]:
        """What a write on SQLite answers; it cannot be run once more to read on, so it is read with care at once."""
        try:
            return drivers.read_all(self._cursor, text, values)
        except Exception as error:
            _tell(error)
            raise

    def read(self, select: Executable) -> list[Any]:
        """All rows of a select that is put together as it is asked; ``rows`` is for what is compiled once."""
        try:
            return list(self.connection.execute(select))
        except Exception as error:
            if not drivers.is_undecodable(error):
                raise
        with drivers.mending(self._cursor.connection):
            return list(self.connection.execute(select))

    def one(self, statement: Statement, /, **params: Any) -> Any:
        """The first row, or None."""
        found = self.rows(statement, **params)
        return found[0] if found else None

    def change(self, statement: Statement, /, **params: Any) -> int:
        """Run a write and tell how many rows it touched. Raises Duplicate when a unique key refuses."""
        compiled = statement.on(self.dialect)
        return int(self._execute(compiled.text, compiled.bind(params)).rowcount)

    def later(
        self, statement: Statement, if_untouched: Callable[[], Exception] | None = None, /, **params: Any
    ) -> None:
        """Run a write by the end of the transaction, on a server together with others and with the COMMIT.

        What it raises comes from whatever sends it. *if_untouched* makes the error for a write that touches no row.
        """
        compiled = statement.on(self.dialect)
        self._put_off(compiled.text, compiled.bind(params), if_untouched)

    def insert_later(self, statement: Insert, rows: Sequence[dict[str, Any]]) -> None:
        """Insert *rows* in one statement by the end of the transaction."""
        if len(rows) == 1:
            self.later(statement, **rows[0])
        elif rows:
            self._put_off(*statement.many(self.dialect, rows))

    def _put_off(
        self, text: str, values: tuple[Any, ...], if_untouched: Callable[[], Exception] | None = None
    ) -> None:
        if self.dialect != "sqlite":
            self._later.append(_Later(text, values, if_untouched))
            return
        try:  # no way is saved, and what fails does so where it was asked for
            count = self._cursor.execute(text, values).rowcount
        except Exception as error:
            _tell(error)
            raise
        if not count and if_untouched is not None:
            raise if_untouched()

    @property
    def puts_off(self) -> bool:
        """Whether something waits to be sent."""
        return bool(self._later)

    @property
    def counts(self) -> bool:
        """Whether something was put off that may touch no row, so that it has to be sent before the COMMIT."""
        return any(one.if_untouched is not None for one in self._later)

    def send(self, *, commit: bool = False) -> None:
        """Send what was put off, and COMMIT behind it if wanted, and wait once."""
        sent, self._later = self._later, []
        flight = [(one.text, one.values) for one in sent]
        if commit:
            flight.append(_COMMIT)
        try:
            if len(flight) > 1:
                counts = self._cursor.flight(flight)
            else:
                counts = [self._cursor.execute(*one).rowcount for one in flight]
        except Exception as error:
            _tell(error)
            raise
        for one, count in zip(sent, counts, strict=False):
            if not count and one.if_untouched is not None:
                raise one.if_untouched()

    def _execute(self, query: str, values: Sequence[Any]) -> Any:
        if self._later:
            self.send()
        try:
            return self._cursor.execute(query, values)
        except Exception as error:
            _tell(error)
            raise

    def insert_all(self, statement: Insert, rows: Sequence[dict[str, Any]]) -> int:
        """Insert *rows* in one statement however many; how many there were."""
        if len(rows) == 1:
            return self.change(statement, **rows[0])
        if not rows:
            return 0
        text, values = statement.many(self.dialect, rows)
        return int(self._execute(text, values).rowcount)

    def guarded(self) -> AbstractContextManager[None]:
        """Round what may fail alone: a savepoint, once it is known that one is wanted."""
        return self.savepoint() if self.careful else nullcontext()

    @contextmanager
    def savepoint(self) -> Iterator[None]:
        """What is written inside vanishes when the block raises."""
        if self._later:
            self.send()
        self._names += 1
        name = f"s{self._names}"
        self._cursor.execute(f"SAVEPOINT {name}")
        try:
            yield
            self.sound()
            if self._later:
                self.send()
        except BaseException as error:
            self.spoiled, self._later = None, []
            try:
                self._cursor.execute(f"ROLLBACK TO SAVEPOINT {name}")
                self._cursor.execute(f"RELEASE SAVEPOINT {name}")
            except Exception:
                if isinstance(error, Exception):  # what means to end the thread ends the transaction as well
                    raise
            raise
        self._cursor.execute(f"RELEASE SAVEPOINT {name}")


def carefully(work: Callable[[Tx], T]) -> Callable[[Tx], T]:
    """*work* with a savepoint round each thing that may fail alone."""

    def again(tx: Tx) -> T:
        tx.careful = True
        try:
            return work(tx)
        finally:
            tx.careful = False  # others may go on reading with it

    return again


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
