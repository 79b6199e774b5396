"""Rows put as they are wanted: inserted, or brought up to date where there are such already."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy import Table
from sqlalchemy.dialects import postgresql, sqlite

from engine.store.transactions.runner import Tx


def put(tx: Tx, table: Table, rows: Iterable[dict[str, Any]]) -> None:
    """Insert *rows*, or bring those that exist up to date."""
    rows = list(rows)
    if not rows:
        return
    build = sqlite.insert if tx.dialect == "sqlite" else postgresql.insert
    statement = build(table)
    keys = [c.name for c in table.primary_key.columns]
    others = {c: statement.excluded[c] for c in rows[0] if c not in keys}
    if others:
        statement = statement.on_conflict_do_update(index_elements=keys, set_=others)
    else:
        statement = statement.on_conflict_do_nothing()
    tx.connection.execute(statement, rows)
