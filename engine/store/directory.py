"""Names of units and persons and the way up the tree, read as they are needed and kept for one command."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, Final

from sqlalchemy import bindparam, or_, select

from engine.clock import Micros
from engine.definition.values.plain import tidy
from engine.store import people
from engine.store.bounded import Bounded
from engine.store.databases.sql import Statement, among
from engine.store.schema import tables
from engine.store.transactions.runner import Tx

#: So many names of units, and of persons, are kept of a district.
MOST_NAMES: Final = 20_000


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit of the dated tree; ``until`` is NEVER while it lives, ``successor`` who took over from it."""

    id: str
    name: str
    short: str
    kind: str
    code: str | None
    parent: str | None
    successor: str | None
    since: Micros
    until: Micros


@dataclass(frozen=True, slots=True)
class Person:
    """A person and the unit they belong to."""

    id: str
    name: str
    unit: str
    phone: str | None
    account: str | None
    since: Micros
    until: Micros


_u, _p = tables.unit.c, tables.person.c
_UNIT = (_u.id, _u.name, _u.short, _u.kind, _u.code, _u.parent, _u.successor, _u.since, _u.until)
_PERSON = (_p.id, _p.name, _p.unit_id, _p.phone, _p.account, _p.since, _p.until)
_UNITS = Statement(select(*_UNIT).where(_u.district_id == bindparam("district"), among(_u.id, "ids")), lists=["ids"])
_ALL_UNITS = Statement(select(*_UNIT).where(_u.district_id == bindparam("district")).order_by(_u.id))
_UNIT_NAMED = Statement(
    select(*_UNIT)
    .where(_u.district_id == bindparam("district"))
    .where(or_(_u.id == bindparam("words"), _u.name == bindparam("words"), _u.short == bindparam("words")))
    .order_by(_u.until.desc(), _u.id)
)
_m = tables.unit_member.c
_HUB = Statement(
    select(_m.alliance)
    .where(_m.district_id == bindparam("district"), _m.member == bindparam("unit"))
    .where(_m.since <= bindparam("now"), _m.until > bindparam("now"))
    .order_by(_m.since.desc(), _m.alliance)
    .limit(1)
)
_MEMBERS = Statement(
    select(_m.member)
    .where(_m.district_id == bindparam("district"), _m.alliance == bindparam("unit"))
    .where(_m.since <= bindparam("now"), _m.until > bindparam("now"))
)
_PERSONS = Statement(
    select(*_PERSON).where(_p.district_id == bindparam("district"), among(_p.id, "ids")), lists=["ids"]
)
_ALL_PERSONS = Statement(
    select(*_PERSON)
    .where(_p.district_id == bindparam("district"), _p.since <= bindparam("now"), _p.until > bindparam("now"))
    .order_by(_p.unit_id, _p.id)
    .limit(bindparam("limit"))
)
_PERSON_NAMED = Statement(
    select(*_PERSON)
    .where(_p.district_id == bindparam("district"))
    .where(or_(_p.id == bindparam("words"), _p.name == bindparam("words")))
)


@dataclass(frozen=True, slots=True)
class KnownNames:
    """Short names of units and names of persons by id, as far as they were read; who changes them starts anew."""

    units: Bounded[str, str] = field(default_factory=lambda: Bounded(MOST_NAMES))
    persons: Bounded[str, str] = field(default_factory=lambda: Bounded(MOST_NAMES))


class StoreDirectory:
    """The units and persons of a district at one moment, read on demand on one transaction.

    *names* holds what was read before, in other transactions too.
    """

    def __init__(self, tx: Tx, district: str, now: Micros, names: KnownNames | None = None) -> None:
        self._tx = tx
        self._district = district
        self._now = now
        self._names = names or KnownNames()
        self._units: dict[str, Unit | None] = {}
        self._persons: dict[str, Person | None] = {}
        self._paths: dict[str, tuple[str, ...]] = {}
        self._hubs: dict[str, str] = {}

    def unit(self, unit: str) -> Unit | None:
        """The unit with this id, or None."""
        self.want(units=[unit])
        return self._units[unit]

    def person(self, person: str) -> Person | None:
        """The person with this id, or None."""
        self.want(persons=[person])
        return self._persons[person]

    def want(self, *, units: Iterable[str] = (), persons: Iterable[str] = ()) -> None:
        """Read several at once, so that asking for each costs nothing."""
        missing = sorted(set(units) - self._units.keys())
        if missing:
            self._units.update(dict.fromkeys(missing))
            rows = self._tx.rows(_UNITS, district=self._district, ids=missing)
            self._units.update((row.id, Unit(*row)) for row in rows)
        missing = sorted(set(persons) - self._persons.keys())
        if missing:
            self._persons.update(dict.fromkeys(missing))
            rows = self._tx.rows(_PERSONS, district=self._district, ids=missing)
            self._persons.update((row.id, Person(*row)) for row in rows)

    def want_names(self, *, units: Iterable[str] = (), persons: Iterable[str] = ()) -> None:
        """The same for names alone, of which some may be known from before."""
        self.want(units=set(units) - self._names.units.keys(), persons=set(persons) - self._names.persons.keys())

    def units(self) -> tuple[Unit, ...]:
        """Every unit that lives now, by id."""
        rows = self._tx.rows(_ALL_UNITS, district=self._district)
        self._units.update((row.id, Unit(*row)) for row in rows)
        return tuple(Unit(*row) for row in rows if row.since <= self._now < row.until)

    def persons(self, limit: int = 1000) -> tuple[Person, ...]:
        """The persons who are here now, by unit."""
        rows = self._tx.rows(_ALL_PERSONS, district=self._district, now=self._now, limit=limit)
        return tuple(Person(*row) for row in rows)

    def unit_name(self, unit: str) -> str:
        """The short name of a unit, or "" when there is none."""
        name = self._names.units.get(unit)
        if name is None:
            found = self.unit(unit)
            if found is None:
                return ""
            name = self._names.units[unit] = found.short
        return name

    def person_name(self, person: str) -> str:
        """The name of a person, or "" when there is none."""
        name = self._names.persons.get(person)
        if name is None:
            found = self.person(person)
            if found is None:
                return ""
            name = self._names.persons[person] = found.name
        return name

    def knows_unit(self, unit: str) -> bool:
        """Whether there is a unit with this id, or was; nothing is read where its name is known."""
        return bool(StoreDirectory.unit_name(self, unit))

    def knows_person(self, person: str) -> bool:
        """The same of a person."""
        return bool(StoreDirectory.person_name(self, person))

    def person_unit(self, person: str) -> str:
        """The id of the unit a person belongs to, or ""."""
        found = self.person(person)
        return found.unit if found else ""

    def find_unit(self, words: str) -> str | None:
        """The id of the unit with this id, name or short name, one that lives before one that ended; or None."""
        words = tidy(words)
        rows = self._tx.rows(_UNIT_NAMED, district=self._district, words=words)
        return next((row.id for row in sorted(rows, key=lambda row: row.id != words)), None)

    def find_person(self, words: str) -> str | None:
        """The id of the person with this id or, where only one has it, this name; or None."""
        words = tidy(words)
        rows: list[Any] = self._tx.rows(_PERSON_NAMED, district=self._district, words=words)
        if any(row.id == words for row in rows):
            return words
        return rows[0].id if len(rows) == 1 else None

    def path(self, unit: str) -> tuple[str, ...]:
        """The unit's id and those of the units above it, nearest first; successors stand in for what ended."""
        if unit not in self._paths:
            self._paths[unit] = people.path(self._tx, self._district, unit, self._now)
        return self._paths[unit]

    def hub(self, unit: str) -> str:
        """The unit that leads the alliance this one belongs to, itself where it is in none; "" for no unit.

        Of two alliances it is the younger one, then the one whose id comes first.
        """
        if unit not in self._hubs:
            row = self._tx.one(_HUB, district=self._district, unit=unit, now=self._now)
            self._hubs[unit] = row.alliance if row else (unit if self.unit(unit) else "")
        return self._hubs[unit]

    def parent(self, unit: str) -> str:
        """The id of the unit right above, or ""."""
        found = self.unit(unit)
        return (found.parent or "") if found else ""

    def allies(self, unit: str) -> frozenset[str]:
        """The units of the alliance that this one leads or belongs to, itself among them."""
        hub = self.hub(unit)
        rows = self._tx.rows(_MEMBERS, district=self._district, unit=hub, now=self._now) if hub else []
        return frozenset({unit, hub, *(row.member for row in rows)} - {""})
