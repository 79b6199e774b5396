"""Live facts: what a decision asks of the world, answered once per command on its own connection and recorded."""

from __future__ import annotations

import logging
from collections.abc import Callable, Hashable, Iterable, Mapping
from functools import partial
from typing import Any, TypeVar

from engine.audience import (
    SOME_ROLE,
    AnyoneOf,
    AtHome,
    AudienceKey,
    RoleAt,
    anyone_key,
    at_home_key,
    parse_audience,
    role_key,
    user_key,
)
from engine.clock import Micros
from engine.definition.calendar.working import Calendar
from engine.definition.district.roles import ADMIN, ANY_ADMIN
from engine.errors import Unanswered
from engine.runtime.shapes.events import History
from engine.store import answering, people
from engine.store.answering import Answers
from engine.store.directory import StoreDirectory
from engine.store.known import Known
from engine.store.transactions.runner import Tx

Key = tuple[Any, ...]
_LOG = logging.getLogger("rongtong.plugins")
_T = TypeVar("_T")
#: A role at the unit that was found, and who holds it there.
_Found = tuple[AudienceKey, tuple[str, ...]]
#: Who holds which role: by role and unit; and by audience.
_Seats = tuple[dict[str, dict[str, tuple[str, ...]]], dict[AudienceKey, set[str]]]
#: Of these types the engine answers itself; of all others a plugin.
_OWN_TYPES = ("unit", "person")


class LiveFacts:
    """The facts of one command; every question is asked of the database once.

    Units and persons are read here; what belongs to plugins, and the journal, whoever makes it of this adds. Who holds
    one of *roles* is read together with who holds another. What a plugin does not answer is empty where one only reads;
    *deciding* on it raises ``Unanswered``.
    """

    def __init__(
        self, tx: Tx, district: str, now: Micros, *, directory: StoreDirectory, settings: Mapping[str, Any],
        calendar: Calendar, roles: Iterable[str] = (), deciding: bool = True,
    ) -> None:  # fmt: skip
        self._tx, self._district, self._now = tx, district, now
        self._settings, self._calendar = settings, calendar
        self._roles, self._deciding = frozenset(roles), deciding
        self._names = directory
        self._seats: dict[tuple[str, str], dict[str, tuple[str, ...]]] = {}
        #: Who is of which audience: as was read for others, and of the persons who were looked up.
        self._seated: list[dict[AudienceKey, set[str]]] = [{}]
        self._looked_up: set[str] = set()
        self._answers: dict[tuple[str, bool], Answers] = {}
        self._memo: dict[Key, Any] = {}
        self._used: dict[Key, Any] = {}
        self._epoch = 0
        #: What was decided on of each record that is told whole, by its question.
        self.asked: dict[Key, set[str]] = {}

    def history(self) -> History | None:
        """The events of each of the case's commands so far; None when what was typed has been erased."""
        raise NotImplementedError

    def read_record(self, type_name: str, key: str) -> dict[str, Any] | None:
        """The attributes of something of a plugin's type, as stored; None when there is none."""
        raise NotImplementedError

    def resolved(self, resolver: str, args: dict[str, Any]) -> tuple[AudienceKey, ...]:
        """The audience keys that a plugin's resolver answers now."""
        raise NotImplementedError

    def known(self) -> Known | None:
        """What is kept of the directory as the command sees it, if it is known."""
        return None

    def _ask(self, key: Key, answer: Callable[[], Any]) -> Any:
        if key not in self._memo:
            self._memo[key] = answer()
        if self._deciding and key not in self._used:
            self._used[key] = self._memo[key]
        return self._memo[key]

    def used(self) -> list[list[Any]]:
        """Every question that was decided on with its answer, in order, for the journal: ``[kind, argument…, answer]``.

        What a plugin answers has its epoch first, the number of steps that ran before it was asked. That somebody may
        because they hold the role is not told twice.
        """
        seated = {
            (person, role_key(key[1], unit))
            for key, held in self._used.items() if key[0] == "held"
            for unit, persons in held.items()
            for person in persons
        }  # fmt: skip
        told = ((key, value) for key, value in self._used.items() if key[0] != "may" or key[1:] not in seated)
        return [[*key, _told(key[0], value)] for key, value in told]

    def forget(self) -> None:
        """Ask the plugins again from now on: an action may have changed what is theirs, and nothing else."""
        self._epoch += 1

    def want(self, *, units: Iterable[str] = (), persons: Iterable[str] = ()) -> None:
        """Read these units and persons together, before they are asked for one by one."""
        self._names.want(units=units, persons=persons)

    def now(self) -> Micros:
        """The moment of the command, in business time."""
        return self._now

    def settings(self) -> Mapping[str, Any]:
        """The district's settings of this process, in stored form."""
        return self._settings

    def calendar(self, _unit: str) -> Calendar:
        """The working calendar of every unit."""
        return self._calendar

    def attr(self, type_name: str, key: str, attribute: str) -> Any:
        """An attribute of something a field refers to; None when there is none."""
        if type_name in _OWN_TYPES:
            return self._ask(("attr", type_name, key, attribute), lambda: self._attribute(type_name, key, attribute))
        question = ("record", self._epoch, type_name, key)
        record = self._ask(question, lambda: self.answered(lambda: self.read_record(type_name, key)))
        if self._deciding:
            self.asked.setdefault(question, set()).add(attribute)
        return None if record is None else record.get(attribute)

    def _attribute(self, type_name: str, key: str, attribute: str) -> Any:
        if (type_name, attribute) == ("unit", "hub"):
            return self._names.hub(key) or None
        found = self._names.unit(key) if type_name == "unit" else self._names.person(key)
        return getattr(found, attribute, None)

    def seat(self, role: str, unit: str, excluded: tuple[str, ...]) -> AudienceKey | None:
        """The audience key of the nearest unit at or above *unit* with a holder of *role* not *excluded*."""
        found = self._nearest(role, unit, excluded)
        return found[0] if found else None

    def holders(self, role: str, unit: str, excluded: tuple[str, ...]) -> tuple[str, ...]:
        """The persons behind that audience."""
        found = self._nearest(role, unit, excluded)
        return found[1] if found else ()

    def _kept(self, key: Hashable, read: Callable[[], tuple[_T, str]]) -> _T:
        """What is known of the directory, else what *read* answers together with its version."""
        known = self.known()
        kept: _T | None = known.answers.get(key) if known is not None else None
        if kept is not None:
            return kept
        answer, version = read()
        if known is not None:
            known.keep(key, answer, version)
        return answer

    def _nearest(self, role: str, unit: str, excluded: tuple[str, ...]) -> _Found | None:
        """The answer for whoever is excluded: recorded is who holds the role, excluded or not."""
        held = self._ask(("held", role, unit), lambda: self._held(role, unit))
        return people.nearest(held, role, excluded)

    def _held(self, role: str, unit: str) -> dict[str, tuple[str, ...]]:
        """The holders of *role* at *unit* and above, by unit, nearest first."""
        if (role, unit) not in self._seats:
            roles = frozenset({role, *self._roles})
            found, seated = self._kept(("seats", roles, unit), lambda: self._read_seats(roles, unit))
            self._seated.append(seated)
            for one, by_unit in found.items():
                self._seats[one, unit] = by_unit
        return self._seats[role, unit]

    def _read_seats(self, roles: frozenset[str], unit: str) -> tuple[_Seats, str]:
        """Who holds *roles* at *unit* and above, by role and by audience, and the version that they were read in."""
        found, version = people.seats_read(self._tx, self._district, roles, unit, self._now)
        seated: dict[AudienceKey, set[str]] = {}
        for role, by_unit in found.items():
            for at, persons in by_unit.items():
                for audience in (role_key(role, at), anyone_key(at), at_home_key(at)):
                    seated.setdefault(audience, set()).update(persons)
        return (found, seated), version

    def rota(self, name: str, unit: str, date: str) -> AudienceKey | None:
        """The audience key of who is on rota *name* of *unit* on *date*."""
        found: AudienceKey | None = self._ask(
            ("rota", name, unit, date), lambda: people.on_duty(self._tx, self._district, name, unit, date)
        )
        return found

    def resolve(self, resolver: str, args: dict[str, Any]) -> tuple[AudienceKey, ...]:
        """The audience keys a plugin's resolver answers."""
        key = ("resolve", self._epoch, resolver, *sorted((name, str(value)) for name, value in args.items()))
        said = self._ask(key, lambda: self.answered(lambda: self.resolved(resolver, args)) or ())
        found: tuple[AudienceKey, ...] = said
        return found

    def decided(self) -> None:
        """Everything is decided: what is asked from here on only shows: it is not recorded, and a silence is empty."""
        self._deciding = False

    def answered(self, ask: Callable[[], Any]) -> Any:
        """What a plugin answers to *ask*; where one only reads, None in place of ``Unanswered``."""
        try:
            return ask()
        except Unanswered as silence:
            if self._deciding:
                raise
            _LOG.info("left empty on a page: %s", silence)
            return None

    def nobody(self, unit: str) -> AudienceKey:
        """The audience key of whoever mends a step that has nobody to ask: the nearest district administrator."""
        return self.seat(ADMIN, unit, ()) or ANY_ADMIN

    def may(self, person: str, audience: AudienceKey) -> bool:
        """Whether *person* belongs to *audience* now, in person or standing in for somebody."""
        found: bool = self._ask(("may", person, audience), lambda: self._belongs(person, audience))
        return found

    def _belongs(self, person: str, audience: AudienceKey) -> bool:
        if audience == user_key(person):
            known = self._names.person(person)
            return known is not None and known.since <= self._now < known.until
        if audience == SOME_ROLE:
            return self._answers_of(person, audience).works_here
        if self._is_of(person, audience):
            return True
        return audience in self._answers_of(person, audience).keys

    def _is_of(self, person: str, audience: AudienceKey) -> bool:
        """Whether *person* is known to be of *audience* in their own right; what else they may be is dearer to ask."""
        for seated in self._seated:
            if person in seated.get(audience, ()):
                return True
        if person in self._looked_up or not isinstance(parse_audience(audience), RoleAt):
            return False
        self._looked_up.add(person)
        read = partial(answering.role_keys, self._tx, self._district, person, self._now)
        keys = self._kept(("held", person), read)
        for key in keys:
            self._seated[0].setdefault(key, set()).add(person)
        return audience in keys

    def principal(self, person: str, audience: AudienceKey) -> str:
        """For whom *person* stands in when acting as *audience*; "" in their own right."""
        if self._is_of(person, audience):
            return ""
        whom = self._answers_of(person, audience).principal(audience)
        if whom:
            self._used["principal", person, audience] = whom
        return whom

    def _answers_of(self, person: str, audience: AudienceKey) -> Answers:
        """What the person answers to, as far as it can be *audience*."""
        above = isinstance(parse_audience(audience), AnyoneOf | AtHome)
        if (person, above) not in self._answers:
            found = answering.answers(self._tx, self._district, person, self._now, above=above)
            self._answers[person, above] = found
        return self._answers[person, above]


def _told(kind: str, answer: Any) -> Any:
    """An *answer* as JSON keeps it: the order of units says which is nearest, and JSON sorts keys."""
    if kind == "held":
        return [[unit, list(persons)] for unit, persons in answer.items()]
    return list(answer) if isinstance(answer, tuple) else answer
