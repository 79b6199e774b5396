"""The smallest statement there is, to see whether a database answers."""

from __future__ import annotations

from sqlalchemy import literal, select

from engine.store.transactions.runner import Tx


def ask(tx: Tx) -> None:
    """Have a statement come back; what it reads is in no table."""
    tx.read(select(literal(1)))
