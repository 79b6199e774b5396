"""What a backup holds when it is made, kept in it: how many rows each table has, and a digest of them."""

from __future__ import annotations

from contextlib import closing
from hashlib import sha256
from pathlib import Path
from typing import Any, Final, NamedTuple

from sqlalchemy import literal_column, select, table

from engine.clock import Micros
from engine.errors import RongtongError
from engine.i18n import Text, counted, listed
from engine.store.databases import drivers

#: The table of a backup that says what is in it; no open database has it.
SEAL: Final = "rongtong_backup"
_MAKE: Final = f"CREATE TABLE {SEAL} (name TEXT PRIMARY KEY, rows INTEGER, digest TEXT, taken_at INTEGER)"
_PUT: Final = f"INSERT INTO {SEAL} VALUES (?, ?, ?, ?)"  # noqa: S608 - our own name
_READ: Final = f"SELECT name, rows, digest, taken_at FROM {SEAL}"  # noqa: S608 - our own name
_TABLES: Final = f"SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT IN ('{SEAL}')"  # noqa: S608
_NOT_ONE = (
    "{0}不是 rongtong backup 做的备份，没有动库。核对文件名。",
    "{0} is no backup of rongtong backup's, and nothing was done. Check the name.",
)


class Sealed(NamedTuple):
    """What a backup says of itself: when it was taken, and how many tables and rows it has."""

    taken_at: Micros
    tables: int
    rows: int


class _Content(NamedTuple):
    rows: int
    digest: str


def seal(file: Path, taken_at: Micros) -> Sealed:
    """Write into the SQLite *file*, which nobody else has open, what it holds; it is one file afterwards."""
    with closing(_open(file)) as connection:
        connection.execute("PRAGMA journal_mode=DELETE")
        connection.execute(f"DROP TABLE IF EXISTS {SEAL}")
        found = _contents(connection)
        connection.execute(_MAKE)
        connection.executemany(_PUT, [(name, *content, taken_at) for name, content in found.items()])
        connection.commit()
    return Sealed(taken_at, len(found), sum(content.rows for content in found.values()))


def unseal(file: Path) -> Sealed:
    """Compare the SQLite *file* with what it says of itself, and take that out of it.

    Raises RongtongError where it is no backup, or not what it was.
    """
    try:
        with closing(_open(file)) as connection:
            said = {name: (_Content(rows, digest), at) for name, rows, digest, at in _sealed(connection, file)}
            found = _contents(connection)
            kept = {name: content for name, (content, _) in said.items()}
            differ = sorted(name for name in kept.keys() | found.keys() if kept.get(name) != found.get(name))
            sound = connection.execute("PRAGMA integrity_check(1)").fetchone()[0] == b"ok"
            if differ or not sound:
                raise _damaged(file, differ)
            connection.execute(f"DROP TABLE {SEAL}")
            connection.commit()
    except drivers.sqlite_module().DatabaseError:
        raise _damaged(file, []) from None
    return Sealed(max(at for _, at in said.values()), len(found), sum(content.rows for content in found.values()))


def _sealed(connection: Any, file: Path) -> list[Any]:
    """The rows of the seal; there are as many as tables, so a backup has some."""
    rows: list[Any] = []
    try:
        if connection.execute("SELECT 1 FROM sqlite_master WHERE name = ?", (SEAL,)).fetchone():
            rows = connection.execute(_READ).fetchall()
    except drivers.sqlite_module().DatabaseError as error:
        if "not a database" not in str(error):
            raise
    if not rows:
        zh, en = _NOT_ONE
        raise RongtongError(Text(zh.format(file), en.format(file)), code="no_backup")
    return [(name.decode(), count, digest.decode(), at) for name, count, digest, at in rows]


def _open(file: Path) -> Any:
    """A connection that answers text as the bytes that are stored: what is no text is kept as well."""
    connection = drivers.sqlite_module().connect(str(file))
    connection.text_factory = bytes
    return connection


def _contents(connection: Any) -> dict[str, _Content]:
    names = [name.decode() for (name,) in connection.execute(_TABLES)]
    return {name: _content(connection, name) for name in sorted(names) if not name.startswith("sqlite_")}


def _content(connection: Any, name: str) -> _Content:
    """How many rows a table has, and the sum of their digests: in which order a database reads them is its own."""
    rows = total = 0
    for row in connection.execute(str(select(literal_column("*")).select_from(table(name)))):
        rows, total = rows + 1, total + int.from_bytes(sha256(repr(row).encode()).digest())
    return _Content(rows, f"{total % 2**256:064x}")


def _damaged(file: Path, tables: list[str]) -> RongtongError:
    named = listed(tables)
    where = Text(f"，{named.zh}{len(tables)}张表不符", f" ({counted(len(tables), 'table')}: {named.en})")
    said = where if tables else Text("", "")
    return RongtongError(Text(
        f"{file}已损坏，与备份时不同{said.zh}，没有动库。换一份备份。",
        f"{file} is damaged: it is not what it was when it was made{said.en}. Nothing was done. Use another backup.",
    ), code="damaged_backup")  # fmt: skip
