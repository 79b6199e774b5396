"""Tables of a plugin's own: prefixed, keyed by district first, pointing only where a plugin may point."""

from __future__ import annotations

import functools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy import Column, ForeignKeyConstraint, Index, MetaData, Table, Text, UniqueConstraint

from engine.store.schema import tables as store

DISTRICT: Final = "district_id"


@dataclass(frozen=True, slots=True)
class Reference:
    """A table of the engine that a plugin's rows may point to."""

    table: Table


@dataclass(frozen=True, slots=True)
class References:
    """The engine's tables within reach of a foreign key."""

    unit: Reference
    person: Reference
    case: Reference


ref: Final = References(Reference(store.unit), Reference(store.person), Reference(store.cases))


@functools.cache
def metadata_of(plugin: str) -> MetaData:
    """The one MetaData that holds *plugin*'s tables."""
    return MetaData(info={"plugin": plugin})


def plugin_table(
    plugin: str,
    name: str,
    *columns: Column[object],
    key: Sequence[str],
    refs: Mapping[str, Table | Reference] | None = None,
    unique: Sequence[Sequence[str]] = (),
    indexes: Sequence[Sequence[str]] = (),
    rank: int = 0,
) -> Table:
    """Table ``<plugin>_<name>`` with ``district_id`` put first in every key, index and reference.

    ``refs`` maps a column to an own table or to ``ref.unit/person/case``, whose key is (district, id).
    ``rank`` orders locks: a command takes tables of lower rank first.
    """
    full = f"{plugin}_{name}"
    named = {column.name: column for column in columns}
    own = [named.pop(part) for part in key]
    for column in own:
        column.primary_key, column.nullable = True, False
    return Table(
        full,
        metadata_of(plugin),
        Column(DISTRICT, Text, primary_key=True),
        *own,
        *named.values(),
        *(_reference(full, column, target) for column, target in (refs or {}).items()),
        *(UniqueConstraint(DISTRICT, *one, name=f"uq_{full}_{'_'.join(one)}") for one in unique),
        *(Index(f"ix_{full}_{'_'.join(one)}", DISTRICT, *one) for one in indexes),
        info={"plugin": plugin, "rank": rank},
        sqlite_with_rowid=False,
    )


def _reference(full: str, column: str, target: Table | Reference) -> ForeignKeyConstraint:
    """A foreign key; one to the case is checked at commit, for a case's first row is written after its actions."""
    table = target.table if isinstance(target, Reference) else target
    deferred = table is store.cases
    return ForeignKeyConstraint(
        [DISTRICT, column],
        [table.c[DISTRICT], table.c.id],
        name=f"fk_{full}_{column}",
        deferrable=True if deferred else None,
        initially="DEFERRED" if deferred else None,
    )
