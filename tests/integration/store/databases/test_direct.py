"""The engine's own cursor on PostgreSQL: what it prepares, what it does when that is lost, what comes back."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import psycopg
import pytest
from psycopg.errors import QueryCanceled, UndefinedTable, UniqueViolation

from engine.store.databases.direct import DirectCursor
from engine.store.transactions.failures import Failure, classify
from tests.bounded import until

_PREPARED = "SELECT count(*) FROM pg_prepared_statements WHERE name LIKE 'rongtong%'"
_SLEEPS = "SELECT 1 FROM pg_stat_activity WHERE pid = %s AND wait_event = 'PgSleep'"
_ADD = "SELECT $1::bigint + $2::bigint"


@pytest.fixture
def connection(postgresql_url: str) -> Iterator[psycopg.Connection]:
    with psycopg.connect(postgresql_url, autocommit=True) as opened:
        yield opened


def _prepared(connection: psycopg.Connection) -> int:
    row = connection.execute(_PREPARED).fetchone()
    assert row is not None
    return int(row[0])


def test_a_statement_is_prepared_once(connection: psycopg.Connection) -> None:
    cursor = DirectCursor(connection)
    assert [cursor.execute(_ADD, (n, 2)).fetchall() for n in range(3)] == [[(2,)], [(3,)], [(4,)]]
    assert _prepared(connection) == 1


def test_nothing_is_prepared_behind_a_pooler(connection: psycopg.Connection) -> None:
    connection.prepare_threshold = None
    assert DirectCursor(connection).execute(_ADD, (1, 2)).fetchone() == (3,)
    assert _prepared(connection) == 0


def test_what_the_driver_let_go_of_is_prepared_again_by_the_next_try(connection: psycopg.Connection) -> None:
    cursor = DirectCursor(connection)
    cursor.execute(_ADD, (1, 2))
    connection.execute("DEALLOCATE ALL")
    with pytest.raises(psycopg.Error) as lost:
        cursor.execute(_ADD, (1, 2))
    assert classify(lost.value) is Failure.RACE
    assert cursor.execute(_ADD, (1, 2)).fetchone() == (3,)


def test_values_come_back_as_they_went(connection: psycopg.Connection) -> None:
    values = ("东街", None, 2**53, True, [1, 2], ["甲", "b,{}\"'\\"], b"\x00\xff")
    asked = "SELECT $1::text, $2::text, $3::bigint, $4::boolean, $5::bigint[], $6::text[], $7::bytea"
    assert DirectCursor(connection).execute(asked, values).fetchone() == values
    assert DirectCursor(connection).execute("SELECT 1 WHERE false").fetchone() is None


def test_rows_are_counted(connection: psycopg.Connection) -> None:
    cursor = DirectCursor(connection)
    cursor.execute("CREATE TEMP TABLE t (a bigint, b text); INSERT INTO t VALUES (1, 'x')")
    cursor.execute("INSERT INTO t SELECT *, 'y' FROM unnest($1::bigint[])", (list(range(5)),))
    assert cursor.rowcount == 5
    assert cursor.execute("UPDATE t SET b = $1::text WHERE a < $2::bigint", ("z", 2)).rowcount == 3


def test_an_error_is_the_drivers_own(connection: psycopg.Connection) -> None:
    with pytest.raises(UndefinedTable, match="nowhere"):
        DirectCursor(connection).execute("SELECT * FROM nowhere WHERE a = $1::bigint", (1,))
    with pytest.raises(UndefinedTable, match="nowhere"):
        DirectCursor(connection).execute("SELECT * FROM nowhere")


def test_a_connection_that_is_gone_says_so(connection: psycopg.Connection, postgresql_url: str) -> None:
    cursor = DirectCursor(connection)
    with psycopg.connect(postgresql_url, autocommit=True) as other:
        other.execute("SELECT pg_terminate_backend(%s)", (connection.info.backend_pid,))
    for _ in range(2):
        with pytest.raises(psycopg.OperationalError) as lost:
            cursor.execute(_ADD, (1, 2))
        assert classify(lost.value) is Failure.LOST


_KEEP = "INSERT INTO t (a) VALUES ($1::bigint)"


@pytest.fixture
def cursor(connection: psycopg.Connection) -> DirectCursor:
    """A cursor beside a table in which a number stands once."""
    made = DirectCursor(connection)
    made.execute("CREATE TEMP TABLE t (a bigint PRIMARY KEY)")
    return made


def _kept(cursor: DirectCursor) -> list[int]:
    return [a for (a,) in cursor.execute("SELECT a FROM t ORDER BY a").fetchall()]


def test_a_flight_tells_how_many_rows_each_touched(cursor: DirectCursor) -> None:
    cursor.execute("BEGIN")
    counts = cursor.flight([(_KEEP, (1,)), (_KEEP, (2,)), ("DELETE FROM t WHERE a > $1::bigint", (5,)), ("COMMIT", ())])
    assert counts == [1, 1, 0, 0]
    assert _kept(cursor) == [1, 2]
    assert cursor.connection.info.transaction_status.name == "IDLE"


@pytest.mark.parametrize("place", [0, 1, 2])
def test_what_fails_in_a_flight_is_raised_and_nothing_is_committed(cursor: DirectCursor, place: int) -> None:
    cursor.execute(_KEEP, (7,))
    flight = [(_KEEP, (one,)) for one in (1, 2)]
    flight.insert(place, (_KEEP, (7,)))
    cursor.execute("BEGIN")
    with pytest.raises(UniqueViolation):
        cursor.flight([*flight, ("COMMIT", ())])
    assert cursor.connection.info.transaction_status.name == "INERROR"
    cursor.execute("ROLLBACK")
    assert _kept(cursor) == [7]
    assert cursor.flight([(_KEEP, (8,)), (_KEEP, (9,))]) == [1, 1], "and the next flight flies"


def test_a_flight_whose_statement_was_let_go_of_is_worth_another_try(cursor: DirectCursor) -> None:
    cursor.flight([(_KEEP, (1,)), (_KEEP, (2,))])
    cursor.connection.execute("DEALLOCATE ALL")
    with pytest.raises(psycopg.Error) as lost:
        cursor.flight([(_KEEP, (3,)), (_KEEP, (4,))])
    assert classify(lost.value) is Failure.RACE
    assert cursor.flight([(_KEEP, (3,)), (_KEEP, (4,))]) == [1, 1]


def test_behind_a_pooler_each_goes_by_itself(connection: psycopg.Connection) -> None:
    connection.prepare_threshold = None
    cursor = DirectCursor(connection)
    cursor.execute("CREATE TEMP TABLE t (a bigint PRIMARY KEY)")
    assert cursor.flight([("BEGIN", ()), (_KEEP, (1,)), ("COMMIT", ())]) == [0, 1, 0]
    assert _prepared(connection) == 0


def test_a_flight_on_a_connection_that_is_gone_comes_to_an_end(
    cursor: DirectCursor, connection: psycopg.Connection, postgresql_url: str
) -> None:
    with psycopg.connect(postgresql_url, autocommit=True) as other:
        other.execute("SELECT pg_terminate_backend(%s)", (connection.info.backend_pid,))
    for _ in range(2):
        with pytest.raises(psycopg.OperationalError) as lost:
            cursor.flight([(_KEEP, (1,)), ("COMMIT", ())])
        assert classify(lost.value) is Failure.LOST


def test_all_others_go_on_while_a_flight_waits_for_the_server(
    connection: psycopg.Connection, postgresql_url: str
) -> None:
    """What it waits for may be in their hands, as a row that one of them holds."""
    cursor, pid = DirectCursor(connection), connection.info.backend_pid
    with ThreadPoolExecutor(1) as pool, psycopg.connect(postgresql_url, autocommit=True) as other:
        cursor.execute("SET statement_timeout = '20s'")
        flight = pool.submit(cursor.flight, [(_ADD, (1, 2)), ("SELECT pg_sleep($1::float8)", (3600,)), (_ADD, (1, 2))])
        until(lambda: bool(other.execute(_SLEEPS, (pid,)).fetchone()))
        other.execute("SELECT pg_cancel_backend(%s)", (pid,))
        with pytest.raises(QueryCanceled, match="user request"):
            flight.result(60)
