"""The keys that sign cookies, where the database keeps them; the highest number is the newest."""

from __future__ import annotations

from typing import Any, Final

from sqlalchemy import bindparam, delete, select

from engine.clock import Micros
from engine.store.databases.sql import Statement
from engine.store.schema import hub
from engine.store.transactions.runner import Tx

_k = hub.signing_key.c
_ADD: Final = Statement(
    lambda insert: (
        insert(hub.signing_key)
        .values(id=bindparam("number"), secret=bindparam("secret"), made_at=bindparam("now"))
        .on_conflict_do_nothing()
    )
)
_KEPT: Final = Statement(select(_k.id, _k.secret, _k.made_at).order_by(_k.id.desc()))
_FORGET: Final = Statement(delete(hub.signing_key).where(_k.id < bindparam("oldest")))


def kept(tx: Tx) -> list[Any]:
    """Every key, the newest first: ``id``, ``secret`` and ``made_at``, wall time."""
    return tx.rows(_KEPT)


def add(tx: Tx, number: int, secret: str, now: Micros) -> None:
    """Keep a key under *number*, unless somebody has kept one there before."""
    tx.change(_ADD, number=number, secret=secret, now=now)


def forget(tx: Tx, oldest: int) -> None:
    """Delete those before the key numbered *oldest*."""
    tx.change(_FORGET, oldest=oldest)
