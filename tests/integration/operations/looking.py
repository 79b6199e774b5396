"""What tests read straight from the tables, and a hook that counts what a command does to them."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Table, select

from engine.operations.reading.views import Receipt
from engine.operations.verifying.verify import verify
from engine.runtime.shapes.tree import State
from engine.runtime.state import nodes
from engine.store import cases
from engine.store.cases import Case
from engine.store.schema.tables import cases as case_table
from engine.store.schema.tables import journal, metadata
from tests import desk
from tests.town import Town

_WRITE = re.compile(r"\s*(INSERT INTO|UPDATE|DELETE FROM)\s+(\w+)", re.IGNORECASE)
_READ = re.compile(r"\s*(SELECT|WITH)\b", re.IGNORECASE)


def rows(town: Town, table: Table) -> list[dict[str, Any]]:
    """Every row of *table*, in the order of its key."""
    statement = select(table).order_by(*table.primary_key.columns)
    return town.ctx.runner.run(
        lambda tx: [dict(row._mapping) for row in tx.connection.execute(statement)], write=False
    )


def everything(town: Town) -> dict[str, list[dict[str, Any]]]:
    """All rows of the engine and the desk, to see that nothing changed; not that an account began, as whoever asks may."""
    found = {table.name: rows(town, table) for table in (*metadata.sorted_tables, desk.seat, desk.note)}
    for name, column in (("journal", "stream"), ("stream", "id")):
        found[name] = [row for row in found[name] if not row[column].startswith("account:")]
    return found


def seats_taken(town: Town) -> list[str]:
    """The names of the seats that are held."""
    return [row["name"] for row in rows(town, desk.seat)]


def history(town: Town, *cases_: Receipt) -> list[dict[str, Any]]:
    """The journal rows of cases, of all when none is named; not those of the district itself."""
    streams = {receipt.case for receipt in cases_} or {row["id"] for row in rows(town, case_table)}
    return [row for row in rows(town, journal) if row["stream"] in streams]


def case_of(town: Town, receipt: Receipt) -> Case:
    """The case as stored."""
    found = town.ctx.runner.run(lambda tx: cases.load_case(tx, town.ctx.id, id=receipt.case), write=False)
    assert found is not None
    return found


def node_of(state: State, step: str) -> dict[str, Any]:
    """The open node of *step*."""
    return next(node for node in nodes(state["root"]) if node["s"] == step)


def broken(town: Town) -> list[str]:
    """What ``verify`` finds."""
    return [f"{found.promise} {found.place}" for found in verify(town.ctx).broken]


@dataclass
class Watch:
    """A hook that keeps what passes: writes by verb and table with their rows, and how many reads."""

    sent: list[tuple[str, Any]] = field(default_factory=list)
    writes: Counter[str] = field(default_factory=Counter)
    rows: Counter[str] = field(default_factory=Counter)
    reads: int = 0

    def before(self, sql: str, parameters: Any) -> None:
        """Nothing is kept from fulfilment."""

    def after(self, sql: str, parameters: Any, count: int) -> None:
        self.sent.append((sql, parameters))
        found = _WRITE.match(sql)
        if found:
            name = f"{found[1].split()[0].upper()} {found[2]}"
            self.writes[name] += 1
            self.rows[name] += count
        elif _READ.match(sql):
            self.reads += 1

    @property
    def statements(self) -> list[str]:
        """The text of each."""
        return [sql for sql, _ in self.sent]

    @property
    def savepoints(self) -> int:
        """How many savepoints were opened."""
        return sum(sql.startswith("SAVEPOINT") for sql in self.statements)


@contextmanager
def watching(town: Town) -> Iterator[Watch]:
    """Keep every statement that passes while the block runs."""
    watch = Watch()
    town.system.database.hook = watch
    try:
        yield watch
    finally:
        town.system.database.hook = None


class Seen:
    """Notes every statement."""

    def __init__(self) -> None:
        self.statements: list[str] = []

    def before(self, sql: str, parameters: object) -> None:
        self.statements.append(sql)

    def after(self, sql: str, parameters: object, rows: int) -> None:
        """Only what was sent counts."""
