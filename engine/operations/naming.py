"""From the names people use to what is stored: ``role@unit`` to a person, a unit's short name or a label to an id."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from difflib import get_close_matches
from typing import Any

from engine.definition.district.roles import RoleTable
from engine.definition.model import Field
from engine.definition.values.kinds.table import kind_of
from engine.definition.values.plain import tidy
from engine.errors import Invalid, Problem, Unanswered
from engine.i18n import Text, both, listed
from engine.operations.content.publish import current
from engine.operations.context import Context
from engine.operations.plugin_answers import records
from engine.operations.reading.people import People, people_of
from engine.runtime.draft import Definition
from engine.store.transactions.runner import Tx

#: How many records of a plugin's type are looked through for the one whose label was typed.
_LOOK = 20
#: And through so many, when nobody has it, for one that is written much the same.
_MOST = 1000


def fill_from_words(ctx: Context, process: str, words: Mapping[str, Any]) -> dict[str, Any]:
    """The stored fill that *words* say: names of units, persons and plugin records become ids, the rest stays as typed.

    Raises ``Invalid`` with a Problem for every name that nobody has, ``NotFound`` for an unknown process.
    """

    def work(tx: Tx) -> dict[str, Any]:
        naming = _Naming(ctx, tx, current(ctx, tx, process))
        fill = {name: naming.field(name, value) for name, value in words.items()}
        if naming.problems:
            raise Invalid(tuple(naming.problems))
        return fill

    return ctx.runner.run(work, write=False)


def person_named(ctx: Context, words: str) -> tuple[str, str]:
    """The person that an id, a name or ``role@unit`` (its first holder) means, and the unit they act from.

    The role is its name or what the district's people call it, in Chinese or English.

    Raises ``Invalid`` that says which part of it nobody is called.
    """

    def work(tx: Tx) -> tuple[str, str]:
        found = _person(ctx, tx, words)
        if isinstance(found, Problem):
            raise Invalid((found,))
        return found

    return ctx.runner.run(work, write=False)


def unit_named(ctx: Context, words: str) -> str:
    """The id of the unit with that id, name or short name. Raises ``Invalid`` when there is none."""

    def work(tx: Tx) -> str:
        people = people_of(ctx, tx)
        found = people.find_unit(words)
        if found is None:
            raise Invalid((no_unit(people, words),))
        return found

    return ctx.runner.run(work, write=False)


def must_be_unit(ctx: Context, unit: str) -> None:
    """Raise ``Invalid`` where *unit* is the id of none; of a name it says the id."""

    def work(tx: Tx) -> None:
        people = people_of(ctx, tx)
        found = people.find_unit(unit) if unit else None
        if found == unit and unit:
            return
        problem = no_unit(people, unit)
        hint = Text(f"单位的代号是 {found}", f"its id is {found}") if found else problem.hint
        raise Invalid((replace(problem, hint=hint, path="unit"),))

    ctx.runner.run(work, write=False)


class _Naming:
    """The names in one fill of one process, read in one transaction."""

    def __init__(self, ctx: Context, tx: Tx, definition: Definition) -> None:
        self.ctx, self.tx, self.process, self.catalogue = ctx, tx, definition.process, definition.catalogue
        self.people = people_of(ctx, tx)
        self.problems: list[Problem] = []

    def field(self, name: str, value: Any) -> Any:
        """The stored value of field *name*; one that the process does not have is left for the form to refuse."""
        field = self.process.field_named(name)
        return value if field is None else self._value(field, value, name)

    def _value(self, field: Field, value: Any, path: str) -> Any:
        if field.columns and isinstance(value, list):
            return [self._row(field, row, f"{path}.{place}") for place, row in enumerate(value)]
        if not isinstance(value, str) or not value.strip():
            return value
        found = self._reference(field, tidy(value))
        if isinstance(found, Problem):
            self.problems.append(found.at(found.file, 0, 0, path))
            return None
        return found

    def _row(self, field: Field, row: Any, path: str) -> Any:
        if not isinstance(row, Mapping):
            return row
        columns = {column.name: column for column in field.columns}
        return {
            name: self._value(columns[name], value, f"{path}.{name}") if name in columns else value
            for name, value in row.items()
        }

    def _reference(self, field: Field, words: str) -> Any:
        if field.type.name == "unit":
            return self.people.find_unit(words) or no_unit(self.people, words)
        if field.type.name == "person":
            found = _person(self.ctx, self.tx, words)
            return found if isinstance(found, Problem) else found[0]
        points = kind_of(field.type).points
        kept = records(self.ctx, self.tx, field.type.name, self.catalogue.owner(field.type.name)) if points else None
        if kept is None:
            return words
        try:
            named = next((r for r in kept.find(words, _LOOK) if words in (r.label, r.id)), None)
            every = kept.find("", _MOST) if named is None else ()
        except Unanswered as silence:
            return Problem(silence.code, silence.text)
        if named is not None:
            return named.id
        near = get_close_matches(words, [record.label for record in every], 3, 0.5)
        return _unknown(field.title, words, near)


def _person(ctx: Context, tx: Tx, words: str) -> tuple[str, str] | Problem:
    """The person and the unit they act from, or why nobody is meant."""
    people = people_of(ctx, tx)
    role, at, named = words.partition("@")
    if not at:
        found = people.find_person(words)
        person = people.person(found) if found else None
        return (person.id, person.unit) if person else _nobody(people, words)
    unit = people.find_unit(named)
    if unit is None:
        return no_unit(people, named)
    held = people.holders(role, unit)
    return (held[0], unit) if held else _no_holder(ctx, people, role, people.unit_name(unit))


def _no_holder(ctx: Context, people: People, role: str, unit: str) -> Problem:
    """Why nobody has *role* in *unit*: there is no such role, several are called so, or nobody has it."""
    roles, table = people.find_roles(role), RoleTable(ctx.id, ctx.district.roles)
    if len(roles) > 1:
        names = listed(roles)
        return Problem("same-role", Text(f"叫“{role}”的角色不止一个", f"more than one role is called “{role}”"),
                       Text(f"写角色代号：{names.zh}", f"write the name of one: {names.en}"))  # fmt: skip
    if not table.has(roles[0]):
        return table.fault(role)
    title = people.role(roles[0])
    return Problem("no-holder", Text(f"{unit}没有人是{title.zh}", f"nobody is {title.en} of {unit}"),
                   Text("核对角色和单位", "check the role and the unit"))  # fmt: skip


def no_unit(people: People, words: str) -> Problem:
    """Nobody calls a unit that."""
    near = get_close_matches(words, [unit.short for unit in people.units()], 3, 0.5)
    return _unknown(Text("单位", "unit"), words, near)


def _nobody(people: People, words: str) -> Problem:
    same = [p for p in people.persons(100_000) if p.name == words]
    if same:
        units = [people.unit_name(p.unit) for p in same]
        which = listed(Text(f"{p.id}（{unit}）", f"{p.id} ({unit})") for p, unit in zip(same, units, strict=True))
        return Problem("same-name", Text(f"叫“{words}”的不止一位", f"more than one person is called “{words}”"),
                       Text(f"写人员代号：{which.zh}", f"write the id: {which.en}"))  # fmt: skip
    if people.find_roles(words) != (words,) or people.role(words) != both(words):
        return Problem("no-unit", Text(f"“{words}”是角色，不是人", f"“{words}” is a role, not a person"),
                       Text(f"写成 {words}@单位", f"write {words}@UNIT"))  # fmt: skip
    near = get_close_matches(words, [p.name for p in people.persons(100_000)], 3, 0.5)
    return _unknown(Text("人员", "person"), words, near)


def _unknown(title: Text, words: str, near: Sequence[str]) -> Problem:
    meant = listed(near)
    hint = Text(f"是不是：{meant.zh}", f"did you mean: {meant.en}") if near else Text("核对名称", "check the name")
    return Problem("unknown-name", Text(f"没有叫“{words}”的{title.zh}", f"there is no {title.en} “{words}”"), hint)
