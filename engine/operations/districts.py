"""The districts of a database: which there are, and each one's context."""

from __future__ import annotations

from sqlalchemy import select

from engine.operations.context import Context, District, System
from engine.store import hub
from engine.store.tables import district as table
from engine.store.transaction import Tx


def context(system: System, district: str) -> Context:
    """The context of *district*; ``NotFound`` when nobody adopted it. What it chose is read afresh, cheaply."""
    record = system.runner.run(lambda tx: _record(tx, district), write=False)
    known = system.districts.get(district)
    if known is None or known[0] != record:
        known = (record, District.from_record(district, record))
        system.districts[district] = known
    return Context(system, known[1])


def _record(tx: Tx, district: str) -> dict[str, str]:
    statement = select(table.c.key, table.c.value).where(table.c.district_id == district)
    return dict(tx.connection.execute(statement).all())


def all_contexts(system: System) -> tuple[Context, ...]:
    """Every district that lives in this database, in the order they are shown."""
    statement = select(hub.placement.c.district_id).order_by(hub.placement.c.position, hub.placement.c.district_id)
    ids = system.runner.run(lambda tx: list(tx.connection.execute(statement).scalars()), write=False)
    return tuple(context(system, district) for district in ids)
