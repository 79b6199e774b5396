"""What decide may need to know beyond the state: a question answered live, from a dict, or by forking a search."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Protocol

from engine.audience import AnyoneOf, AudienceKey, User, parse_audience, role_key, user_key
from engine.clock import Micros
from engine.definition.calendar.working import Calendar
from engine.definition.district.roles import ANY_ADMIN
from engine.runtime.shapes.events import History


class Facts(Protocol):
    """The world as a case may ask for it; every answer is read-only and the same within one command."""

    def now(self) -> Micros:
        """The moment of the command, in business time."""
        ...

    def settings(self) -> Mapping[str, Any]:
        """The district's settings of this process, in stored form."""
        ...

    def attr(self, type_name: str, key: str, attribute: str) -> Any:
        """An attribute of something a field refers to, such as a unit's name; None when there is none."""
        ...

    def seat(self, role: str, unit: str, excluded: tuple[str, ...]) -> AudienceKey | None:
        """The audience key of the nearest unit at or above *unit* with a holder of *role* not *excluded*."""
        ...

    def holders(self, role: str, unit: str, excluded: tuple[str, ...]) -> tuple[str, ...]:
        """The persons behind that audience."""
        ...

    def rota(self, name: str, unit: str, date: str) -> AudienceKey | None:
        """The audience key of who is on rota *name* of *unit* on *date*."""
        ...

    def resolve(self, resolver: str, args: dict[str, Any]) -> tuple[AudienceKey, ...]:
        """The audience keys a plugin's resolver answers."""
        ...

    def answered(self, ask: Callable[[], Any]) -> Any:
        """What a plugin answers to *ask*; raises ``Unanswered``, or where one only reads, answers None."""
        ...

    def nobody(self, unit: str) -> AudienceKey:
        """The audience key of whoever mends a step that has nobody to ask."""
        ...

    def may(self, person: str, audience: AudienceKey) -> bool:
        """Whether *person* belongs to *audience* now."""
        ...

    def principal(self, person: str, audience: AudienceKey) -> str:
        """For whom *person* stands in when acting as *audience*; "" in their own right."""
        ...

    def calendar(self, unit: str) -> Calendar:
        """The working calendar of *unit*."""
        ...

    def history(self) -> History | None:
        """The events of each of the case's commands, oldest first; None when what was typed has been erased."""
        ...


class GivenFacts:
    """Facts from plain values: for examples, tests and back-tests. A missing fact has a harmless default."""

    def __init__(
        self,
        at: Micros,
        calendar: Calendar,
        *,
        settings: dict[str, Any] | None = None,
        attributes: dict[tuple[str, str, str], Any] | None = None,
        members: dict[str, set[str]] | None = None,
        resolve: Callable[[str, dict[str, Any]], tuple[AudienceKey, ...]] | None = None,
        standing_in: dict[tuple[str, str], str] | None = None,
    ) -> None:
        self.at = at
        self.days = calendar
        self._settings = settings or {}
        self._attributes = attributes or {}
        self._members = members or {}
        self._resolve = resolve
        self.standing_in = standing_in or {}
        self.gone: set[str] = set()
        self.past: History = []

    def now(self) -> Micros:
        return self.at

    def settings(self) -> dict[str, Any]:
        return self._settings

    def attr(self, type_name: str, key: str, attribute: str) -> Any:
        return self._attributes.get((type_name, key, attribute), f"{key}.{attribute}")

    def seat(self, role: str, unit: str, excluded: tuple[str, ...]) -> AudienceKey | None:
        audience = role_key(role, unit)
        members = self._members.get(audience)
        return None if members is not None and not members - set(excluded) else audience

    def holders(self, role: str, unit: str, excluded: tuple[str, ...]) -> tuple[str, ...]:
        members = self._members.get(role_key(role, unit), {f"{role}-1", f"{role}-2"})
        return tuple(sorted(members - set(excluded)))

    def rota(self, name: str, unit: str, date: str) -> AudienceKey | None:
        return role_key(name, unit)

    def resolve(self, resolver: str, args: dict[str, Any]) -> tuple[AudienceKey, ...]:
        return self._resolve(resolver, args) if self._resolve else (user_key(resolver),)

    def answered(self, ask: Callable[[], Any]) -> Any:
        return ask()

    def nobody(self, unit: str) -> AudienceKey:
        return ANY_ADMIN

    def may(self, person: str, audience: AudienceKey) -> bool:
        if person in self.gone:
            return False
        if (person, audience) in self.standing_in:
            return True
        match parse_audience(audience):
            case User(one):
                return one == person
            case AnyoneOf():
                return True
        members = self._members.get(audience)
        return members is None or person in members

    def principal(self, person: str, audience: AudienceKey) -> str:
        return self.standing_in.get((person, audience), "")

    def calendar(self, unit: str) -> Calendar:
        return self.days

    def history(self) -> History | None:
        return self.past
