"""Row locks in one order: engine rows first, then plugin tables by declared rank, keys ascending."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import Select, Table, literal, select, tuple_

Key = tuple[Any, ...]


class LockOrder(RuntimeError):
    """A lock was asked for against the order; two such commands could wait for each other for ever."""


def rank(table: Table) -> tuple[int, str]:
    """A table's place in the order: 0 for the engine's own, the declared rank for a plugin's; then its name."""
    return int(table.info.get("rank", 0)), table.name


def in_order(last: tuple[Any, ...] | None, table: Table, keys: Sequence[Key]) -> tuple[Any, ...] | None:
    """The place of the highest of *keys*; raises LockOrder when the lowest comes before *last*."""
    if not keys:
        return last
    place = rank(table)
    if last is not None and (place < last[0] or (place == last[0] and keys[0] < last[1])):
        raise LockOrder(f"{table.name} {keys[0]} is locked after {last[0][1]} {last[1]}")
    return place, keys[-1]


def select_for_update(table: Table, keys: Iterable[Key]) -> Select[Any]:
    """The statement that locks the rows of *keys* (whole primary keys) in ascending order."""
    columns = list(table.primary_key.columns)
    rows = select(literal(1)).select_from(table).where(tuple_(*columns).in_(list(keys)))
    return rows.order_by(*columns).with_for_update()
