"""Takes the words out of the rows of a case: what people typed, and the salts under which digests told of it."""

from __future__ import annotations

from typing import Any

from sqlalchemy import delete, select, update

from engine.store.schema import tables
from engine.store.text import dump
from engine.store.transactions.runner import Tx


def is_sending(tx: Tx, district: str, case: str) -> bool:
    """Whether something of the case is still to be sent or done by a worker."""
    j = tables.job.c
    return bool(tx.read(select(j.id).where(j.district_id == district, j.stream == case).limit(1)))


def forget_words(tx: Tx, district: str, case: str) -> bool:
    """Empty the forms of the case, and delete its notices; False where the forms were empty before."""
    d, n = tables.case_data.c, tables.notice.c
    kept = (d.district_id == district, d.case_id == case, d.salt != "")
    emptied = update(tables.case_data).where(*kept).values(salt="", fill=None, note=None, data=None, told=None)
    if not tx.connection.execute(emptied).rowcount:
        return False
    tx.connection.execute(delete(tables.notice).where(n.district_id == district, n.case_id == case))
    return True


def rename(tx: Tx, district: str, case: str, *, subject: str, search: str, state: dict[str, Any]) -> None:
    """Let the case be called *subject*, found by *search* and stand at *state*, beside every command."""
    c = tables.cases.c
    named = update(tables.cases).where(c.district_id == district, c.id == case)
    tx.connection.execute(named.values(subject=subject, search=search, state=dump(state)))
