"""The rows that a district pack says: units, alliances, persons, grants, deputies and rotas, set by set.

A right, a place in an alliance and a deputy have a row for each spell: from the day that the pack gives, or the moment
of adopting, until no pack names them. So who had which right can be asked of any moment. A person and a unit have one
row for good, to which all else refers; a person who is no longer named leaves, and has no end who comes back.

What the first pack of a district has was always so, as far as anybody there can ask: nothing has happened before.
"""

from __future__ import annotations

from datetime import date
from typing import Final

from sqlalchemy import Table, delete, select

from engine.clock import Micros
from engine.definition.district.model import DistrictPack
from engine.definition.district.units import in_order
from engine.definition.values.moments import day_end, midnight, to_micros
from engine.store.schema import hub, tables
from engine.store.schema.columns import NEVER
from engine.store.spells import Row, renewed, revived
from engine.store.transactions.runner import Tx
from engine.store.upserts import put

#: Since when that is so which the first pack of a district says.
_EVER: Final = 0

#: Joins the parts of the id of a deputy that a pack gives; the id of one that was entered, a UUID, has none.
_GIVEN: Final = ":"


def put_pack(tx: Tx, pack: DistrictPack, title: str, now: Micros, *, first: bool) -> None:
    """Let the district of *pack* live in this database, with who is who there; *title* is a pair of words as JSON.

    *first* says that no pack of this district was adopted before.
    """
    d, new = pack.id, _EVER if first else now
    put(tx, hub.placement, [{"district_id": d, "title": title, "url": "", "position": 0}])
    units = [
        {"district_id": d, "id": u.id, "name": u.name, "short": u.short, "kind": u.kind, "code": u.code or None,
         "parent": u.parent or None, "successor": u.successor or None, "since": _from(u.since),
         "until": _through(u.until)} for u in in_order(pack.units)]  # fmt: skip
    put(tx, tables.unit, revived(_held(tx, tables.unit, d), units, ("id",), now, new))
    members = [
        {"district_id": d, "alliance": alliance.unit, "member": member, "since": None, "until": NEVER}
        for alliance in pack.alliances for member in alliance.members]  # fmt: skip
    put(tx, tables.unit_member, renewed(_held(tx, tables.unit_member, d), members, ("alliance", "member"), now, new))
    _put_persons(tx, pack, now, new)
    grants = [
        {"district_id": d, "id": f"{g.person}:{g.role}:{g.unit}", "person": g.person, "role": g.role,
         "unit_id": g.unit, "since": None, "until": NEVER} for g in pack.grants]  # fmt: skip
    put(tx, tables.role_grant, renewed(_held(tx, tables.role_grant, d), grants, ("id",), now, new))
    _put_deputies(tx, pack, now, new)
    _put_rotas(tx, pack)


def _put_persons(tx: Tx, pack: DistrictPack, now: Micros, new: Micros) -> None:
    """The persons; one whom the pack no longer names leaves now."""
    held = _held(tx, tables.person, pack.id)
    named = [
        {"district_id": pack.id, "id": p.id, "name": p.name, "unit_id": p.unit, "phone": p.phone or None,
         "since": None, "until": NEVER} for p in pack.persons]  # fmt: skip
    put(tx, tables.person, revived(held, named, ("id",), now, new))
    here = {person["id"] for person in named}
    put(tx, tables.person, [{**row, "until": now} for row in held if row["id"] not in here and row["until"] > now])


def _put_deputies(tx: Tx, pack: DistrictPack, now: Micros, new: Micros) -> None:
    """The deputies of the pack; one that somebody entered ends only with a person who is no longer named."""
    wanted = [
        {"district_id": pack.id, "id": _GIVEN.join(filter(None, x.key)),
         "person": x.person, "deputy": x.deputy, "role": x.role or None, "since": _from(x.since),
         "until": _through(x.until), "reason": x.reason} for x in pack.deputies]  # fmt: skip
    here = {person.id for person in pack.persons}
    held = [row for row in _held(tx, tables.deputy, pack.id)
            if _GIVEN in row["id"] or not {row["person"], row["deputy"]} <= here]  # fmt: skip
    put(tx, tables.deputy, renewed(held, wanted, ("id",), now, new))


def _put_rotas(tx: Tx, pack: DistrictPack) -> None:
    """The turns of the rotas as the pack has them."""
    held = _held(tx, tables.rota, pack.id)
    wanted = [
        {"district_id": pack.id, "name": r.name, "unit_id": r.unit, "from_day": r.from_day.isoformat(),
         "audience": r.audience} for r in pack.rotas]  # fmt: skip
    if {tuple(row.items()) for row in wanted} != {tuple(row.items()) for row in held}:
        tx.connection.execute(delete(tables.rota).where(tables.rota.c.district_id == pack.id))
        put(tx, tables.rota, wanted)


def _held(tx: Tx, table: Table, district: str) -> list[Row]:
    """Every row of the district, whatever has ended among them."""
    return [dict(row._mapping) for row in tx.read(select(table).where(table.c.district_id == district))]


def _from(day: date | None) -> Micros | None:
    return None if day is None else to_micros(midnight(day))


def _through(day: date | None) -> Micros:
    """The end of the last day, which is the first moment of none."""
    return NEVER if day is None else to_micros(day_end(day))
