"""A history in a folder: a file for each table that has rows, and the revisions whose tables they are rows of.

The first line of a file names the columns, each other line is a row; they stand in the order of their keys, so that
what is added shows as added. Put into a database, they are made as they were then and brought up to date as any are.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from alembic.migration import MigrationContext
from alembic.operations import Operations
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from sqlalchemy import Connection, MetaData, Table, insert, select, text

from engine.store.databases.database import Database
from engine.store.schema.migrate import Line, own_lines, upgrade
from engine.store.schema.newest import last_revision
from engine.store.transactions.runner import Runner, Tx

_REVISIONS: Final = "revisions.json"
#: Rows come table by table, and some name rows of a table that comes later.
_IN_ANY_ORDER: Final = {
    "sqlite": "PRAGMA defer_foreign_keys=ON", "postgresql": "SET LOCAL session_replication_role = replica",
}  # fmt: skip


def write(database: Database, lines: Sequence[Line], folder: Path) -> None:
    """Write all rows in *database* of our own tables and of those of the plugins' *lines* into the empty *folder*."""
    folder.mkdir(parents=True, exist_ok=True)
    every = (*own_lines(), *lines)
    made = {line.version_table: last_revision(line.folder) for line in every}
    (folder / _REVISIONS).write_text(json.dumps(made, indent=1) + "\n", "utf-8", newline="\n")
    with database.connect() as connection:
        for line in every:
            for table in line.metadata.sorted_tables:
                if written := "".join(f"{_said(row)}\n" for row in _rows(connection, table)):
                    head = _said([column.name for column in table.columns])
                    (folder / f"{table.name}.jsonl").write_text(f"{head}\n{written}", "utf-8", newline="\n")


def _rows(connection: Connection, table: Table) -> Iterator[list[Any]]:
    for row in sorted(connection.execute(select(table)).all(), key=lambda row: _key(table, row._mapping)):
        yield list(row)


def _key(table: Table, row: Mapping[Any, Any]) -> list[Any]:
    return [row[column] for column in table.primary_key.columns]


def _said(row: list[Any]) -> str:
    return json.dumps(row, ensure_ascii=False, separators=(",", ":"))


def read(folder: Path, table: str) -> list[dict[str, Any]]:
    """The rows of *table* in *folder*, each by column."""
    file = folder / f"{table}.jsonl"
    head, *rows = map(json.loads, file.read_text("utf-8").splitlines() if file.exists() else ["[]"])
    return [dict(zip(head, row, strict=True)) for row in rows]


def put(folder: Path, database: Database, lines: Sequence[Line]) -> None:
    """Put the history in *folder* into the empty *database* as its version left it, then bring that up to date."""
    runner = Runner(database)
    try:
        runner.run(lambda tx: _fill(tx, folder, lines), long=True)
    finally:
        runner.release()
    upgrade(database, lines)


def _fill(tx: Tx, folder: Path, lines: Sequence[Line]) -> None:
    made = json.loads((folder / _REVISIONS).read_text("utf-8"))
    tx.connection.begin()  # so that Alembic sees a transaction that is not its own to commit
    for line in (*own_lines(), *lines):
        if line.version_table in made:
            try:
                _make(tx.connection, line, made[line.version_table])
            except CommandError as gone:
                raise LookupError(f"{gone}. {folder} holds rows of tables from before a migration was rewritten, which is "
                                  "done until a release alone: run `make history`.") from gone  # fmt: skip
    tx.connection.execute(text(_IN_ANY_ORDER[tx.dialect]))
    for file in sorted(folder.glob("*.jsonl")):
        table = Table(file.stem, MetaData(), autoload_with=tx.connection, resolve_fks=False)
        tx.connection.execute(insert(table), read(folder, file.stem))


def _make(connection: Connection, line: Line, revision: str) -> None:
    """Make the tables of *line* as they were at *revision*."""
    script = ScriptDirectory(str(line.folder), version_locations=[str(line.folder)])

    def steps(heads: Any, _context: Any) -> list[Any]:
        return list(script._upgrade_revs(revision, heads))

    context = MigrationContext.configure(connection, opts={"version_table": line.version_table, "fn": steps})
    with Operations.context(context):
        context.run_migrations()
