"""The engine's own statements on PostgreSQL, handed to libpq itself.

The driver's cursor is made for whatever may come: it reads each statement for placeholders and waits for the socket in
Python, which takes as long as the server takes to answer. Here statements are few, prepared, and known beforehand.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from psycopg import Connection, OperationalError
from psycopg.adapt import PyFormat, Transformer
from psycopg.errors import error_from_result
from psycopg.generators import fetch, send
from psycopg.pq import ConnStatus, ExecStatus
from psycopg.pq.abc import PGresult
from psycopg.waiting import wait

_DONE = (ExecStatus.COMMAND_OK, ExecStatus.TUPLES_OK)
#: What the server says of a prepared statement that is there no more.
_FORGOTTEN = "26000"
#: Who waits for the server looks so often whether it is to end, in seconds.
_LOOKS = 0.1


class DirectCursor:
    """As much of a cursor as the transaction runner needs; parameters stand in line as ``$1``, ``$2``.

    Statements are prepared where the *connection* may prepare any; one without values may be several.
    """

    def __init__(self, connection: Connection[Any]) -> None:
        self.connection = connection
        self.rowcount = -1
        self._pg = connection.pgconn
        self._prepares = connection.prepare_threshold is not None
        self._prepared: dict[str, bytes] = {}
        self._made = 0
        self._sent, self._answered = Transformer(connection), Transformer(connection)
        self._rows = 0

    def execute(self, query: str, values: Sequence[Any] = ()) -> DirectCursor:
        """Send one statement and wait for its answer."""
        self.rowcount = self._run(query, values)
        return self

    def fetchall(self) -> list[Any]:
        """Every row of the answer."""
        return self._answered.load_rows(0, self._rows, tuple)

    def fetchone(self) -> Any:
        """The first row of the answer, or None."""
        return self.fetchall()[0] if self._rows else None

    def flight(self, statements: Sequence[tuple[str, Sequence[Any]]]) -> list[int]:
        """Send *statements* one behind the other and wait once; how many rows each touched.

        The first that fails is raised; nothing behind it is done then.
        """
        if not self._prepares:
            return [self.execute(*one).rowcount for one in statements]
        names = [self._name(query) for query, _ in statements]
        try:
            self._pg.enter_pipeline_mode()
            for name, (_, values) in zip(names, statements, strict=True):
                self._pg.send_query_prepared(name, self._dumped(values))
            self._pg.pipeline_sync()
            if self._pg.flush():  # more than the socket takes at once: the server has to read before it can answer
                wait(send(self._pg), self._pg.socket, _LOOKS)
            results = list(self._landed())
            self._pg.exit_pipeline_mode()
        except (MemoryError, OperationalError):
            raise OperationalError("the server hung up") from None
        for result in results:
            self._check(result)
        return [result.command_tuples or 0 for result in results]

    def _landed(self) -> Iterator[PGresult]:
        """What the server says of each statement of a flight, as far as it says anything."""
        while self._pg.status == ConnStatus.OK:
            result = wait(fetch(self._pg), self._pg.socket, _LOOKS)  # get_result would keep all of Python waiting
            if result is None:  # between two statements
                continue
            if result.status == ExecStatus.PIPELINE_SYNC:
                return
            if result.status != ExecStatus.PIPELINE_ABORTED:
                yield result
        raise OperationalError

    def _run(self, query: str, values: Sequence[Any]) -> int:
        try:
            result = self._send(query, values)
        except MemoryError:  # libpq has no answer to give: the connection is gone
            raise OperationalError("no answer from the server") from None
        self._check(result)
        self._answered.set_pgresult(result)
        self._rows = result.ntuples
        return result.command_tuples or 0

    def _send(self, query: str, values: Sequence[Any]) -> PGresult:
        if not values:
            return self._pg.exec_(query.encode())
        if not self._prepares:
            return self._pg.exec_params(query.encode(), self._dumped(values))
        return self._pg.exec_prepared(self._name(query), self._dumped(values))

    def _dumped(self, values: Sequence[Any]) -> Any:
        return self._sent.dump_sequence(values, [PyFormat.TEXT] * len(values))

    def _name(self, query: str) -> bytes:
        """The name under which *query* is prepared, which it is now if it was not."""
        name = self._prepared.get(query)
        if name is None:
            self._made += 1
            name = b"rongtong_%d" % self._made
            self._check(self._pg.prepare(name, query.encode()))
            self._prepared[query] = name
        return name

    def _check(self, result: PGresult) -> None:
        if result.status in _DONE:
            return
        if self._pg.status != ConnStatus.OK:
            raise OperationalError("the server hung up")
        error = error_from_result(result, self.connection.info.encoding)
        if error.sqlstate == _FORGOTTEN:  # the driver lets go of everything when something is dropped
            self._prepared.clear()
        raise error
