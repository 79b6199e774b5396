"""Tells without Alembic whether a database stands at the newest revisions.

Loading Alembic takes a tenth of a second and 11 MB, at every command and for as long as a server runs, for an answer
that is nearly always "nothing to do". What the files say plainly is read here; whatever they do not, Alembic is asked.
"""

from __future__ import annotations

import ast
from pathlib import Path

from sqlalchemy import Connection, String, column, inspect, select, table

#: What a revision says of others than the one before it; then only Alembic knows which are the last.
_BESIDE = ("branch_labels", "depends_on")


def is_newest(connection: Connection, folder: Path, version_table: str) -> bool:
    """Whether the database has the last revision of *folder*; False also where only Alembic can tell."""
    last = last_revision(folder)
    if last is None or not inspect(connection).has_table(version_table):
        return False
    query = select(column("version_num", String)).select_from(table(version_table))
    return list(connection.execute(query).scalars()) == [last]


def last_revision(folder: Path) -> str | None:
    """The one revision that no other follows; None where the files do not say so in plain values."""
    follows: dict[str, str | None] = {}
    for file in folder.glob("*.py"):
        said = _plain_values(file)
        revision, before = said.get("revision"), said.get("down_revision", ...)
        if not isinstance(revision, str) or not isinstance(before, str | None) or any(said.get(k) for k in _BESIDE):
            return None
        follows[revision] = before
    last = follows.keys() - follows.values()
    return last.pop() if len(last) == 1 else None


def _plain_values(file: Path) -> dict[str, object]:
    """What the file sets at its top to plain text or to nothing; anything else is an Ellipsis."""
    said: dict[str, object] = {}
    for line in ast.parse(file.read_bytes(), str(file)).body:
        if isinstance(line, ast.Assign):
            names, value = line.targets, line.value
        elif isinstance(line, ast.AnnAssign) and line.value is not None:
            names, value = [line.target], line.value
        else:
            continue
        for name in names:
            if isinstance(name, ast.Name):
                said[name.id] = value.value if isinstance(value, ast.Constant) else ...
    return said
