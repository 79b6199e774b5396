"""Which districts live in a database, and what each one's own table says, by key."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from sqlalchemy import bindparam, select

from engine.store.databases.sql import Statement
from engine.store.schema import hub, tables
from engine.store.transactions.runner import Tx
from engine.store.upserts import put

_p, _d = hub.placement.c, tables.district.c
_PLACED = Statement(select(_p.district_id).order_by(_p.position, _p.district_id))
_ANY_VALUE = Statement(select(_d.value).where(_d.key == bindparam("key")).limit(1))


def placed(tx: Tx) -> list[str]:
    """The ids of the districts that live in this database, in the order they are shown."""
    return [row.district_id for row in tx.rows(_PLACED)]


def any_value(tx: Tx, key: str) -> str | None:
    """What some district says under *key*, where all say the same; None where none says anything."""
    found = tx.one(_ANY_VALUE, key=key)
    return found and str(found.value)


def keep(tx: Tx, districts: Iterable[str], values: Mapping[str, str]) -> None:
    """Let each of *districts* say *values*, by key, beside what it says under other keys."""
    put(tx, tables.district, (
        {"district_id": district, "key": key, "value": value} for district in districts for key, value in values.items()
    ))  # fmt: skip
