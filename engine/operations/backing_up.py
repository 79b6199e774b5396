"""A backup of all districts of a database in one file, and such a file put back into an empty database.

The file is a SQLite database, whatever it was taken of: it can be looked at, and put back into either kind.
"""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from shutil import copyfile
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from engine.clock import Clock
from engine.errors import RongtongError
from engine.extend.loading.migrating import migrated
from engine.extend.registry import Registry
from engine.i18n import Text, listed
from engine.settings import sqlite_file
from engine.store.backup import rows, snapshot
from engine.store.backup.rows import Told
from engine.store.backup.seal import Sealed, seal, unseal
from engine.store.databases.database import Database, open_database
from engine.store.databases.ownership import Standing, must_be_ours, standing
from engine.store.schema.migrate import must_be_newest, own_lines, upgrade

if TYPE_CHECKING:
    from sqlalchemy import Table

    from engine.store.schema.migrate import Line


def back_up(url: str, registry: Registry, file: Path, clock: Clock, told: Told) -> Sealed:
    """Keep what the database at *url* holds at this moment in a new *file*; others may go on working.

    Raises RongtongError where there is a file of that name, or where the tables are not those of this version.
    """
    if file.exists():
        zh, en = f"已有文件{file}，没有动它。换一个文件名。", f"There is a file {file}, and it stays. Name another."
        raise RongtongError(Text(zh, en), code="usage")
    if not file.parent.is_dir():
        raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), str(file.parent))
    with _open(url) as database, _beside(file) as copy:
        must_be_ours(database, new=False)
        if database.dialect == "sqlite":
            snapshot.snapshot(database, copy, told)
        else:
            _written_out(database, registry, copy, told)
        sealed = seal(copy, clock.wall())
        copy.replace(file)
    return sealed


def restore(url: str, registry: Registry, file: Path, told: Told) -> Sealed:
    """Put what *file* holds into the database at *url*, which has to be empty, and bring it up to date.

    All of it is put there or nothing. Raises RongtongError where the file is no backup or is damaged, where its tables
    are newer than the program, and where the database holds anything.
    """
    target = sqlite_file(url)
    with _gone_if_it_fails(target), _open(url) as database:
        _must_be_empty(database, registry)
        with _beside(target) as copy:
            copyfile(file, copy)
            copy.chmod(0o600)
            sealed = unseal(copy)
            with _open(f"sqlite:///{copy}") as source:
                known, _ = migrated(registry, partial(upgrade, source))
                if database.dialect != "sqlite":
                    _read_in(source, database, known, told)
            if database.dialect == "sqlite":
                snapshot.replace(database, copy, told)
    return sealed


def _written_out(database: Database, registry: Registry, to: Path, told: Told) -> None:
    """Make a SQLite file *to* with the tables of this version, and copy all rows into it."""
    try:
        known, _ = migrated(registry, partial(must_be_newest, database))
    except RongtongError as refusal:
        raise _behind() if refusal.code == "tables_behind" else refusal from None
    with _open(f"sqlite:///{to}") as target:
        known, _ = migrated(known, partial(upgrade, target))
        tables = _tables(known)
        strangers = rows.tables_of(database) - tables.keys() - rows.tables_of(target)
        rows.copy_rows(database, target, tables | rows.strangers_made(database, target, strangers), told)


def _read_in(source: Database, database: Database, registry: Registry, told: Told) -> None:
    """Make the tables in the PostgreSQL *database*, and copy all rows of *source* into them."""
    tables = _tables(registry)
    versions = {line.version_table for line in _lines(registry)}  # a migration writes them
    if strangers := rows.tables_of(source) - tables.keys() - versions:
        raise _unknown(sorted(strangers))
    migrated(registry, partial(upgrade, database))
    rows.copy_rows(source, database, tables, told)


def _tables(registry: Registry) -> dict[str, Table]:
    return {name: table for line in _lines(registry) for name, table in line.metadata.tables.items()}


def _lines(registry: Registry) -> tuple[Line, ...]:
    return (*own_lines(), *registry.migrations())


def _must_be_empty(database: Database, registry: Registry) -> None:
    """Refuse what holds a row: a database that was only migrated may be filled, as one where filling it failed."""
    found = standing(database)
    if found is Standing.FOREIGN or not (found is Standing.EMPTY or rows.is_empty(database, _tables(registry))):
        zh = "这个库里已有数据，没有动它。备份只放回空库：换一个空库，或先把它移走。"
        en = "This database holds data and stays as it is. A backup goes into an empty one: name another, or move it."
        raise RongtongError(Text(zh, en), code="foreign_database")


@contextmanager
def _open(url: str) -> Iterator[Database]:
    database = open_database(url)
    try:
        yield database
    finally:
        database.close()


@contextmanager
def _gone_if_it_fails(file: Path | None) -> Iterator[None]:
    """Where what is done inside fails, take away a SQLite file that was not there before."""
    new = file is not None and not file.exists()
    try:
        yield
    except BaseException:
        if file is not None and new:
            file.unlink(missing_ok=True)
        raise


@contextmanager
def _beside(file: Path | None) -> Iterator[Path]:
    """Where to make a file before it is whole: in a folder of its own beside *file*, on the same disk."""
    where = file.parent if file is not None else None
    with TemporaryDirectory(prefix=".rongtong-", dir=where, ignore_cleanup_errors=True) as folder:
        yield Path(folder) / "copy.db"


def _behind() -> RongtongError:
    return RongtongError(Text(
        "库里的表是旧版本的，没有备份。用原来的版本备份，再升级。",
        "The tables are those of an older version. Nothing was made: back up with that version, then upgrade.",
    ), code="tables_behind")  # fmt: skip


def _unknown(tables: list[str]) -> RongtongError:
    named = listed(tables)
    return RongtongError(Text(
        f"备份里有没装的插件的表：{named.zh}。什么都没有放进去。装上那个插件，再来；放回 SQLite 不必装。",
        f"The backup has tables of a plugin that is not installed: {named.en}. Nothing was put there. Install the "
        "plugin and try again; SQLite takes them without it.",
    ), code="plugin")  # fmt: skip
