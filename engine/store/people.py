"""Who may have a task: the seats that hold a role, nearest unit first, who stands in for them, who is on duty."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy import (
    CTE,
    BindParameter,
    ColumnElement,
    Select,
    and_,
    bindparam,
    case,
    func,
    literal,
    or_,
    select,
    union_all,
)

from engine.audience import AudienceKey, RoleAt, parse_audience, role_key
from engine.clock import Micros
from engine.definition.district.units import MOST_LEVELS
from engine.store.databases.sql import Statement, among, constant, insert_into
from engine.store.schema import tables
from engine.store.schema.columns import NEVER
from engine.store.transactions.runner import Tx

_u, _p, _g, _d, _r = (t.c for t in (tables.unit, tables.person, tables.role_grant, tables.deputy, tables.rota))
_now: BindParameter[Any] = bindparam("now")
_district: BindParameter[Any] = bindparam("district")
_who: BindParameter[Any] = bindparam("person")

#: A unit that has begun and has not ended.
_lives = (_u.since <= _now, _u.until > _now)
#: The way up from a unit.
_first = (
    select(_u.id, literal(0).label("depth"))
    .where(_u.district_id == _district, _u.id == bindparam("unit"))
    .cte("up", recursive=True)
)
_here = tables.unit.alias("here")


def next_up(way: CTE, *more: Any) -> Select[Any]:
    """One step up from each unit on *way*; a unit that ended is passed on to its successor."""
    ended = and_(_here.c.until <= _now, _here.c.successor.is_not(None))
    onward = case((ended, _here.c.successor), else_=_here.c.parent)
    return select(onward, *more).join(way, _here.c.id == way.c.id).where(_here.c.district_id == _district)


_up = _first.union_all(next_up(_first, _first.c.depth + 1).where(_first.c.depth < MOST_LEVELS))


def on_the_way(unit: ColumnElement[str]) -> ColumnElement[bool]:
    """What a join with ``_up`` says already, said again: SQLite would join a whole district with a few units."""
    return unit.in_(select(_up.c.id))


_PATH = Statement(
    select(_u.id)
    .join(_up, _u.id == _up.c.id)
    .where(_u.district_id == _district, on_the_way(_u.id), *_lives)
    .order_by(_up.c.depth)
)
#: The version of all this, to be read together with what is kept under it: the head of the district's journal of it.
org_head = (
    select(tables.stream.c.head)
    .where(tables.stream.c.district_id == _district, tables.stream.c.id == constant("org"))
    .scalar_subquery()
    .label("directory")
)
_SEATS = Statement(
    select(_up.c.id, _g.role, _g.person, org_head)
    .join(tables.role_grant, _g.unit_id == _up.c.id)
    .join(tables.unit, and_(_u.district_id == _g.district_id, _u.id == _g.unit_id))
    .join(tables.person, and_(_p.district_id == _g.district_id, _p.id == _g.person))
    .where(_g.district_id == _district, on_the_way(_g.unit_id), among(_g.role, "roles"))
    .where(_g.since <= _now, _g.until > _now, _p.since <= _now, _p.until > _now, *_lives)
    .order_by(_up.c.depth, _g.person),
    lists=["roles"],
)
granted = and_(_g.district_id == _district, _g.since <= _now, _g.until > _now)
deputised = and_(
    _d.district_id == _district, _d.deputy == _who, _d.since <= _now, _d.until > _now,
    _p.district_id == _d.district_id, _p.id == _d.person, _p.since <= _now, _p.until > _now,
)  # fmt: skip
unit_lives = and_(_u.district_id == _district, _u.id == _g.unit_id, _u.until > _now)
_HOLDERS = Statement(
    select(_g.person)
    .join(tables.person, and_(_p.district_id == _g.district_id, _p.id == _g.person))
    .where(granted, _g.role == bindparam("role"), _p.since <= _now, _p.until > _now)
    .order_by(_g.person)
)
_WITH_ROLES = Statement(
    select(_g.person)
    .join(tables.person, and_(_p.district_id == _g.district_id, _p.id == _g.person))
    .join(tables.unit, unit_lives)
    .where(granted, among(_g.unit_id, "units"), _p.since <= _now, _p.until > _now)
    .order_by(_g.unit_id, _g.person),
    lists=["units"],
)
_STAND_INS = Statement(
    select(_d.deputy)
    .join(tables.person, and_(_p.district_id == _d.district_id, _p.id == _d.deputy))
    .where(_d.district_id == _district, among(_d.person, "persons"), _d.since <= _now, _d.until > _now)
    .where(or_(_d.role.is_(None), _d.role == bindparam("role")), _p.since <= _now, _p.until > _now)
    .order_by(_d.deputy),
    lists=["persons"],
)
_GRANT = Statement(
    select(_g.since, _g.until)
    .where(granted, _g.person == _who, _g.role == bindparam("role"), _g.unit_id == bindparam("unit"))
    .order_by(_g.since)
    .limit(1)
)
_STANDING = Statement(
    select(_d.until).where(deputised, _d.person == bindparam("principal")).order_by(_d.until.desc()).limit(1)
)
_ON_DUTY = Statement(
    select(_r.audience)
    .where(_r.district_id == _district, _r.name == bindparam("name"), _r.unit_id == bindparam("unit"))
    .where(_r.from_day <= bindparam("day"))
    .order_by(_r.from_day.desc())
    .limit(1)
)
_DEPUTISE = insert_into(tables.deputy)
_dated = (tables.unit, tables.person, tables.role_grant, tables.deputy)
_changes = union_all(
    *(
        select(moment.label("at")).where(table.c.district_id == _district, moment > _now, moment < NEVER)
        for table in _dated
        for moment in (table.c.since, table.c.until)
    )
).subquery()
_VERSION = Statement(select(org_head))
_NEXT_CHANGE = Statement(select(func.min(_changes.c.at).label("at"), org_head))


def path(tx: Tx, district: str, unit: str, now: Micros) -> tuple[str, ...]:
    """The unit and those above it, nearest first, as of *now*; a successor stands in for what ended."""
    return tuple(dict.fromkeys(row.id for row in tx.rows(_PATH, district=district, unit=unit, now=now)))


def seats(tx: Tx, district: str, role: str, unit: str, now: Micros) -> dict[str, tuple[str, ...]]:
    """The holders of *role* at *unit* and at each unit above it, by unit, nearest first."""
    return seats_of(tx, district, [role], unit, now)[role]


def seats_of(
    tx: Tx, district: str, roles: Iterable[str], unit: str, now: Micros
) -> dict[str, dict[str, tuple[str, ...]]]:
    """The same for several *roles*, by role, in one query."""
    return seats_read(tx, district, roles, unit, now)[0]


def seats_read(
    tx: Tx, district: str, roles: Iterable[str], unit: str, now: Micros
) -> tuple[dict[str, dict[str, tuple[str, ...]]], str]:
    """The same with the version that it was read in; "" where nobody was found."""
    found: dict[str, dict[str, dict[str, None]]] = {role: {} for role in roles}
    rows = tx.rows(_SEATS, district=district, roles=list(found), unit=unit, now=now)
    for row in rows:
        found[row.role].setdefault(row.id, {})[row.person] = None
    by_role = {role: {at: tuple(persons) for at, persons in units.items()} for role, units in found.items()}
    return by_role, rows[0].directory if rows else ""


def seat(
    tx: Tx, district: str, role: str, unit: str, now: Micros, excluded: Iterable[str] = ()
) -> tuple[AudienceKey, tuple[str, ...]] | None:
    """The nearest unit at or above *unit* with a holder of *role* who is not *excluded*, as key and holders."""
    return nearest(seats(tx, district, role, unit, now), role, excluded)


def nearest(
    found: dict[str, tuple[str, ...]], role: str, excluded: Iterable[str]
) -> tuple[AudienceKey, tuple[str, ...]] | None:
    """The first of *found* with a holder who is not *excluded*: exclude first, then climb."""
    out = set(excluded)
    for at, persons in found.items():
        left = tuple(person for person in persons if person not in out)
        if left:
            return role_key(role, at), left
    return None


def holders(tx: Tx, district: str, role: str, now: Micros) -> tuple[str, ...]:
    """Whoever holds *role* anywhere in the district."""
    return tuple(dict.fromkeys(row.person for row in tx.rows(_HOLDERS, district=district, role=role, now=now)))


def holding(tx: Tx, district: str, role: str, unit: str, now: Micros) -> tuple[str, ...]:
    """Whoever holds *role* at the very *unit*; where none is named, anywhere in the district."""
    if not unit:
        return holders(tx, district, role, now)
    return seats(tx, district, role, unit, now).get(unit, ())


def with_roles(tx: Tx, district: str, units: Iterable[str], now: Micros) -> tuple[str, ...]:
    """Whoever holds some role at one of *units*."""
    rows = tx.rows(_WITH_ROLES, district=district, units=list(units), now=now)
    return tuple(dict.fromkeys(row.person for row in rows))


def stand_ins(tx: Tx, district: str, persons: Iterable[str], role: str, now: Micros) -> tuple[str, ...]:
    """Who does the work of *persons* now: all of it, or what they have by *role*."""
    rows = tx.rows(_STAND_INS, district=district, persons=list(persons), role=role, now=now)
    return tuple(dict.fromkeys(row.deputy for row in rows))


def grant(tx: Tx, district: str, person: str, audience: AudienceKey, now: Micros) -> tuple[Micros, Micros] | None:
    """From when until when *person* has the role that *audience* names at its very unit; None without such a grant."""
    match parse_audience(audience):
        case RoleAt(role, unit):
            row = tx.one(_GRANT, district=district, person=person, role=role, unit=unit, now=now)
            return None if row is None else (row.since, row.until)
    return None


def standing_until(tx: Tx, district: str, principal: str, deputy: str, now: Micros) -> Micros | None:
    """Until when *deputy* stands in for *principal*; None when they do not."""
    row = tx.one(_STANDING, district=district, principal=principal, person=deputy, now=now)
    return None if row is None else int(row.until)


def next_change(tx: Tx, district: str, now: Micros) -> Micros | None:
    """When a unit, a person, a grant or a deputy next begins or ends, or None."""
    at: Micros | None = tx.one(_NEXT_CHANGE, district=district, now=now).at
    return at


def version(tx: Tx, district: str) -> str:
    """The version of who is who in the state of affairs that *tx* reads; "" before there is any."""
    return tx.one(_VERSION, district=district).directory or ""


def lasting(tx: Tx, district: str, now: Micros) -> tuple[Micros, str]:
    """Until when all of it stays as it is at *now* unless somebody changes it, and the version that it was read in."""
    row = tx.one(_NEXT_CHANGE, district=district, now=now)
    return NEVER if row.at is None else row.at, row.directory or ""


def on_duty(tx: Tx, district: str, name: str, unit: str, day: str) -> AudienceKey | None:
    """The audience key of who is on rota *name* of *unit* on *day* (``2026-06-16``), or None."""
    row = tx.one(_ON_DUTY, district=district, name=name, unit=unit, day=day)
    return None if row is None else row.audience


def grants(tx: Tx, district: str, now: Micros) -> list[Any]:
    """Every grant that holds at *now*, as ``person``, ``role`` and ``unit_id``, by role and unit."""
    held = select(_g.person, _g.role, _g.unit_id).where(_g.district_id == district, _g.since <= now, _g.until > now)
    return list(tx.read(held.order_by(_g.role, _g.unit_id, _g.person)))


def deputies(tx: Tx, district: str, now: Micros) -> list[Any]:
    """Who is or will be away: ``person``, ``since``, ``until`` and ``deputy``."""
    away = select(_d.person, _d.since, _d.until, _d.deputy).where(_d.district_id == district, _d.until > now)
    return list(tx.read(away))


def deputise(
    tx: Tx, district: str, *, id: str, person: str, deputy: str, since: Micros, until: Micros, reason: str  # noqa: A002
) -> None:
    """Let *deputy* have all of the work of *person* from *since* until *until*."""
    tx.change(_DEPUTISE, district_id=district, id=id, person=person, deputy=deputy, role=None, since=since, until=until,
              reason=reason)  # fmt: skip
