"""What a person answers to: the audience keys of their own and of those they stand in for, and their units."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    CTE,
    BindParameter,
    ColumnElement,
    FromClause,
    and_,
    bindparam,
    case,
    exists,
    literal,
    or_,
    select,
    union_all,
)

from engine.audience import ANYBODY, AudienceKey, anyone_key, at_home_key, role_key, user_key
from engine.clock import Micros
from engine.definition.district.roles import ADMIN, ANY_ADMIN
from engine.store.databases.sql import Statement, among
from engine.store.people import deputised, granted, next_up, org_head, unit_lives
from engine.store.schema import tables
from engine.store.transactions.runner import Tx

_u, _p, _g, _d = (t.c for t in (tables.unit, tables.person, tables.role_grant, tables.deputy))
_now: BindParameter[Any] = bindparam("now")
_district: BindParameter[Any] = bindparam("district")
_who: BindParameter[Any] = bindparam("person")
#: The units that a person belongs to or has a role in, and all above them.
_own_units = (
    select(_p.unit_id.label("id"))
    .where(_p.district_id == _district, _p.id == _who)
    .union_all(select(_g.unit_id).where(granted, _g.person == _who))
    .subquery()
)
_home = select(_own_units.c.id).cte("home", recursive=True)
_above = _home.union(next_up(_home))
#: What a person answers to: (whose, kind, role, unit).
_parts = union_all(
    select(_p.id.label("whose"), literal("home").label("kind"), literal("").label("role"), _p.unit_id.label("unit"))
    .where(_p.district_id == _district, _p.id == _who, _p.since <= _now, _p.until > _now),
    select(_g.person, literal("role"), _g.role, _g.unit_id).where(granted, unit_lives, _g.person == _who),
    select(_d.person, literal("home"), literal(""), literal("")).where(deputised, _d.role.is_(None)),
    select(_g.person, literal("role"), _g.role, _g.unit_id)
    .join(tables.deputy, and_(_d.district_id == _g.district_id, _d.person == _g.person))
    .join(tables.person, _p.id == _d.person)
    .where(granted, unit_lives, deputised, or_(_d.role.is_(None), _d.role == _g.role)),
).subquery()  # fmt: skip
_first_parts = select(_parts).cte("answers", recursive=True)


def _over(way: CTE, unit: ColumnElement[str]) -> FromClause:
    """*way* with the units that ended and whose successor is *unit*.

    An outer join, which keeps SQLite from looking through all units first; what it adds has no unit.
    """
    ended = and_(_u.district_id == _district, _u.successor == unit, _u.until <= _now)
    return way.outerjoin(tables.unit, ended)


#: A unit that ended is answered for by whoever answers for its successor.
_answers = _first_parts.union(
    select(_first_parts.c.whose, _first_parts.c.kind, _first_parts.c.role, _u.id).select_from(
        _over(_first_parts, _first_parts.c.unit)
    )
)
_ANSWERS = Statement(select(*_answers.c))
#: Whether any unit has ended in favour of another: where none has, the plain statements say all, at half the cost.
_merged = select(literal(""), literal("merged"), literal(""), literal("")).where(
    exists().where(_u.district_id == _district, _u.successor.is_not(None), _u.until <= _now)
)
_PLAIN = Statement(union_all(select(*_parts.c), _merged))
_ROLES = Statement(
    select(_g.role, _g.unit_id.label("unit"), org_head)
    .join(tables.person, and_(_p.district_id == _g.district_id, _p.id == _g.person))
    .join(tables.unit, unit_lives)
    .where(granted, _g.person == _who, _p.since <= _now, _p.until > _now)
)
_first_above = select(_above.c.id).cte("around", recursive=True)
_around = _first_above.union(select(_u.id).select_from(_over(_first_above, _first_above.c.id)))
_here = and_(_u.district_id == _district, _u.id == _around.c.id)
#: Everybody's keys of the units above, which are read only where somebody asks for them: of those that live, and of
#: those that they took over from.
_everybody = (_who, case((_u.until > _now, literal("any")), else_=literal("ended")), literal(""), _u.id)
_ANSWERS_ABOVE = Statement(
    union_all(select(*_answers.c), select(*_everybody).select_from(_around.outerjoin(tables.unit, _here)))
)
_over_home = and_(_u.district_id == _district, _u.id == _above.c.id)
_PLAIN_ABOVE = Statement(
    union_all(select(*_parts.c), _merged, select(*_everybody).select_from(_above.outerjoin(tables.unit, _over_home)))
)
_t = tables.task.c
_ASKED = Statement(
    select(_t.n)
    .where(_t.district_id == _district, _t.case_id == bindparam("case"))
    .where(or_(_t.actor == _who, _t.assignee == _who, among(_t.audience, "keys")))
    .limit(1),
    lists=["keys"],
)


@dataclass(frozen=True, slots=True)
class Answers:
    """What a person answers to: audience keys of their own, and by key for whom they stand in.

    ``units`` are those the person belongs to or has a role in, ``lent`` those of the roles they stand in for. Who
    ``works_here`` has a role in the district, which a resident has not.
    """

    own: tuple[AudienceKey, ...]
    standing_in: dict[AudienceKey, tuple[str, ...]]
    units: tuple[str, ...]
    lent: tuple[str, ...] = ()
    works_here: bool = False

    @property
    def keys(self) -> tuple[AudienceKey, ...]:
        """All of them."""
        return (*self.own, *(key for key in self.standing_in if key not in self.own))

    @property
    def admin(self) -> bool:
        """Whether the person is an administrator of the district, or stands in for one."""
        return ANY_ADMIN in self.own or ANY_ADMIN in self.standing_in

    def principal(self, audience: AudienceKey, holder: str = "") -> str:
        """For whom the person acts as *audience*: *holder* of the task, else any; "" in their own right."""
        principals = self.standing_in.get(audience, ())
        if holder in principals:
            return holder
        return principals[0] if principals and audience not in self.own else ""


def answers(tx: Tx, district: str, person: str, now: Micros, *, above: bool = True) -> Answers:
    """What *person* answers to now; nothing for who is not, or no longer, a person of this district.

    Without *above* the keys of everybody under a unit are left out: ``any@U``, and ``unit@U`` of one that lives.
    """
    own: dict[AudienceKey, None] = {}
    standing_in: dict[AudienceKey, tuple[str, ...]] = {}
    units: dict[str, None] = {}
    lent: dict[str, None] = {}
    works_here = False
    for row in _rows(tx, above, district=district, person=person, now=now):
        if row.unit is None:
            continue  # nothing was taken over
        mine = row.whose == person
        for key in _keys(row):
            if mine:
                own[key] = None
            else:
                standing_in[key] = (*standing_in.get(key, ()), row.whose)
        works_here |= mine and row.kind == "role"
        if row.kind in ("home", "role") and row.unit:
            (units if mine else lent)[row.unit] = None
    if user_key(person) not in own:
        return Answers((), {}, ())
    own[ANYBODY] = None
    return Answers(tuple(own), standing_in, tuple(units), tuple(lent), works_here)


def _rows(tx: Tx, above: bool, **who: Any) -> list[Any]:
    found = tx.rows(_PLAIN_ABOVE if above else _PLAIN, **who)
    if any(row.kind == "merged" for row in found):
        found = tx.rows(_ANSWERS_ABOVE if above else _ANSWERS, **who)
    return found


def role_keys(tx: Tx, district: str, person: str, now: Micros) -> tuple[tuple[AudienceKey, ...], str]:
    """The keys of the roles that *person* has now: nearly all that is asked of ``answers``, for a third of the cost.

    With the version that they were read in; "" where there are none.
    """
    rows = tx.rows(_ROLES, district=district, person=person, now=now)
    return tuple(key for row in rows for key in _keys_of_role(row)), rows[0].directory if rows else ""


def _keys_of_role(row: Any) -> list[AudienceKey]:
    key = role_key(row.role, row.unit)
    return [key, ANY_ADMIN] if row.role == ADMIN else [key]


def _keys(row: Any) -> list[AudienceKey]:
    if row.kind == "home":
        return [user_key(row.whose)]
    if row.kind == "any":
        return [anyone_key(row.unit), at_home_key(row.unit)]
    if row.kind == "ended":
        return [anyone_key(row.unit)]
    return _keys_of_role(row)


def audience_keys(tx: Tx, district: str, person: str, now: Micros) -> tuple[AudienceKey, ...]:
    """Every audience key whose tasks *person* finds in the inbox: own ones and those they stand in for."""
    return answers(tx, district, person, now).keys


def units_of(tx: Tx, district: str, person: str, now: Micros) -> tuple[str, ...]:
    """The units that a person belongs to or has a role in."""
    return answers(tx, district, person, now, above=False).units


def was_asked(tx: Tx, district: str, case: str, person: str, keys: Iterable[AudienceKey]) -> bool:
    """Whether a task of the case is or was with *person*, or with whoever answers to one of *keys*."""
    return tx.one(_ASKED, district=district, case=case, person=person, keys=list(keys)) is not None
