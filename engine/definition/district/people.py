"""Reads the people of a district pack: lists of rows whose names have to fit each other and the units."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date

from engine.audience import AudienceKey, role_key, user_key
from engine.definition.district.model import Alliance, DeputyRow, GrantRow, PersonRow, RotaTurn
from engine.definition.district.roles import ANY_ROLE
from engine.definition.district.rows import Rows
from engine.definition.district.units import UnitReader
from engine.definition.yaml.source import Node
from engine.i18n import listed

#: How many months of a rota are written out ahead.
ROTA_MONTHS = 360
#: A turn that begins later is a slip of the pen.
LAST_YEAR = 9000
PERSON = ("id", "name", "unit", "phone", "roles")
GRANT = ("person", "role", "unit")
DEPUTY = ("person", "deputy", "since", "until", "role", "reason")
ALLIANCE = ("unit", "members")
ROTA = ("rota", "unit", "from", "order", "role")
_ROLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


class PeopleReader:
    """Reads the rows of one pack; every list may name the units and persons read before it."""

    def __init__(self, rows: Rows) -> None:
        self.rows = rows
        self.roles = ANY_ROLE
        self.units = UnitReader(rows)
        self.persons: dict[str, PersonRow] = {}
        self.grants: list[GrantRow] = []
        self._lines: dict[str, int] = {}

    def unit(self, node: Node | None, path: str) -> str:
        """The id of the unit that *node* names by id, short name or name; "" after a fault."""
        return self.units.named(self.rows.word(node, path), node, path)

    # people

    def read_persons(self, node: Node | None) -> None:
        """The list of persons with the roles they have."""
        for i, item in enumerate(self.rows.items(node, "persons")):
            path = f"persons.{i}"
            row = self.rows.mapping(item, path, PERSON, required=PERSON[:3])
            id_, name, phone = (self.rows.word(row.get(key), path) for key in ("id", "name", "phone"))
            unit = self.unit(row.get("unit"), path)
            if id_ in self.persons:
                self.rows.fault("person-twice", item, path, name=id_, line=self._lines[f"person {id_}"])
            elif id_ and unit:
                self._lines[f"person {id_}"] = item.place.line
                self.persons[id_] = PersonRow(id_, name, unit, phone)
                for role in self.rows.items(row.get("roles"), path):
                    self._role(role, path, id_, unit)

    def _role(self, node: Node, path: str, person: str, own: str) -> None:
        """``role`` on the person's own unit, or ``role@unit``."""
        words = self.rows.word(node, path)
        role, at, unit = words.partition("@")
        if not _ROLE.fullmatch(role) or (at and not unit):
            self.rows.fault("role-form", node, path, name=words)
        elif place := (self.units.named(unit, node, path) if at else own):
            self.known_role(role, node, path)
            self.grants.append(GrantRow(person, role, place))

    def known_role(self, role: str, node: Node | None, path: str) -> str:
        """*role*, which *node* names, after a fault where the district does not declare it."""
        if role and not self.roles.has(role):
            self.rows.problems.append(self.roles.fault(role, node, path))
        return role

    def _role_at(self, node: Node | None, path: str) -> str:
        return self.known_role(self.rows.word(node, path), node, path)

    def person(self, node: Node | None, path: str) -> str:
        """The id of the person that *node* names; "" after a fault."""
        words = self.rows.word(node, path)
        if words and node and words not in self.persons:
            self.rows.fault("person-unknown", node, path, self.persons, name=words)
        return words if words in self.persons else ""

    def read_grants(self, node: Node | None) -> None:
        """Roles that are written apart from the persons."""
        for i, item in enumerate(self.rows.items(node, "grants")):
            path = f"grants.{i}"
            row = self.rows.mapping(item, path, GRANT, required=GRANT)
            grant = GrantRow(
                self.person(row.get("person"), path),
                self._role_at(row.get("role"), path),
                self.unit(row.get("unit"), path),
            )
            if grant.person and grant.role and grant.unit:
                self.grants.append(grant)

    def read_deputies(self, node: Node | None) -> Iterator[DeputyRow]:
        """Who stands in for whom, and when."""
        lines: dict[tuple[str, str, str, str], int] = {}
        for i, item in enumerate(self.rows.items(node, "deputies")):
            path = f"deputies.{i}"
            row = self.rows.mapping(item, path, DEPUTY, required=DEPUTY[:4])
            person, deputy = (self.person(row.get(key), path) for key in DEPUTY[:2])
            since, until = self.rows.days(row, path)
            role, reason = self._role_at(row.get("role"), path), self.rows.word(row.get("reason"), path)
            if person and person == deputy:
                self.rows.fault("deputy-of-oneself", row["deputy"], path, name=person)
            held = {grant.role: None for grant in self.grants if grant.person == person}
            if role and person and role not in held:
                roles = listed(held, "—")
                self.rows.doubt("deputy-without-role", row["role"], path, name=person, role=role, roles=roles)
            if person and deputy and since and until:
                told = DeputyRow(person, deputy, since, until, role, reason)
                if told.key in lines:
                    self.rows.fault("deputy-twice", item, path, name=deputy, person=person, line=lines[told.key])
                lines.setdefault(told.key, item.place.line)
                yield told

    # alliances and rotas

    def read_alliances(self, node: Node | None) -> Iterator[Alliance]:
        """Hubs and shared units with those they stand for."""
        placed: set[str] = set()
        for i, item in enumerate(self.rows.items(node, "alliances")):
            path = f"alliances.{i}"
            row = self.rows.mapping(item, path, ALLIANCE, required=ALLIANCE)
            unit = self.unit(row.get("unit"), path)
            members = []
            for member in self.rows.items(row.get("members"), path):
                named = self.unit(member, path)
                if named in placed:
                    self.rows.fault("alliance-twice", member, path, name=self.rows.word(member, path))
                placed |= {named} - {""}
                members.append(named)
            if unit and members:
                yield Alliance(unit, tuple(filter(None, members)))

    def read_rotas(self, node: Node | None) -> Iterator[RotaTurn]:
        """Monthly turns, written out from the first month on; the order does not begin anew with the year."""
        for i, item in enumerate(self.rows.items(node, "rotas")):
            path = f"rotas.{i}"
            row = self.rows.mapping(item, path, ROTA, required=ROTA[:4])
            name, role = self.rows.word(row.get("rota"), path), self._role_at(row.get("role"), path)
            unit, first = self.unit(row.get("unit"), path), self.rows.day(row.get("from"), path)
            turns = [self._turn(one, path, role) for one in self.rows.items(row.get("order"), path)]
            if not turns:
                self.rows.fault("rota-empty", item, path, name=name)
            elif unit and first and first.year > LAST_YEAR:
                self.rows.fault("day-form", row["from"], path, name=first)
            elif unit and first:
                for month in range(ROTA_MONTHS):
                    yield RotaTurn(name, unit, months_later(first, month), turns[month % len(turns)])

    def _turn(self, node: Node, path: str, role: str) -> AudienceKey:
        """The audience key of one turn: whoever has *role* on the unit named, or the person named."""
        return role_key(role, self.unit(node, path)) if role else user_key(self.person(node, path))


def months_later(day: date, months: int) -> date:
    """The first day of the month that lies *months* after that of *day*; *day* itself for 0."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, 1) if months else day
