"""Content that journal rows name by its hash: each text once in its district. Nothing here is ever changed."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import bindparam, select

from engine.store.databases.sql import Statement
from engine.store.schema import tables
from engine.store.text import digest
from engine.store.transactions.runner import Tx

_c = tables.content.c
_KEEP = Statement(
    lambda insert: (
        insert(tables.content)
        .values(district_id=bindparam("district"), hash=bindparam("hash"), body=bindparam("body"))
        .on_conflict_do_nothing()
    )
)
_READ = Statement(select(_c.body).where(_c.district_id == bindparam("district"), _c.hash == bindparam("hash")))


def name(body: str) -> str:
    """The hash by which rows name *body*."""
    return digest(body)


def keep(tx: Tx, district: str, bodies: Iterable[str]) -> None:
    """Keep each of *bodies*, unless it is there."""
    for body in bodies:
        tx.later(_KEEP, district=district, hash=name(body), body=body)


def read(tx: Tx, district: str, named: str) -> str | None:
    """The content that the hash *named* names; None where there is none."""
    row = tx.one(_READ, district=district, hash=named)
    return None if row is None else row.body
