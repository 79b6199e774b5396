"""Finding a person among those of a district: by name, the initials of it, the id, or the unit."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass

from sqlalchemy import ColumnElement, and_, false, or_, select, true

from engine.clock import Micros
from engine.definition.values.plain import folded, terms
from engine.store.directory import Unit
from engine.store.schema import tables
from engine.store.search import initials
from engine.store.transactions.runner import Tx

_LATIN = re.compile(r"[a-z0-9._-]+")


@dataclass(frozen=True, slots=True)
class Reach:
    """Who may be found: everybody, or these persons and the people of these units."""

    everybody: bool = False
    persons: frozenset[str] = frozenset()
    units: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Person:
    """A person found: id, name, unit."""

    id: str
    name: str
    unit: str


_p, _g = tables.person.c, tables.role_grant.c


def persons(
    tx: Tx, district: str, now: Micros, reach: Reach, units: Collection[Unit], *, words: str = "", home: str = "",
    limit: int = 20,
) -> tuple[Person, ...]:  # fmt: skip
    """At most *limit* persons of *reach* whom all of *words* fit, those of the unit *home* first.

    *units* are those of the district. Initials are reckoned here: no table has to hold them.
    """
    wanted = terms(words)
    found = (
        select(_p.id, _p.name, _p.unit_id)
        .where(_p.district_id == district, _p.since <= now, _p.until > now, _within(reach))
        .where(*(_fits(term, units) for term in wanted if not _LATIN.fullmatch(term)))
        .order_by((_p.unit_id != home), _p.name, _p.id)
    )
    latin = [term for term in wanted if _LATIN.fullmatch(term)]
    if not latin:
        found = found.limit(limit)
    rows = (Person(*row) for row in tx.read(found))
    called = {unit.id: spoken(unit.id, unit.short, unit.code or "") for unit in units} if latin else {}
    return tuple(_first(limit, (one for one in rows if _meant(one, latin, called))))


def namesakes(tx: Tx, district: str, now: Micros, names: Iterable[str]) -> tuple[Person, ...]:
    """Everybody who is called so."""
    query = select(_p.id, _p.name, _p.unit_id).where(
        _p.district_id == district, _p.since <= now, _p.until > now, _p.name.in_(sorted(set(names)))
    )
    return tuple(Person(*row) for row in tx.read(query.order_by(_p.id)))


def roles_of(tx: Tx, district: str, now: Micros, persons: Iterable[str]) -> dict[str, tuple[str, ...]]:
    """The roles that each of *persons* has, wherever."""
    query = select(_g.person, _g.role).where(
        _g.district_id == district, _g.since <= now, _g.until > now, _g.person.in_(sorted(set(persons)))
    )
    held: dict[str, dict[str, None]] = {}
    for person, role in tx.read(query.order_by(_g.person, _g.role)):
        held.setdefault(person, {})[role] = None
    return {person: tuple(roles) for person, roles in held.items()}


def granted_in(tx: Tx, district: str, now: Micros, units: Iterable[str]) -> frozenset[str]:
    """Whoever has a role in one of *units*."""
    query = select(_g.person).where(
        _g.district_id == district, _g.since <= now, _g.until > now, _g.unit_id.in_(sorted(set(units)))
    )
    return frozenset(row.person for row in tx.read(query))


def spoken(*names: str) -> str:
    """All that something is found by: its names and their initials, as they are compared."""
    return " ".join((*map(folded, names), *map(initials, names)))


def _within(reach: Reach) -> ColumnElement[bool]:
    if reach.everybody:
        return true()
    persons, units = sorted(reach.persons), sorted(reach.units)
    parts = [_p.id.in_(persons)] if persons else []
    parts += [_p.unit_id.in_(units)] if units else []
    return or_(*parts) if parts else false()


def _fits(term: str, units: Collection[Unit]) -> ColumnElement[bool]:
    """A word of Chinese: part of the name, or of the name of the unit."""
    at = [unit.id for unit in units if term in folded(f"{unit.short} {unit.name}")]
    named = _p.name.contains(term, autoescape=True)
    return or_(named, _p.unit_id.in_(at)) if at else and_(named)


def _meant(one: Person, latin: list[str], units: dict[str, str]) -> bool:
    return all(
        term in spoken(one.id, one.name) or term in units[one.unit]
        for term in latin
    )


def _first(limit: int, found: Iterator[Person]) -> Iterator[Person]:
    for _, one in zip(range(limit), found, strict=False):
        yield one
