"""Teaches PostgreSQL the shape of the engine's tables before they hold anything.

Without statistics it takes any index that begins with the district to be as good as the primary key, prepares such a
plan while the tables are small, and then reads a whole district for each row, until its own ANALYZE comes by.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import BigInteger, Column, LargeBinary, Table, insert, text

from engine.store.tables import metadata
from engine.store.transaction import Tx

_ROWS = 40
#: The engine's tables and every table that refers to one of them, however indirectly: a plugin's.
_TIED = text(
    "WITH RECURSIVE tied AS (SELECT oid FROM pg_class WHERE relname = ANY(:names) AND relkind = 'r' "
    "AND relnamespace = current_schema()::regnamespace "
    "UNION SELECT conrelid FROM pg_constraint JOIN tied ON confrelid = tied.oid WHERE contype = 'f') "
    "SELECT oid::regclass::text FROM tied ORDER BY 1"
)


def prime(tx: Tx) -> None:
    """Analyse new tables with rows of one district that are gone again before the commit.

    Emptied by TRUNCATE they count as never analysed, so that the planner does not take them to be tiny, yet the
    statistics of their columns stay. Where any of them holds a row already, nothing is touched: another process may
    have been at work since the tables were made.
    """
    run = tx.connection.execute
    tied = list(run(_TIED, {"names": [table.name for table in metadata.sorted_tables]}).scalars())
    run(text(f"LOCK TABLE {', '.join(tied)} IN ACCESS EXCLUSIVE MODE"))
    rows = " UNION ALL ".join(f"SELECT 1 FROM {name}" for name in tied)  # noqa: S608 - the catalogue's own names
    if run(text(f"SELECT EXISTS ({rows})")).scalar_one():
        return
    for table in metadata.sorted_tables:
        run(insert(table), [_row(table, i) for i in range(_ROWS)])
        run(text(f"ANALYZE {table.name}"))
    run(text(f"TRUNCATE {', '.join(tied)}"))


def _row(table: Table, i: int) -> dict[str, Any]:
    return {column.name: _value(column, i) for column in table.c}


def _value(column: Column[Any], i: int) -> Any:
    if column.name == "district_id":
        return ""
    if isinstance(column.type, BigInteger):
        return i
    return b"" if isinstance(column.type, LargeBinary) else f"{i:036d}"
