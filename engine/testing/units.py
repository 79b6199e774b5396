"""The units and persons of the district in which a plugin is tried."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field


@dataclass
class Units:
    """The units and persons of the trial district: id to name, each unit's parent and hub, each person's unit."""

    names: dict[str, str] = field(default_factory=dict)
    parents: dict[str, str] = field(default_factory=dict)
    persons: dict[str, str] = field(default_factory=dict)
    hubs: dict[str, str] = field(default_factory=dict)
    homes: dict[str, str] = field(default_factory=dict)

    def unit_name(self, unit: str) -> str:
        return self.names.get(unit, "")

    def person_name(self, person: str) -> str:
        return self.persons.get(person, "")

    def find_unit(self, words: str) -> str | None:
        return next((key for key, name in self.names.items() if words in (key, name)), None)

    def find_person(self, words: str) -> str | None:
        return next((key for key, name in self.persons.items() if words in (key, name)), None)

    def want(self, *, units: Iterable[str] = (), persons: Iterable[str] = ()) -> None:
        """Nothing to do: all is in memory."""

    def path(self, unit: str) -> tuple[str, ...]:
        above = self.parents.get(unit)
        return (unit, *self.path(above)) if above else (unit,)

    def parent(self, unit: str) -> str:
        return self.parents.get(unit, "")

    def allies(self, unit: str) -> frozenset[str]:
        hub = self.hubs.get(unit, unit)
        return frozenset({unit, hub, *(each for each, leads in self.hubs.items() if leads == hub)})

    def person_unit(self, person: str) -> str:
        return self.homes.get(person, "")
