"""From the names people use to what is stored: ``role@unit`` to a person, a unit's short name or a label to an id."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from difflib import get_close_matches

from engine.definition.district.roles import RoleTable
from engine.errors import Invalid, Problem
from engine.i18n import Text, both, listed
from engine.operations.context import Context
from engine.operations.reading.people import People, people_of
from engine.store.transactions.runner import Tx


def person_named(ctx: Context, words: str) -> tuple[str, str]:
    """The person that an id, a name or ``role@unit`` (its first holder) means, and the unit they act from.

    The role is its name or what the district's people call it, in Chinese or English.

    Raises ``Invalid`` that says which part of it nobody is called.
    """

    def work(tx: Tx) -> tuple[str, str]:
        found = the_person(ctx, tx, words)
        if isinstance(found, Problem):
            raise Invalid((found,))
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


def the_person(ctx: Context, tx: Tx, words: str) -> tuple[str, str] | Problem:
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
    return unknown_name(Text("单位", "unit"), words, near)


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
    return unknown_name(Text("人员", "person"), words, near)


def unknown_name(title: Text, words: str, near: Sequence[str]) -> Problem:
    meant = listed(near)
    hint = Text(f"是不是：{meant.zh}", f"did you mean: {meant.en}") if near else Text("核对名称", "check the name")
    return Problem("unknown-name", Text(f"没有叫“{words}”的{title.zh}", f"there is no {title.en} “{words}”"), hint)
