"""From what people say to what a verb takes: persons, units and what stands in a form, by the names that they use."""

from __future__ import annotations

from collections.abc import Mapping
from difflib import get_close_matches
from typing import Any

from engine.definition.catalogue import Catalogue
from engine.definition.model import Field
from engine.definition.values.kinds.table import kind_of
from engine.definition.values.plain import tidy
from engine.errors import Invalid, Problem, Unanswered
from engine.operations.content.publish import by_hash, current
from engine.operations.context import Context, no_case
from engine.operations.naming import no_unit, the_person, unknown_name
from engine.operations.plugin_answers import records
from engine.operations.reading.people import people_of
from engine.operations.verbs import FILL, PERSON, UNIT, Argument, Verb
from engine.runtime.draft import Definition
from engine.store.cases import load_case
from engine.store.transactions.runner import Tx

#: How many records of a plugin's type are looked through for the one whose label was typed.
_LOOK = 20
#: And through so many, when nobody has it, for one that is written much the same.
_MOST = 1000


def spoken(ctx: Context, verb: Verb, said: Mapping[str, Any], number: str = "") -> dict[str, Any]:
    """The arguments of *verb* as people *said* them under the words of the doors.

    Names of persons, units and plugin records become ids, the rest stays as typed. Those in a form are read by the
    process that is started, or by the one that case *number* runs on. Raises ``Invalid`` with a Problem for every name
    that nobody has, ``NotFound`` for an unknown process or case.
    """

    def work(tx: Tx) -> dict[str, Any]:
        naming = _Naming(ctx, tx)
        heard = {one.key: naming.argument(one, said, number) for one in verb.takes if said.get(one.key)}
        if naming.problems:
            raise Invalid(tuple(naming.problems))
        return verb.arguments(heard)

    return ctx.runner.run(work, write=False)


class _Naming:
    """The names that somebody said at once, read in one transaction; those that nobody has are ``problems``."""

    def __init__(self, ctx: Context, tx: Tx) -> None:
        self.ctx, self.tx = ctx, tx
        self.people = people_of(ctx, tx)
        self.problems: list[Problem] = []

    def argument(self, one: Argument, said: Mapping[str, Any], number: str) -> Any:
        """What was *said* for *one* of the things that a verb takes."""
        value = said[one.key]
        if one.shape is FILL:
            return self._fill(self._definition(str(said.get("process", "")), number), value)
        if one.shape is PERSON:
            return self._found(self._person(str(value)), one.key)
        if one.shape is UNIT:
            return self._found(self._unit(str(value)), one.key)
        return str(value)

    def _definition(self, process: str, number: str) -> Definition:
        if process:
            return current(self.ctx, self.tx, process)
        case = load_case(self.tx, self.ctx.id, number=number)
        if case is None:
            raise no_case()
        return by_hash(self.ctx, self.tx, case.def_hash)

    def _fill(self, definition: Definition, words: Mapping[str, Any]) -> dict[str, Any]:
        """The stored values of fields; one that the process does not have is left for the form to refuse."""
        named, catalogue = definition.process.field_named, definition.catalogue
        return {
            name: value if (field := named(name)) is None else self._value(catalogue, field, value, name)
            for name, value in words.items()
        }

    def _found(self, found: Any, path: str) -> Any:
        if isinstance(found, Problem):
            self.problems.append(found.at(found.file, 0, 0, path))
            return None
        return found

    def _value(self, catalogue: Catalogue, field: Field, value: Any, path: str) -> Any:
        if field.columns and isinstance(value, list):
            return [self._row(catalogue, field, row, f"{path}.{place}") for place, row in enumerate(value)]
        if not isinstance(value, str) or not value.strip():
            return value
        return self._found(self._reference(catalogue, field, tidy(value)), path)

    def _row(self, catalogue: Catalogue, field: Field, row: Any, path: str) -> Any:
        if not isinstance(row, Mapping):
            return row
        columns = {column.name: column for column in field.columns}
        return {
            name: self._value(catalogue, columns[name], value, f"{path}.{name}") if name in columns else value
            for name, value in row.items()
        }

    def _person(self, words: str) -> str | Problem:
        found = the_person(self.ctx, self.tx, words)
        return found if isinstance(found, Problem) else found[0]

    def _unit(self, words: str) -> str | Problem:
        return self.people.find_unit(words) or no_unit(self.people, words)

    def _reference(self, catalogue: Catalogue, field: Field, words: str) -> Any:
        if field.type.name == "unit":
            return self._unit(words)
        if field.type.name == "person":
            return self._person(words)
        points = kind_of(field.type).points
        kept = records(self.ctx, self.tx, field.type.name, catalogue.owner(field.type.name)) if points else None
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
        return unknown_name(field.title, words, near)
