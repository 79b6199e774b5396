"""Teaches a database the shape of its tables before they hold anything.

Without statistics PostgreSQL takes any index that begins with the district to be as good as the primary key, prepares
such a plan while the tables are small, and then reads a whole district for each row, until its own ANALYZE comes by.
SQLite does the same, and has nothing that comes by.
"""

from __future__ import annotations

from typing import Any, Final

from sqlalchemy import BigInteger, Column, LargeBinary, Table, insert, text

from engine.store.schema.tables import metadata
from engine.store.transactions.runner import Tx

_ROWS = 40
#: What SQLite is told: so many rows, all of one district, of which so many share the next column of an index.
_MANY: Final = 100_000
_SHARING: Final = 20
#: The engine's tables and every table that refers to one of them, however indirectly: a plugin's.
_TIED = text(
    "WITH RECURSIVE tied AS (SELECT oid FROM pg_class WHERE relname = ANY(:names) AND relkind = 'r' "
    "AND relnamespace = current_schema()::regnamespace "
    "UNION SELECT conrelid FROM pg_constraint JOIN tied ON confrelid = tied.oid WHERE contype = 'f') "
    "SELECT oid::regclass::text FROM tied ORDER BY 1"
)


def prime(tx: Tx) -> None:
    """Tell the database of *tx* what its tables will look like."""
    if tx.dialect == "sqlite":
        _write_statistics(tx)
    else:
        _analyse(tx)


def _write_statistics(tx: Tx) -> None:
    """Write what ANALYZE would find in a district of many, for every index of every table, a plugin's as well.

    That of a district with few would let the planner read all of them; nothing depends on the rows that are there.
    """
    run = tx.connection.exec_driver_sql
    run("ANALYZE rota")  # any small table: it makes the one of statistics
    run("DELETE FROM sqlite_stat1")
    tables = run("SELECT name, wr FROM pragma_table_list WHERE schema = 'main' AND type = 'table'").all()
    rowless = {name for name, without_rowid in tables if without_rowid}
    found = run(
        'SELECT m.name, l.name, l."unique", l.origin, (SELECT count(*) FROM pragma_index_info(l.name)) '
        "FROM sqlite_master AS m, pragma_index_list(m.name) AS l WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite%'"
    ).all()
    for table, index, unique, origin, columns in found:
        name = table if table in rowless and origin == "pk" else index  # the rows of such a table lie in its key
        run("INSERT INTO sqlite_stat1 VALUES (?, ?, ?)", (table, name, _shape(columns, bool(unique))))
    run("ANALYZE sqlite_schema")  # reads it, as every connection does when it next opens


def _shape(columns: int, unique: bool) -> str:
    """How many rows, and how many of them agree in the first column of an index, in the first two, and so on."""
    sharing = [_MANY, *(max(1, _SHARING // 4**place) for place in range(columns - 1))]
    if unique:
        sharing[-1] = 1
    return " ".join(map(str, (_MANY, *sharing)))


def _analyse(tx: Tx) -> None:
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
    if column.name in ("district_id", "wants"):  # hardly any task wants something of an administrator
        return ""
    if column.name == "successor" and i:  # nor has a unit ended in favour of another
        return None
    if isinstance(column.type, BigInteger):
        return i
    return b"" if isinstance(column.type, LargeBinary) else f"{i:036d}"
