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
_KNOWN = text("SELECT count(*) FROM pg_class WHERE relname = ANY(:names) AND relkind = 'r' AND reltuples >= 0")


def prime(tx: Tx) -> None:
    """Analyse new tables with rows of one district that are gone again before the commit.

    Emptied by TRUNCATE they count as never analysed, so that the planner does not take them to be tiny, yet the
    statistics of their columns stay. Tables that were analysed before are left alone.
    """
    tables = metadata.sorted_tables
    names = [table.name for table in tables]
    if tx.connection.execute(_KNOWN, {"names": names}).scalar_one():
        return
    for table in tables:
        tx.connection.execute(insert(table), [_row(table, i) for i in range(_ROWS)])
        tx.connection.execute(text(f"ANALYZE {table.name}"))
    tx.connection.execute(text(f"TRUNCATE {', '.join(names)}"))


def _row(table: Table, i: int) -> dict[str, Any]:
    return {column.name: _value(column, i) for column in table.c}


def _value(column: Column[Any], i: int) -> Any:
    if column.name == "district_id":
        return ""
    if isinstance(column.type, BigInteger):
        return i
    return b"" if isinstance(column.type, LargeBinary) else f"{i:036d}"
