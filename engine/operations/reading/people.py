"""Who is who, for showing: names of units and persons, and audience keys in words."""

from __future__ import annotations

from engine.audience import AnyoneOf, AtHome, AudienceKey, NoAudience, RoleAt, User, parse_audience
from engine.clock import Micros
from engine.definition.values.moments import to_datetime
from engine.definition.values.plain import folded
from engine.definition.values.saying import end_words, moment_words
from engine.i18n import Text, both
from engine.operations.context import Context
from engine.operations.reading.views import PersonView
from engine.store import people as store
from engine.store.directory import StoreDirectory
from engine.store.transactions.runner import Tx

#: What the engine calls the roles that most districts have; others are shown as the district writes them.
ROLES: dict[str, Text] = {
    "district_admin": Text("区管理员", "district administrator"),
    "staff": Text("工作人员", "staff"),
    "clerk": Text("窗口", "counter"),
}


class People(StoreDirectory):
    """The directory with words for readers; it is also what plugins get as theirs."""

    def __init__(self, tx: Tx, ctx: Context) -> None:
        super().__init__(tx, ctx.id, ctx.now, ctx.district.names)
        self._context, self._transaction = ctx, tx
        self._audiences: dict[AudienceKey, Text] = {}

    def unit_name(self, unit: str) -> str:
        """The short name of a unit; its id where there is none."""
        return super().unit_name(unit) or unit

    def person_name(self, person: str) -> str:
        """A person's name; nobody is 系统."""
        return (super().person_name(person) or person) if person else "系统"

    def view(self, person: str | None) -> PersonView | None:
        """A person as doors show them."""
        if not person:
            return None
        found = self.person(person)
        return PersonView(person, found.name, self.unit_name(found.unit)) if found else PersonView(person, person)

    def role(self, role: str) -> Text:
        """A role in words."""
        return self._context.district.roles.get(role) or ROLES.get(role) or both(role)

    def find_roles(self, words: str) -> tuple[str, ...]:
        """The roles that *words* mean: the one of that name, else each that people call so in either language."""
        known = {**ROLES, **self._context.district.roles}
        if words in known:
            return (words,)
        said = folded(words)
        return tuple(name for name, title in known.items() if said in map(folded, title)) or (words,)

    def audience(self, key: AudienceKey) -> Text:
        """Who is behind an audience key: ``黄海路社区站长``. A list asks for the same few again and again."""
        if key not in self._audiences:
            self._audiences[key] = self._audience(key)
        return self._audiences[key]

    def _audience(self, key: AudienceKey) -> Text:
        try:
            audience = parse_audience(key)
        except NoAudience:
            return both(key)  # a damaged row is shown as it lies
        match audience:
            case User(person):
                return both(self.person_name(person))
            case RoleAt(name, ""):
                return self.role(name)
            case RoleAt(name, unit):
                role = self.role(name)
                return Text(_joined(self.unit_name(unit), role.zh), f"{role.en} of {self.unit_name(unit)}")
            case AnyoneOf(""):
                return Text("任何人", "anyone")
            case AnyoneOf(unit) | AtHome(unit):
                return Text(f"{self.unit_name(unit)}任何人", f"anyone of {self.unit_name(unit)}")

    def find_person(self, words: str) -> str | None:
        """A person by id, by a name only one has, or as the first holder of ``role@unit``."""
        role, at, named = words.partition("@")
        if not at:
            return super().find_person(words)
        unit = self.find_unit(named)
        if unit is None:
            return None
        held = self.holders(role, unit)
        return held[0] if held else None

    def holders(self, role: str, unit: str) -> tuple[str, ...]:
        """Who has *role*, a name or what people call it, in the very *unit*; nobody where it may be several roles."""
        roles = self.find_roles(role)
        if len(roles) > 1:
            return ()
        return store.seats(self._transaction, self._context.id, roles[0], unit, self._context.now).get(unit, ())


class SpokenNames:
    """The names that sentences about a case use, and the moments as one says them *now*."""

    def __init__(self, people: People, now: Micros) -> None:
        self.person = people.person_name
        self.audience = people.audience
        self.unit = people.unit_name
        self._now = now

    def moment(self, at: Micros) -> Text:
        """A moment as who reads it now would say it."""
        return moment_words(to_datetime(at), self._now)

    def end(self, at: Micros) -> Text:
        """A moment that ends something."""
        return end_words(to_datetime(at), self._now)


def _joined(unit: str, role: str) -> str:
    """A unit and a role in one: 东街街道 and 街道协调员 share their 街道."""
    shared = next((n for n in range(min(len(unit), len(role)), 0, -1) if unit.endswith(role[:n])), 0)
    return unit + role[shared:]


def people_of(ctx: Context, tx: Tx) -> People:
    """The people of *ctx*'s district, read on *tx*."""
    return People(tx, ctx)
