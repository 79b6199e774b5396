"""What every operation is handed: the system, the district, and who is calling."""

from __future__ import annotations

import json
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final, Literal, cast

from engine.cached import cached_property
from engine.clock import Clock, Micros
from engine.definition.calendar.working import Calendar, calendar_from
from engine.definition.catalogue import Catalogue
from engine.definition.district.model import Beyond
from engine.definition.district.roles import RoleTable
from engine.errors import Forbidden, NotFound, Unanswered
from engine.extend.calls.faults import HungError
from engine.extend.registry import Registry
from engine.extend.senders import Mode
from engine.extend.stored_settings import Reading
from engine.i18n import Text
from engine.ids import Ids
from engine.operations.mishaps import Mishaps
from engine.runtime.draft import Definition
from engine.store.bounded import Bounded
from engine.store.databases.database import Database
from engine.store.directory import KnownNames
from engine.store.known import Directories
from engine.store.transactions.runner import Runner

Door = Literal["web", "rest", "cli", "scenario", "engine"]


@dataclass(frozen=True, slots=True)
class Caller:
    """A person at a door. ``person`` "" is the engine itself: a clock, a job."""

    person: str
    account: str = ""
    door: Door = "engine"
    language: str = "zh"


ENGINE = Caller("")
#: So many processes, and so many districts, are kept as they were read.
_MOST: Final = 500


#: So much is kept of what would have been sent.
_MOST_UNSENT = 1000


@dataclass(frozen=True, slots=True)
class Unsent:
    """What a system that is not live would have sent, of the case with this number."""

    district: str
    sender: str
    number: str
    payload: Any


@dataclass(frozen=True, slots=True)
class Lost:
    """A command whose thread was given up in a plugin: on which version of its case, and the nodes not to be run again.

    Without any it hung elsewhere than in an action.
    """

    fault: HungError
    version: int
    silent: Mapping[int, Unanswered]


@dataclass(frozen=True)
class System:
    """One running engine: its database, plugins and seams. Two may live in one Python process.

    ``secrets`` are what the installation gives to plugins, by variable: they are in no database.
    ``definitions`` caches published processes by district, hash and plugins: with the same plugins they never change.
    ``districts`` caches what each district chose beside the record it was made from, ``directories`` answers about who
    is who. Nothing leaves the machine unless the ``mode`` is live, which only the composition root says; ``unsent`` is
    the last of what would have. ``unsaid`` writes what became of jobs, where the database could not be written then;
    ``lost`` are the commands whose thread hung, by district and digest, until they are tried again; ``away`` are the
    jobs whose thread hangs still. ``mishaps`` are what failed where nothing is written. ``heard`` are told of each
    command on a case: its verb, and whether it was done, refused, kept off by the database, or failed.
    """

    database: Database
    runner: Runner
    registry: Registry
    clock: Clock
    ids: Ids
    mode: Mode = "example"
    unsent: deque[Unsent] = field(default_factory=lambda: deque(maxlen=_MOST_UNSENT))
    unsaid: deque[Callable[[], object]] = field(default_factory=lambda: deque(maxlen=_MOST_UNSENT), repr=False)
    lost: Bounded[tuple[str, str], Lost] = field(default_factory=lambda: Bounded(_MOST), repr=False)
    away: Bounded[str, bool] = field(default_factory=lambda: Bounded(_MOST), repr=False)
    heard: list[Callable[[str, str], None]] = field(default_factory=list, repr=False)
    mishaps: Mishaps = field(default_factory=Mishaps, repr=False)
    secrets: Mapping[str, str] = field(default_factory=dict, repr=False)
    definitions: Bounded[tuple[str, str, tuple[str, ...]], Definition] = field(default_factory=lambda: Bounded(_MOST))
    districts: Bounded[str, tuple[dict[str, str], District]] = field(default_factory=lambda: Bounded(_MOST))
    directories: Directories = field(default_factory=Directories)

    @property
    def given(self) -> Mapping[str, str]:
        """The secrets that plugins are handed: stand-ins in a scenario, which sends nothing."""
        if self.mode != "scenario":
            return self.secrets
        return {variable: f"stand-in for {variable}" for variable in self.registry.secrets()}


@dataclass(frozen=True)
class District:
    """What a district has chosen: plugins with their settings, settings of processes, its calendar.

    ``counted`` is the hash of the calendar by which every clock was last counted; another than its own for as long as
    that is under way.

    ``sheets`` is the calendar as it was adopted, ``named`` the hashes of what cases read of all this, by process.

    ``name`` is the place (海城区), ``title`` what it calls its system. ``transfer_beyond`` says whether a task may be
    handed to somebody whom its step does not ask. ``names`` keeps names of units and persons,
    ``read`` the settings of plugins as they read them, for as long as the record it was made from stays as it is.
    """

    id: str
    name: Text
    title: Text
    plugins: Mapping[str, Mapping[str, Any]]
    settings: Mapping[str, Mapping[str, Any]]
    calendar: Calendar
    processes: tuple[str, ...] = ()
    roles: Mapping[str, Text] = field(default_factory=dict)
    demo: bool = False
    counted: str = ""
    transfer_beyond: Beyond = "refuse"
    names: KnownNames = field(default_factory=KnownNames, compare=False, repr=False)
    read: dict[str, Reading] = field(default_factory=dict, compare=False, repr=False)
    sheets: str = field(default="[]", compare=False, repr=False)
    named: dict[str, str] = field(init=False, default_factory=dict, compare=False, repr=False)

    @classmethod
    def from_record(cls, district: str, record: Mapping[str, str]) -> District:
        """The district from its stored keys; NotFound when nobody adopted it."""
        if "title" not in record:
            raise no_district(district)
        return cls(
            id=district,
            name=Text(*json.loads(record["name"])),
            title=Text(*json.loads(record["title"])),
            plugins=json.loads(record["plugins"]),
            settings=json.loads(record["settings"]),
            calendar=calendar_from(*json.loads(record["calendar"])),
            processes=tuple(json.loads(record["processes"])),
            roles={name: Text(*words) for name, words in json.loads(record.get("roles", "{}")).items()},
            demo=record.get("demo") == "yes",
            counted=record.get("counted", ""),
            transfer_beyond=cast(Beyond, record.get("transfer_beyond", "refuse")),
            sheets=record["calendar"],
        )


@dataclass(frozen=True)
class Context:
    """The district at work in one engine. At a *moment* it stands still: whatever is asked then, it is that time."""

    system: System
    district: District
    moment: Micros | None = None

    @property
    def id(self) -> str:
        """The district's id, first part of every key."""
        return self.district.id

    @property
    def clock(self) -> Clock:
        """The system's clock."""
        return self.system.clock

    @property
    def ids(self) -> Ids:
        """The system's ids."""
        return self.system.ids

    @property
    def registry(self) -> Registry:
        """The system's plugins."""
        return self.system.registry

    @property
    def runner(self) -> Runner:
        """The system's transactions."""
        return self.system.runner

    @property
    def mode(self) -> Mode:
        """What the system is for; a district that lives invented weeks is a demo wherever it lies."""
        return "demo" if self.system.mode == "live" and self.district.demo else self.system.mode

    @property
    def now(self) -> Micros:
        """Business time."""
        return self.system.clock.now() if self.moment is None else self.moment

    def still(self) -> Context:
        """The same at one moment, so that all rows of one write say the same time."""
        if self.moment is not None:
            return self
        stands = Context(self.system, self.district, self.now)
        if "enabled" in self.__dict__:  # whatever the moment
            stands.__dict__["enabled"] = self.enabled
        return stands

    @cached_property
    def enabled(self) -> tuple[str, ...]:
        """The plugins that the district uses and that can be used now."""
        return tuple(name for name in self.district.plugins if self.away(name) is None)

    def away(self, plugin: str) -> Text | None:
        """Why nothing of *plugin* can be asked or run here; None where it can."""
        why = self.registry.away(plugin)
        if why is None and (fault := self.reading(plugin).fault) is not None:
            zh = f"插件“{plugin}”在{self.district.name.zh}不能用，本区为它存的设置读不了：{fault.zh}。重新发布区县包"
            en = f"plugin {plugin!r} is away in {self.id}, whose settings for it cannot be read: {fault.en}"
            why = Text(zh, f"{en}; publish the pack again")
        return why

    @property
    def catalogue(self) -> Catalogue:
        """What processes of this district may name."""
        return self.registry.catalogue(self.enabled)

    @property
    def authoring(self) -> Catalogue:
        """What a process may name that is to be published here: of the roles only those that the district declares."""
        return replace(self.catalogue, roles=RoleTable(self.id, self.district.roles))

    def plugin_settings(self, plugin: str) -> Mapping[str, Any]:
        """The live settings of *plugin* here."""
        return self.reading(plugin).live

    def reading(self, plugin: str) -> Reading:
        """What the district has stored for *plugin*, read once."""
        read = self.district.read
        if plugin not in read:
            stored = self.district.plugins.get(plugin, {})
            read[plugin] = self.registry.settings(plugin, stored, self.system.given)
        return read[plugin]


def no_district(district: str) -> NotFound:
    """There is no such district, or the caller may not know of it."""
    return NotFound(
        Text(f"没有叫“{district}”的区县，核对地址。", f"There is no district “{district}”; check the address."),
        code="no_district",
    )


def admin_only() -> Forbidden:
    """Only an administrator of the district may."""
    return Forbidden(
        Text("这项操作由区管理员办理。需要的话，请联系管理员。", "Only a district administrator may do this."),
        code="admin_only",
    )


def no_case() -> NotFound:
    """There is no such case, or it is another district's."""
    return NotFound(
        Text("没有找到这件。核对编号，或到查件里找。", "There is no such case; check its number or search for it."),
        code="no_case",
    )
