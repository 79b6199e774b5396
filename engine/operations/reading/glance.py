"""What one reader may have of one case: the only way from a form to anything that people read.

``see`` and ``when`` decide whether a field is there for the reader at all, ``sensitive`` and the type whether it is
masked. What others wrote with the form at hand (plugins, above all) is cleaned of what the reader may not have.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Container, Iterable, Iterator, Mapping
from functools import cache
from typing import Any

from engine.cached import cached_property
from engine.definition.expression import Formula
from engine.definition.fields.fill import EMPTY
from engine.definition.model import Field, Process
from engine.definition.values.forms import spellings
from engine.definition.values.kinds.table import kind_of
from engine.definition.values.types import ValueType
from engine.i18n import Text
from engine.operations.access import Sight
from engine.operations.content.publish import by_hash
from engine.operations.context import Context
from engine.operations.facts import OperationFacts
from engine.operations.reading.cleaning import Cleaner
from engine.operations.reading.form_views import FormField
from engine.operations.reading.forms import Forms
from engine.operations.reading.history import turns, typed_before
from engine.operations.reading.people import people_of
from engine.operations.reading.read_log_views import Uncovered
from engine.operations.reading.views import Shown
from engine.operations.reading.wording import HIDDEN, Wording, masked
from engine.runtime.env import CaseEnv
from engine.runtime.state import units_in
from engine.store.cases import Case
from engine.store.transactions.runner import Tx

Form = Mapping[str, Any]
#: Types of which a value is a word like any other: it would be found everywhere.
_DIGIT = re.compile(r"[0-9]")


class Glance:
    """The form of *case* as the reader of *sight* may have it. *earlier* are the values of forms before this one."""

    def __init__(self, sight: Sight, case: Case, env: CaseEnv, wording: Wording, earlier: Iterable[Form] = ()) -> None:
        self._sight, self._case, self._env, self._wording, self._earlier = sight, case, env, wording, earlier
        self._process = env.process

    @cached_property
    def fields(self) -> tuple[str, ...]:
        """The names of the fields that are there for the reader, in the order of the process."""
        return tuple(field.name for field in self._process.fields if self._sees(field) and _there(field, self._env))

    def _sees(self, field: Field) -> bool:
        case, reader = self._case, self._sight
        if not field.see or reader.person in (case.started_by, case.for_person, ""):
            return True
        held = case.state["par"]
        return any(not reader.units.isdisjoint(units_in(held.get(party))) for party in field.see)

    def shown(
        self, names: Iterable[str] | None = None, before: Form | None = None, needed: Container[str] = ()
    ) -> tuple[Shown, ...]:
        """Facts to read: every field of *names* that holds something; with what stood there *before*, if it differs.

        Of the masked ones those that are *needed* may be uncovered.
        """
        wanted = self.fields if names is None else tuple(name for name in names if name in self.fields)
        held = (name for name in wanted if self._case.data.get(name) not in EMPTY)
        return tuple(self._shown(name, before or {}, name in needed) for name in held)

    def _shown(self, name: str, before: Form, needed: bool) -> Shown:
        field, value, was = self._process.named[name], self._case.data[name], before.get(name)
        words = self._wording.words(field, value)
        differs = was not in EMPTY and was != value
        said_before = self._wording.words(field, was) if differs else None
        return Shown(name, field.title, words, said_before, covered=field.masked, may_uncover=field.masked and needed)

    @cached_property
    def masked(self) -> frozenset[str]:
        """The fields that are there for the reader, hold something, and say it masked."""
        held = (self._process.named[name] for name in self.fields if self._case.data.get(name) not in EMPTY)
        return frozenset(field.name for field in held if field.masked)

    def had_whole(self, name: str) -> Any:
        """The value of a field that is there for the reader and says it unmasked, to fill another form with."""
        return self._case.data.get(name) if name in self.fields and name not in self.masked else None

    def uncovered(self, name: str) -> Uncovered:
        """A masked field whole: for ``uncovering`` alone, which asks who may and writes down who did."""
        field, value = self._process.named[name], self._case.data[name]
        prefix = kind_of(field.type).href
        href = f"{prefix}{value}" if prefix else ""
        return Uncovered(name, field.title, self._wording.whole(field, value), value, href)

    def change(self, name: str, was: Any, now: Any) -> tuple[Text, Text, Text]:
        """The title of a field that is there for the reader, what it said and what it says."""
        assert name in self.fields, "only what the reader may have is told"
        field, empty = self._process.named[name], Text("空", "nothing")
        before, after = (empty if value in EMPTY else self._wording.words(field, value) for value in (was, now))
        return field.title, before, after

    def to_fill(
        self, forms: Forms, names: Iterable[str], *, complete: Container[str] | None = None, must: Container[str] = (),
        beside: Container[str] = (),
    ) -> tuple[FormField, ...]:  # fmt: skip
        """The fields of a form that the reader is asked to fill, each with what stands in it, whole."""
        return forms.fields(names, self._case.data, complete=complete, must=must, beside=beside)

    def output(self, of: ValueType, value: Any) -> Text:
        """An output of an action in words, for the reader."""
        said = self._wording.typed(of, value)
        return self.clean(Text(*(masked(of, one) for one in said)) if kind_of(of).masked else said)

    def reads(self, formulas: Iterable[Formula]) -> bool:
        """Whether the reader may have everything that *formulas* look at."""
        named = {name.partition(".")[0] for formula in formulas for name in formula.names}
        return not (named & self._process.named.keys()) - set(self.fields)

    def clean(self, text: Text) -> Text:
        """Words that somebody else put together, with what the reader may not have hidden in them."""
        return self._cleaner.clean(text)

    @cached_property
    def _cleaner(self) -> Cleaner:
        return Cleaner(self._instead)

    @cached_property
    def _instead(self) -> dict[str, str]:
        """What may not be said in any spelling, and what stands for it."""
        found: dict[str, str] = {}
        for form in (*self._earlier, self._case.data):
            for name, value in form.items():
                field = self._process.named.get(name)
                if field is not None and value not in EMPTY and (field.masked or name not in self.fields):
                    found.update(self._spelled(field, value, name in self.fields))
        return found

    def _spelled(self, field: Field, value: Any, seen: bool, inside: bool = False) -> Iterator[tuple[str, str]]:
        """The spellings of a value that the reader may not have, or, where they have *seen* it masked, not whole."""
        for column in field.columns:
            for row in value:
                if row.get(column.name) not in EMPTY:
                    yield from self._spelled(column, row[column.name], seen, inside or field.sensitive)
        if not kind_of(field.type).telling or not (field.masked or inside or not seen):
            return
        for said in {*self._wording.typed(field.type, value), *spellings(field.type, value)}:
            if len(said) > 1 or _DIGIT.fullmatch(said):
                yield said, masked(field.type, said) if seen else HIDDEN


def glance_at(ctx: Context, tx: Tx, person: str, case: Case) -> Glance:
    """The form of *case* as *person* may have it, where nothing else of the case is shown."""
    return glances(ctx, tx, case)(person)


def glances(ctx: Context, tx: Tx, case: Case) -> Callable[[str], Glance]:
    """The same for many persons, each by id: of the case everything is read once."""
    definition, people = by_hash(ctx, tx, case.def_hash), people_of(ctx, tx)
    facts = OperationFacts(ctx, tx, definition, case.id, people)
    wording, earlier = Wording(ctx, tx, people), tuple(typed_before(turns(tx, ctx.id, case.id)))

    @cache
    def of(person: str) -> Glance:
        env = CaseEnv(definition.process, case.whole, facts, definition.catalogue, person)
        return Glance(Sight(ctx, tx, person), case, env, wording, earlier)

    return of


def _there(field: Field, env: CaseEnv) -> bool:
    return field.when is None or env.truth(field.when)


# -- what everybody may have ---------------------------------------------------------------------------


def subject(env: CaseEnv, wording: Wording, form: Form) -> tuple[str, str]:
    """What tells a case from the next in a list, and as much of it as the case may be found by.

    A list is for whoever sees the case: it says nothing of a field that only some may see, and nobody finds a case by
    what is masked. A bare number carries its field's title.

    It is stored, and read in later years too: with *wording* as of the case's start, a day says its year unless it is
    the year in which the case started, which the case's number tells.
    """
    parts, words = [], []
    process: Process = env.process
    for name in process.subject:
        field = process.field_named(name)
        if field is None or field.see or form.get(name) in EMPTY or not _there(field, env):
            continue
        said = wording.words(field, form[name]).zh
        said = f"{field.title.zh}{said}" if field.type.name in ("integer", "decimal") else said
        parts.append(said)
        if not field.masked:
            words.append(said)
    return " · ".join(parts), " · ".join(words)
