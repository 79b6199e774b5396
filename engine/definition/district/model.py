"""What a district is: which processes, plugins, settings, units and people it uses, as its pack says."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Literal, get_args

from engine.audience import AudienceKey
from engine.cached import cached_property
from engine.definition.district.roles import RoleTable
from engine.definition.model import Place
from engine.definition.values.plain import tidy
from engine.definition.yaml.places import place_at
from engine.definition.yaml.source import Node
from engine.errors import Problem
from engine.i18n import Text

#: Whether a task may be handed to somebody whom its step does not ask: no, with a reason, once an administrator agrees.
Beyond = Literal["refuse", "reason", "consent"]
BEYOND: tuple[Beyond, ...] = get_args(Beyond)


@dataclass(frozen=True, slots=True)
class UnitRow:
    """A unit of the district; ``parent`` "" is the top. ``code`` is the official one.

    ``since`` is its first day, ``until`` its last.
    """

    id: str
    name: str
    short: str
    kind: str
    parent: str = ""
    code: str = ""
    since: date | None = None
    until: date | None = None
    successor: str = ""


@dataclass(frozen=True, slots=True)
class PersonRow:
    """Somebody who works or lives in the district; ``unit`` is a unit's id."""

    id: str
    name: str
    unit: str
    phone: str = ""


@dataclass(frozen=True, slots=True)
class GrantRow:
    """*person* has *role* on *unit*."""

    person: str
    role: str
    unit: str


@dataclass(frozen=True, slots=True)
class DeputyRow:
    """*deputy* does the work of *person* from the first day through the last, all of it or of one *role*."""

    person: str
    deputy: str
    since: date
    until: date
    role: str = ""
    reason: str = ""

    @property
    def key(self) -> tuple[str, str, str, str]:
        """What no other row of a pack says as well: who for whom, from when, and as what."""
        return self.person, self.deputy, self.since.isoformat(), self.role


@dataclass(frozen=True, slots=True)
class Alliance:
    """*unit* stands for *members*: a hub with its neighbours, or a unit that several share."""

    unit: str
    members: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class RotaTurn:
    """From a day on, until the next turn, *audience* is on duty in the rota *name* of *unit*."""

    name: str
    unit: str
    from_day: date
    audience: AudienceKey


@dataclass(frozen=True)
class DistrictPack:
    """A district pack as read.

    ``calendars`` are names of files in ``workflows/calendars/``: the country's, then the region's overlay if there
    is one. ``plugins`` and ``settings`` hold words as written, by plugin and by process; the plugin's own schema and
    the process type them. ``processes`` are file names below ``workflows/`` (``common/…``) or below the district's
    folder (``processes/…``), without ``.yaml``. ``roles`` are what people call the roles that processes ask.
    ``data`` is the plain content of the files in the pack's ``data/`` that plugins import, by file name, and
    ``written`` the same as it stands in the file.
    ``transfer_beyond`` is whether a task may go to somebody whom its step does not ask. ``places`` says where each
    setting stands (``plugins.NAME.SETTING``, ``settings.PROCESS.SETTING``).
    """

    id: str
    name: Text
    title: Text
    calendars: tuple[str, ...] = ("cn",)
    plugins: dict[str, dict[str, Any]] = field(default_factory=dict)
    processes: tuple[str, ...] = ()
    settings: dict[str, dict[str, Any]] = field(default_factory=dict)
    roles: dict[str, Text] = field(default_factory=dict)
    units: tuple[UnitRow, ...] = ()
    persons: tuple[PersonRow, ...] = ()
    grants: tuple[GrantRow, ...] = ()
    deputies: tuple[DeputyRow, ...] = ()
    alliances: tuple[Alliance, ...] = ()
    rotas: tuple[RotaTurn, ...] = ()
    data: dict[str, Any] = field(default_factory=dict)
    transfer_beyond: Beyond = "refuse"
    file: str = ""
    places: dict[str, Place] = field(default_factory=dict, compare=False)
    written: dict[str, Node] = field(default_factory=dict, compare=False, repr=False)

    @property
    def role_table(self) -> RoleTable:
        """The roles that may be named in this district."""
        return RoleTable(self.id, self.roles)

    def unit(self, words: str) -> UnitRow | None:
        """The unit with this id, short name or name, or None."""
        return next((u for u in self.units if words in (u.id, u.short, u.name)), None)

    @cached_property
    def _units_by_words(self) -> dict[str, UnitRow]:
        return {words: unit for unit in self.units for words in (unit.name, unit.short, unit.id)}

    @cached_property
    def _persons_by_words(self) -> dict[str, list[str]]:
        found: dict[str, list[str]] = {}
        for person in self.persons:
            for words in {person.id, person.name}:
                found.setdefault(words, []).append(person.id)
        return found

    @property
    def files(self) -> Iterable[tuple[str, Any]]:
        """What stands in each data file, by its name."""
        return self.data.items()

    def find_unit(self, words: str) -> str | None:
        """The id of the unit with this id, name or short name, or None."""
        found = self._units_by_words.get(tidy(words))
        return found.id if found else None

    def find_person(self, words: str) -> str | None:
        """The id of the person with this id or, where only one has it, this name; or None."""
        ids, words = self._persons_by_words.get(tidy(words), []), tidy(words)
        return words if words in ids else ids[0] if len(ids) == 1 else None

    def in_data(self, name: str, problem: Problem) -> Problem:
        """*problem* with the data file *name*, at the place that its path names; of a pack made in code, by name."""
        if name not in self.written:
            return problem if problem.file else problem.at(f"{self.file}:{name}", problem.line, problem.column)
        place = place_at(self.written[name], problem.path)
        return problem.at(place.file, place.line, place.column)

    def placed(self, problem: Problem) -> Problem:
        """*problem* with a setting, at the place where that setting stands."""
        place = self.places.get(problem.path)
        return problem.at(place.file, place.line, place.column) if place and not problem.line else problem
