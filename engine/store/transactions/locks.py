"""The order of row locks: the engine's rows first, then the tables of plugins by declared rank, keys ascending."""

from __future__ import annotations

from sqlalchemy import Table


def rank(table: Table) -> tuple[int, str]:
    """A table's place in the order: 0 for the engine's own, the declared rank for a plugin's; then its name."""
    return int(table.info.get("rank", 0)), table.name
