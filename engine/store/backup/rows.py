"""Every row of one database into another that has the same tables, whatever kind each of them is."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager

from sqlalchemy import Column, Connection, MetaData, Table, func, insert, inspect, select, text
from sqlalchemy.exc import DBAPIError

from engine.errors import RongtongError
from engine.i18n import Text
from engine.store.databases.database import Database
from engine.store.transactions import failures
from engine.store.transactions.failures import Failure
from engine.store.transactions.runner import Runner, Tx

#: Told how much is done, and of how much.
Told = Callable[[int, int], None]
#: So many rows are sent at a time.
_ROWS = 500
#: Foreign keys that are looked at after each statement: a unit may come before the one that it is part of.
_AT_ONCE = text(
    "SELECT conrelid::regclass::text, quote_ident(conname) FROM pg_constraint "
    "WHERE contype = 'f' AND NOT condeferrable AND connamespace = current_schema()::regnamespace"
)


def tables_of(database: Database) -> frozenset[str]:
    """The names of all tables in *database*."""
    with database.connect() as connection:
        return frozenset(inspect(connection).get_table_names())


def is_empty(database: Database, tables: Mapping[str, Table]) -> bool:
    """Whether no table has a row, of those of *tables* that are there."""
    with database.connect() as connection:
        there = inspect(connection).get_table_names()
        return not any(connection.execute(select(tables[name]).limit(1)).first() for name in there if name in tables)


def copy_rows(source: Database, target: Database, tables: Mapping[str, Table], told: Told) -> None:
    """Put all rows of *tables* as they stand in *source* at one moment into *target*, in one transaction.

    Raises RongtongError where a row does not go in.
    """
    reading, writing = Runner(source), Runner(target)

    def read(out: Tx) -> None:
        of = sum(_count(out, one) for one in tables.values())

        def write(into: Tx) -> None:
            done = 0
            with _keys_at_the_end(into):
                for one in tables.values():
                    for rows in _copied(out, into, one):
                        done += rows
                        told(done, of)

        writing.run(write, long=True)

    try:
        reading.run(read, write=False, long=True)
    finally:
        reading.release()
        writing.release()


def _count(tx: Tx, one: Table) -> int:
    return int(tx.read(select(func.count()).select_from(one))[0][0])


def _copied(out: Tx, into: Tx, one: Table) -> Iterator[int]:
    """Copy the rows of *one*, a handful at a time; how many each handful has.

    Nothing is mended on the way: what is no text does not go into another database as if it were.
    """
    try:
        with closing(out.connection.execute(select(one).execution_options(yield_per=_ROWS))) as found:
            for rows in found.partitions():
                into.connection.execute(insert(one), [row._asdict() for row in rows])
                yield len(rows)
    except DBAPIError as error:
        if failures.classify(error) is Failure.OTHER:
            raise _does_not_fit(one, error) from error
        raise


@contextmanager
def _keys_at_the_end(tx: Tx) -> Iterator[None]:
    """Look at foreign keys when all rows are there."""
    connection = tx.connection
    if tx.dialect == "sqlite":
        connection.exec_driver_sql("PRAGMA defer_foreign_keys=ON")
        yield
        return
    keys = connection.execute(_AT_ONCE).all()
    for name, key in keys:
        connection.exec_driver_sql(f"ALTER TABLE {name} ALTER CONSTRAINT {key} DEFERRABLE INITIALLY DEFERRED")
    yield
    connection.exec_driver_sql("SET CONSTRAINTS ALL IMMEDIATE")
    for name, key in keys:
        connection.exec_driver_sql(f"ALTER TABLE {name} ALTER CONSTRAINT {key} NOT DEFERRABLE")


def strangers_made(source: Database, target: Database, names: frozenset[str]) -> dict[str, Table]:
    """Tables called *names* as *source* has them, made anew in *target*: columns and key, which is all that rows need.

    Nobody here knows them: their plugin is away. Raises RongtongError for a column whose kind *target* cannot have.
    """
    with source.connect() as connection:
        found = {name: _bare(connection, name) for name in sorted(names)}
    for one in found.values():
        one.create(target.engine)
    return found


def _bare(connection: Connection, name: str) -> Table:
    columns = []
    for column in Table(name, MetaData(), autoload_with=connection, resolve_fks=False).columns:
        try:
            kind = column.type.as_generic()
        except NotImplementedError:
            zh = f"{name}.{column.name}的类型{column.type}存不进备份文件，没有备份。用 pg_dump。"
            en = f"{name}.{column.name} is {column.type}, which a backup cannot hold. Nothing was made; use pg_dump."
            raise RongtongError(Text(zh, en), code="no_backup") from None
        columns.append(Column(column.name, kind, primary_key=column.primary_key, nullable=column.nullable))
    return Table(name, MetaData(), *columns)


def _does_not_fit(one: Table, error: Exception) -> RongtongError:
    said = str(getattr(error, "orig", error)).strip().splitlines()[0]
    return RongtongError(Text(
        f"表{one.name}里有放不进这个库的行，什么都没有放进去。先用 rongtong verify 核对原来的库。（{said}）",
        f"A row of {one.name} does not fit into this database, and nothing was put there. Run rongtong verify on the "
        f"database that it comes from. ({said})",
    ), code="damaged_backup")  # fmt: skip
