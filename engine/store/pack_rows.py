"""The rows that a district pack says: units, alliances, persons, grants, deputies and rotas, set by set.

What a pack no longer names ends at the moment of adopting; its row stays for the record.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import date

from sqlalchemy import Table, delete, select

from engine.clock import Micros
from engine.definition.district.model import DistrictPack
from engine.definition.district.units import in_order
from engine.definition.values.moments import day_end, midnight, to_micros
from engine.store.schema import hub, tables
from engine.store.schema.columns import NEVER
from engine.store.transactions.runner import Tx
from engine.store.upserts import put


def put_pack(tx: Tx, pack: DistrictPack, title: str, now: Micros) -> None:
    """Let the district of *pack* live in this database, with who is who there; *title* is a pair of words as JSON."""
    d = pack.id
    put(tx, hub.placement, [{"district_id": d, "title": title, "url": "", "position": 0}])
    units = in_order(pack.units)
    put(tx, tables.unit, (
        {"district_id": d, "id": u.id, "name": u.name, "short": u.short, "kind": u.kind, "code": u.code or None,
         "parent": u.parent or None, "successor": u.successor or None, "since": _from(u.since),
         "until": _through(u.until)} for u in units))  # fmt: skip
    _put_members(tx, pack, now)
    put(tx, tables.person, (
        {"district_id": d, "id": p.id, "name": p.name, "unit_id": p.unit, "phone": p.phone or None,
         "since": 0, "until": NEVER} for p in pack.persons))  # fmt: skip
    wanted = {f"{g.person}:{g.role}:{g.unit}": g for g in pack.grants}
    put(tx, tables.role_grant, (
        {"district_id": d, "id": key, "person": g.person, "role": g.role, "unit_id": g.unit, "since": 0,
         "until": NEVER} for key, g in wanted.items()))  # fmt: skip
    deputies = {f"{x.person}:{x.deputy}:{x.since}": x for x in pack.deputies}
    put(tx, tables.deputy, (
        {"district_id": d, "id": key, "person": x.person, "deputy": x.deputy,
         "role": x.role or None, "since": _from(x.since), "until": _through(x.until),
         "reason": x.reason} for key, x in deputies.items()))  # fmt: skip
    _end(tx, tables.person, d, {p.id for p in pack.persons}, now)
    _end(tx, tables.role_grant, d, wanted, now)
    _end(tx, tables.deputy, d, deputies, now)
    tx.connection.execute(delete(tables.rota).where(tables.rota.c.district_id == d))
    put(tx, tables.rota, (
        {"district_id": d, "name": r.name, "unit_id": r.unit, "from_day": r.from_day.isoformat(),
         "audience": r.audience} for r in pack.rotas))  # fmt: skip


def _put_members(tx: Tx, pack: DistrictPack, now: Micros) -> None:
    """The alliances; a member that the pack no longer names leaves now."""
    wanted = {(alliance.unit, member) for alliance in pack.alliances for member in alliance.members}
    m = tables.unit_member.c
    held = tx.read(select(m.alliance, m.member).where(m.district_id == pack.id, m.until > now))
    for alliance, member in {(row.alliance, row.member) for row in held} - wanted:
        left = tables.unit_member.update().where(m.district_id == pack.id, m.alliance == alliance, m.member == member)
        tx.connection.execute(left.where(m.until > now).values(until=now))
    put(tx, tables.unit_member, (
        {"district_id": pack.id, "alliance": alliance, "member": member, "since": 0, "until": NEVER}
        for alliance, member in sorted(wanted)))  # fmt: skip


def _end(tx: Tx, table: Table, district: str, wanted: Collection[str], now: Micros) -> None:
    t = table.c
    held = tx.read(select(t.id).where(t.district_id == district, t.until > now))
    for key in {row.id for row in held} - set(wanted):
        tx.connection.execute(table.update().where(t.district_id == district, t.id == key).values(until=now))


def _from(day: date | None) -> Micros:
    return 0 if day is None else to_micros(midnight(day))


def _through(day: date | None) -> Micros:
    """The end of the last day, which is the first moment of none."""
    return NEVER if day is None else to_micros(day_end(day))
