"""What a database lacks of the tables that the code reads; asked at each start, so it is asked without Alembic."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any, Final

from sqlalchemy import BigInteger, Integer, MetaData, Table, inspect
from sqlalchemy.types import TypeEngine

from engine.i18n import Text, both
from engine.store.databases.database import Database

#: What columns hold that are never taken for each other. What is none of these is stored otherwise on each database.
_KINDS: Final[Mapping[type, str]] = {str: "text", int: "number", float: "number", Decimal: "number", bytes: "bytes"}


def absent(database: Database, metadata: MetaData) -> tuple[Text, ...]:
    """What *metadata* has and *database* has not: tables, of those that are there columns, ``table.column``, and of
    these the type, ``table.column (the code says INTEGER, the database TEXT)``.
    """
    with database.connect() as connection:
        found = inspect(connection).get_multi_columns(filter_names=list(metadata.tables))
        dialect = connection.dialect.name
    there = {name: {column["name"]: column["type"] for column in columns} for (_, name), columns in found.items()}
    gone = [name for name in metadata.tables if name not in there]
    tables = (table for table in metadata.tables.values() if table.name in there)
    lacking = (lack for table in tables for lack in _lacking(table, there[table.name], dialect))
    return tuple(sorted((*map(both, gone), *lacking)))


def _lacking(table: Table, there: Mapping[str, TypeEngine[Any]], dialect: str) -> Iterator[Text]:
    for column in table.columns:
        name, wanted, made = f"{table.name}.{column.name}", column.type, there.get(column.name)
        if made is None:
            yield both(name)
        elif _differ(wanted, made) or _narrow(wanted, made, dialect):
            code, here = wanted.compile(), made.compile()
            yield Text(f"{name}（代码写{code}，库里是{here}）", f"{name} (the code says {code}, the database {here})")


def _differ(wanted: TypeEngine[Any], made: TypeEngine[Any]) -> bool:
    """Whether they are of two kinds that are known."""
    kinds = {_kind(wanted), _kind(made)}
    return len(kinds) == 2 and "" not in kinds


def _kind(of: TypeEngine[Any]) -> str:
    try:
        return _KINDS.get(of.python_type, "")
    except NotImplementedError:
        return ""


def _narrow(wanted: TypeEngine[Any], made: TypeEngine[Any], dialect: str) -> bool:
    """Whether moments and amounts would not go in; SQLite has whole numbers of one size."""
    if dialect != "postgresql" or not isinstance(wanted, BigInteger):
        return False
    return isinstance(made, Integer) and not isinstance(made, BigInteger)
