"""Published processes, each version by its hash for good; of each process one is the district's current version."""

from __future__ import annotations

import json
from typing import Any

from sqlalchemy import bindparam, insert, literal_column, select, update

from engine.clock import Micros
from engine.definition.model import Process
from engine.store import upcast
from engine.store.databases.sql import Statement
from engine.store.people import org_head
from engine.store.schema.tables import definition
from engine.store.transactions.runner import Tx

_d = definition.c
_CURRENT = Statement(
    select(_d.hash, org_head).where(
        _d.district_id == bindparam("district"),
        _d.process == bindparam("process"),
        _d.current == literal_column("1"),
    )
)
_BY_HASH = Statement(
    select(_d.process, _d.document, _d.specs).where(
        _d.district_id == bindparam("district"), _d.hash == bindparam("hash")
    )
)
_ALL_CURRENT = Statement(
    select(_d.hash)
    .where(_d.district_id == bindparam("district"), _d.current == literal_column("1"))
    .order_by(_d.process)
)


def current(tx: Tx, district: str, process: str) -> tuple[str, str] | None:
    """The hash of the current version of *process*, read with the version of who is who; None where there is none."""
    found = tx.one(_CURRENT, district=district, process=process)
    return None if found is None else (found.hash, found.directory or "")


def all_current(tx: Tx, district: str) -> list[str]:
    """The hash of every current version, by the names of processes."""
    return [row.hash for row in tx.rows(_ALL_CURRENT, district=district)]


def by_hash(tx: Tx, district: str, hash_: str) -> tuple[Any, Any] | None:
    """The canonical document with that hash, and what is kept beside it of its plugins; None where it is gone."""
    found = tx.one(_BY_HASH, district=district, hash=hash_)
    if found is None:
        return None
    place = f"{found.process} {hash_[:12]}"
    return upcast.process_of(found.document, place), upcast.specs_of(found.specs, place)


def make_current(tx: Tx, district: str, process: Process, specs: str, *, by: str, now: Micros) -> bool:
    """Store *process* unless it is there, and make it the current one of its name; False when nothing changes.

    *specs* is what it keeps of its plugins, as stored; *by* is the person who publishes, "" for the installation.
    """
    mine = (_d.district_id == district) & (_d.process == process.name)
    same = mine & (_d.hash == process.hash)
    held = next(iter(tx.read(select(_d.current, _d.specs).where(same))), None)
    if held is not None and held.current == 1 and held.specs == specs:
        return False
    tx.connection.execute(update(definition).where(mine, _d.current == 1).values(current=0))
    if held is not None:
        tx.connection.execute(update(definition).where(same).values(current=1, specs=specs))
        return True
    row = {
        "district_id": district,
        "hash": process.hash,
        "process": process.name,
        "title": json.dumps(list(process.title), ensure_ascii=False),
        "document": upcast.process_text(process.document),
        "specs": specs,
        "published_by": by,
        "published_at": now,
        "current": 1,
    }
    tx.connection.execute(insert(definition).values(**row))
    return True
