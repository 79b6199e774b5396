"""What a field offers a reader: one answer for the lists that doors show and for what a command may write."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from itertools import islice
from typing import Any, Final

from engine.audience import AnyoneOf, AtHome, RoleAt, User, parse_audience
from engine.cached import cached_property
from engine.definition.expression import Formula, evaluate
from engine.definition.model import Field, WhoRule
from engine.definition.values.forms import decode
from engine.definition.values.plain import sought, terms
from engine.errors import Unanswered
from engine.extend.contributions import Record
from engine.i18n import Text, both, listed
from engine.operations.context import Context
from engine.operations.facts import OperationFacts
from engine.operations.plugin_answers import Records, records
from engine.operations.reading.form_views import Option
from engine.operations.reading.people import People
from engine.runtime.draft import Definition
from engine.runtime.env import CaseEnv
from engine.runtime.people import audiences
from engine.runtime.shapes.tree import State
from engine.store import finding, people
from engine.store.directory import Unit
from engine.store.finding import Reach
from engine.store.transactions.runner import Tx

#: So many records of a plugin are looked through for what is offered.
_LOOK: Final = 2_000


class Offers:
    """The choices of one form as *reader* fills it: the state says what stands in the form so far.

    ``anybody``: people who hold no office may fill it, so that a person's field offers them nobody else unasked.
    """

    def __init__(
        self, ctx: Context, tx: Tx, definition: Definition, state: State, reader: str, people: People, *, anybody: bool
    ) -> None:
        self._ctx, self._tx, self._people, self._reader, self._anybody = ctx, tx, people, reader, anybody
        facts = OperationFacts(ctx, tx, definition, "", people)
        self._env = CaseEnv(definition.process, state, facts, definition.catalogue, reader)

    def holds(self, condition: Formula) -> bool:
        """Whether a condition holds as the form stands."""
        return self._env.truth(condition)

    def find(self, field: Field, words: str, limit: int) -> tuple[Option, ...]:
        """At most *limit* of what *field* offers that *words* fit; without words, the nearest first."""
        if field.type.name == "person":
            home = self._people.person_unit(self._reader)
            found = finding.persons(
                self._tx, self._ctx.id, self._ctx.now, self._reach(field), self._units, words=words, home=home,
                limit=limit,
            )  # fmt: skip
            said = told_apart(self._ctx, self._tx, self._people, found)
            return tuple(Option(one.id, said[one.id]) for one in found)
        if field.type.name == "unit":
            return tuple(islice(self._find_units(field, words), limit))
        return tuple(islice(self._find_records(field, words, limit), limit))

    def say(self, field: Field, values: Iterable[str]) -> dict[str, Text]:
        """The words of those of *values* that the field offers."""
        return self.called(field, (value for value in dict.fromkeys(values) if self.takes(field, value)))

    def called(self, field: Field, values: Iterable[str]) -> dict[str, Text]:
        """The words of *values* that stand in the field already, offered or not."""
        wanted = list(dict.fromkeys(values))
        if field.type.name == "person":
            self._people.want(persons=wanted)
            found = [one for value in wanted if (one := self._people.person(value)) is not None]
            return told_apart(
                self._ctx, self._tx, self._people, [finding.Person(one.id, one.name, one.unit) for one in found]
            )
        if field.type.name == "unit":
            self._people.want(units=wanted)
            units = filter(None, map(self._people.unit, wanted))
            return {unit.id: self._unit_words(unit) for unit in units}
        try:
            return {one.id: _record_words(one) for one in self._kept(field).read(wanted)} if wanted else {}
        except Unanswered:
            return {}

    def takes(self, field: Field, value: str) -> bool:
        """Whether the field offers *value*, which lives."""
        if field.type.name == "person":
            reach = self._reach(field)
            return reach.everybody or value in reach.persons or self._people.person_unit(value) in reach.units
        return field.among is None or self._fits(field.among.row, value)

    # -- persons ---------------------------------------------------------------------------

    def _reach(self, field: Field) -> Reach:
        if field.among is not None and field.among.who is not None:
            return self._named(field.among.who)
        case = self._env.state["case"]
        own = frozenset(one for one in (self._reader, case.get("by"), case.get("for")) if one)
        return Reach(persons=own) if self._anybody else Reach(everybody=True)

    def _named(self, rule: WhoRule) -> Reach:
        """The persons behind the audiences of *rule*; who stands in for them is not among them."""
        persons: set[str] = set()
        below: set[str] = set()
        for key in audiences(rule, self._env):
            match parse_audience(key):
                case AnyoneOf(""):
                    return Reach(everybody=True)
                case User(person):
                    persons.add(person)
                case RoleAt(role, unit):
                    persons.update(people.holding(self._tx, self._ctx.id, role, unit, self._ctx.now))
                case AnyoneOf(unit) | AtHome(unit):
                    below.update(self._under(unit))
        granted = finding.granted_in(self._tx, self._ctx.id, self._ctx.now, below) if below else frozenset()
        return Reach(persons=frozenset(persons) | granted, units=frozenset(below))

    def _under(self, unit: str) -> set[str]:
        found, left = {unit}, [unit]
        while left:
            above = left.pop()
            inner = {one.id for one in self._units if one.parent == above} - found
            found |= inner
            left += inner
        return found

    # -- units and records -----------------------------------------------------------------

    @cached_property
    def _units(self) -> tuple[Unit, ...]:
        return self._people.units()

    @cached_property
    def _same_units(self) -> Counter[str]:
        return Counter(unit.short for unit in self._units)

    def _unit_words(self, unit: Unit) -> Text:
        """The short name, with the unit above where two are called so."""
        if self._same_units[unit.short] < 2:
            return both(unit.short)
        return both(f"{unit.short}（{self._people.unit_name(unit.parent) if unit.parent else unit.id}）")

    def _find_units(self, field: Field, words: str) -> Iterator[Option]:
        wanted = terms(words)
        for unit in self._units:
            called = finding.spoken(unit.short, unit.name, unit.id, unit.code or "") if wanted else ""
            if all(term in called for term in wanted) and self.takes(field, unit.id):
                yield Option(unit.id, self._unit_words(unit))

    def _find_records(self, field: Field, words: str, limit: int) -> Iterator[Option]:
        """What the plugin finds by its own lights, then what is called so, by initials too."""
        given: dict[str, None] = {}
        for one in self._records(self._kept(field), words, limit if field.among is None else _LOOK):
            if one.id not in given and self._record_fits(field, one):
                given[one.id] = None
                yield Option(one.id, _record_words(one))

    def _records(self, kept: Records, words: str, most: int) -> Iterator[Record]:
        wanted = terms(words)
        try:
            yield from kept.find(sought(words), most)
            every = kept.find("", _LOOK) if wanted else ()
        except Unanswered:
            return  # while its plugin does not answer, nothing is offered
        if wanted:
            told = ((one, finding.spoken(one.label, *(one.hint or ()), one.id)) for one in every)
            yield from (one for one, said in told if all(term in said for term in wanted))

    def _kept(self, field: Field) -> Records:
        kept = records(self._ctx, self._tx, field.type.name, self._env.catalogue.owner(field.type.name))
        assert kept is not None, field.type.name
        return kept

    def _fits(self, row: Formula | None, value: str, attributes: Mapping[str, Any] | None = None) -> bool:
        return row is None or evaluate(row, _Row(self._env, value, attributes)) is True

    def _record_fits(self, field: Field, one: Record) -> bool:
        return field.among is None or self._fits(field.among.row, one.id, one.attributes)


class _Row:
    """The environment of a condition over ``row``: one candidate, with its attributes where they are known."""

    def __init__(self, env: CaseEnv, value: str, attributes: Mapping[str, Any] | None) -> None:
        self._env, self._value, self._attributes = env, value, attributes
        self.call, self.add = env.call, env.add

    def name(self, name: str) -> Any:
        """The candidate, or what the case says."""
        return self._value if name == "row" else self._env.name(name)

    def attribute(self, type_name: str, value: Any, attribute: str) -> Any:
        """An attribute of the candidate or of anything else."""
        if self._attributes is not None and value == self._value and attribute in self._attributes:
            return decode(self._env.attribute_type(type_name, attribute), self._attributes[attribute])
        return self._env.attribute(type_name, value, attribute)


def told_apart(ctx: Context, tx: Tx, directory: People, persons: Iterable[finding.Person]) -> dict[str, Text]:
    """Persons as one chooses among them: with the unit, and where two would read alike, with their role or their id."""
    every = tuple(persons)
    alike = _alike(ctx, tx, every)
    held = finding.roles_of(tx, ctx.id, ctx.now, [one.id for one in alike]) if alike else {}
    roles = {one.id: listed(directory.role(name) for name in held.get(one.id, ())).zh for one in alike}
    same = Counter((one.name, one.unit, roles[one.id]) for one in alike)
    directory.want_names(units={one.unit for one in every})

    def where(one: finding.Person) -> str:
        unit, role = directory.unit_name(one.unit), roles.get(one.id)
        if role is None:
            return unit
        return f"{unit}·{role if role and same[one.name, one.unit, role] == 1 else one.id}"

    return {one.id: both(f"{one.name}（{where(one)}）") for one in every}


def _alike(ctx: Context, tx: Tx, listed: tuple[finding.Person, ...]) -> list[finding.Person]:
    """Everybody of the district who has name and unit in common with somebody, as far as *listed* are called so."""
    called = finding.namesakes(tx, ctx.id, ctx.now, (one.name for one in listed)) if listed else ()
    same = Counter((one.name, one.unit) for one in called)
    return [one for one in called if same[one.name, one.unit] > 1]


def _record_words(one: Record) -> Text:
    return Text(*(f"{one.label}　{hint}" for hint in one.hint)) if one.hint else both(one.label)
