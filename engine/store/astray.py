"""Open tasks that went astray: nobody answers to them any more, or who claimed them may no longer act."""

from __future__ import annotations

from typing import Any

from sqlalchemy import BindParameter, and_, bindparam, select

from engine.audience import AnyoneOf, parse_audience, role_key, user_key
from engine.clock import DAY, Micros
from engine.definition.district.roles import ADMIN
from engine.store import answering
from engine.store.databases.sql import Statement, among, constant
from engine.store.schema import tables
from engine.store.transactions.runner import Tx

#: Longer than any worker rests, holidays among them.
_OF_LATE: Micros = 10 * DAY

_t, _g, _p, _u = (table.c for table in (tables.task, tables.role_grant, tables.person, tables.unit))
_district: BindParameter[Any] = bindparam("district")
_now: BindParameter[Any] = bindparam("now")
_OPEN = (_t.district_id == _district, _t.status == constant("open"))
_AUDIENCES = Statement(select(_t.audience).where(*_OPEN).distinct())
_CLAIMS = Statement(select(_t.assignee, _t.audience).where(*_OPEN, _t.assignee.is_not(None)).distinct())
_PERSONS = Statement(select(_p.id).where(_p.district_id == _district, _p.since <= _now, _p.until > _now))
_HELD = Statement(
    select(_g.role, _g.unit_id)
    .join(tables.person, and_(_p.district_id == _g.district_id, _p.id == _g.person))
    .join(tables.unit, and_(_u.district_id == _g.district_id, _u.id == _g.unit_id))
    .where(_g.district_id == _district, _g.since <= _now, _g.until > _now)
    .where(_p.since <= _now, _p.until > _now, _u.since <= _now, _u.until > _now)
    .distinct()
)
_LOST = Statement(
    select(_g.person, _g.role, _g.unit_id)
    .where(_g.district_id == _district, _g.until <= _now, _g.until > bindparam("since"))
    .distinct()
)
_ASKED = Statement(select(_t.case_id).where(*_OPEN, among(_t.audience, "keys")).distinct(), lists=["keys"])
_CLAIMED = Statement(select(_t.case_id).where(*_OPEN, among(_t.assignee, "persons")).distinct(), lists=["persons"])


def astray(tx: Tx, district: str, now: Micros) -> list[str]:
    """The cases worth looking at again as of *now*: rather some too many than one too few.

    What lies with administrators is among them, since somebody may have been found for it; so is what is asked in a
    role that somebody lost of late, since whoever is left may be kept away, and of that person by name.
    """
    held = tx.rows(_HELD, district=district, now=now)
    live = {role_key(row.role, row.unit_id) for row in held if row.role != ADMIN}
    live |= {user_key(row.id) for row in tx.rows(_PERSONS, district=district, now=now)}
    for row in tx.rows(_LOST, district=district, now=now, since=now - _OF_LATE):
        live -= {role_key(row.role, row.unit_id), user_key(row.person)}
    keys = [row.audience for row in tx.rows(_AUDIENCES, district=district)]
    dead = sorted(key for key in keys if key not in live and not isinstance(parse_audience(key), AnyoneOf))
    claims: dict[str, set[str]] = {}
    for row in tx.rows(_CLAIMS, district=district):
        claims.setdefault(row.assignee, set()).add(row.audience)
    barred = sorted(p for p, held in claims.items() if held - set(answering.audience_keys(tx, district, p, now)))
    found = {row.case_id for row in tx.rows(_ASKED, district=district, keys=dead)}
    found |= {row.case_id for row in tx.rows(_CLAIMED, district=district, persons=barred)}
    return sorted(found)
