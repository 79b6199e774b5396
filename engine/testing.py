"""A kit for the tests of plugins: a small district on a real database, and contexts to call the plugin with."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

from jinja2 import ChoiceLoader, DictLoader, Environment, FileSystemLoader, StrictUndefined
from sqlalchemy import insert

from engine.clock import Micros, SetClock
from engine.definition.calendar import Calendar, calendar_from
from engine.definition.moments import to_micros
from engine.definition.values import decode
from engine.extend import (
    ActionContext,
    CaseRef,
    DataFile,
    Evidence,
    EvidenceSource,
    Job,
    LockOrder,
    Message,
    Outcome,
    PageContext,
    SeedContext,
    Text,
    Undone,
    ValueType,
    View,
)
from engine.extend.calling import receipt_of
from engine.extend.discovery import load_plugin
from engine.extend.registry import Registry
from engine.ids import SeededIds
from engine.store import tables as store
from engine.store.database import Database
from engine.store.transaction import Runner, Tx

__all__ = ["Database", "Registry", "Trial", "Units", "load_plugin", "render"]

T = TypeVar("T")
_FAR: Micros = 9_000_000_000_000_000_000


class _Vanish(Exception):
    """Carries an outcome out of a transaction whose writes must not stay."""

    def __init__(self, outcome: Outcome) -> None:
        super().__init__()
        self.outcome = outcome


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


class Trial:
    """A district that uses one plugin, on an open database that holds the engine's tables.

    ``settings`` are in stored form. ``messages`` and ``jobs`` collect what actions emitted.
    """

    def __init__(
        self, database: Database, registry: Registry, plugin: str, at: str, settings: Mapping[str, Any] | None = None
    ) -> None:
        """Make the plugin's tables on *database*; the clock stands at *at*, such as ``2026-06-10T09:00``."""
        self.database, self.registry, self.plugin = database, registry, plugin
        self.runner = Runner(database)
        self.clock = SetClock(to_micros(decode(ValueType("datetime"), at)))
        self.ids = SeededIds()
        self.units = Units()
        self.settings = dict(settings or {})
        self.emitted: list[Message | Job] = []
        self.district = "trial"
        for line in registry.migrations():
            line.metadata.create_all(database.engine)

    def close(self) -> None:
        """Give the connection of this thread back."""
        self.runner.release()

    @property
    def calendar(self) -> Calendar:
        """Weekends only."""
        return calendar_from({}, None)

    def unit(self, key: str, name: str, parent: str | None = None) -> str:
        """Add a unit; its id is *key*."""
        self.units.names[key] = name
        if parent:
            self.units.parents[key] = parent
        row = {"id": key, "name": name, "short": name, "kind": "unit", "parent": parent, "since": 0, "until": _FAR}
        self._insert(store.unit, row)
        return key

    def person(self, key: str, name: str, unit: str) -> str:
        """Add a person; the id is *key*."""
        self.units.persons[key] = name
        self.units.homes[key] = unit
        self._insert(store.person, {"id": key, "name": name, "unit_id": unit, "since": 0, "until": _FAR})
        return key

    def case(self, key: str, unit: str) -> str:
        """Add an open case of *unit*; its id and number are *key*."""
        row: dict[str, Any] = {column.name: "" for column in store.cases.columns if column.name != "district_id"}
        row |= {"id": key, "number": key, "unit_id": unit, "status": "open", "version": 1, "data_seq": 0}
        self._insert(store.cases, row | {"started_at": self.clock.now(), "ended_at": None})
        return key

    def _insert(self, table: Any, row: Mapping[str, Any]) -> None:
        self.runner.run(lambda tx: tx.connection.execute(insert(table), {"district_id": self.district, **row}))

    # Contexts

    def action_context(self, tx: Tx, unit: str, case: str = "", step: str = "step", n: int = 1) -> ActionContext:
        """What an action of the plugin would be handed."""
        return ActionContext(
            **self._common(tx),
            new_id=self.ids.new,
            locks=LockOrder(strict=True),
            unit=unit,
            case=CaseRef(case, case, "process", step, n),
            key=f"{case}:{n}",
            calendar=self.calendar,
            emit=self.emitted.append,
        )

    def _common(self, tx: Tx) -> dict[str, Any]:
        return {
            "district": self.district,
            "db": tx.connection,
            "now": self.clock.now(),
            "directory": self.units,
            "settings": self.registry.settings(self.plugin, self.settings),
        }

    def read(self, work: Callable[[PageContext], T], unit: str = "", **page: Any) -> T:
        """Answer what *work* reads; *page* may give ``args``, ``query``, ``language`` and ``person``."""
        person = page.pop("person", "")
        return self.runner.run(
            lambda tx: work(PageContext(**self._common(tx), person=person, unit=unit, base="/trial", **page)),
            write=False,
        )

    def write(self, work: Callable[[ActionContext], T], unit: str, case: str = "") -> T:
        """Run *work* in a transaction of its own."""
        return self.runner.run(lambda tx: work(self.action_context(tx, unit, case)))

    def seed(self, file: str, data: Any) -> Sequence[Any]:
        """Import *data* as the pack file *file*; answer the problems."""
        found = next(d for d in self.registry.given(DataFile) if d.name == file)
        check = found.check
        if check is not None and (faults := self.read(lambda ctx: check(ctx.directory, data))):
            return faults
        return self.runner.run(
            lambda tx: found.seed(SeedContext(**self._common(tx), new_id=self.ids.new, file=file), data)
        )

    # What a process would do

    def act(self, name: str, inputs: Mapping[str, Any], unit: str, case: str = "") -> Outcome:
        """Run action *name* as a step would: once in vain, since it may run again, then for good.

        What a refusing result wrote vanishes.
        """
        spec = self.registry.action(name)
        if spec is None or spec.run is None:
            raise LookupError(f"no action {name}")
        before = list(self.emitted)
        self._try(spec.run, inputs, unit, case, keep=False)
        self.emitted[:] = before
        return self._try(spec.run, inputs, unit, case, keep=True)

    def _try(self, run: Callable[..., Outcome], inputs: Mapping[str, Any], unit: str, case: str, keep: bool) -> Outcome:
        def work(ctx: ActionContext) -> Outcome:
            outcome = run(ctx, inputs)
            if outcome.refusing or not keep:
                raise _Vanish(outcome)
            return outcome

        try:
            return self.write(work, unit, case)
        except _Vanish as gone:
            return gone.outcome

    def evidence(
        self, action: str, inputs: Mapping[str, Any], ended: Outcome | None = None, unit: str = ""
    ) -> list[Evidence]:
        """The lines of 系统核对 for *action*, given what the engine gives them; *ended* is how its run went."""
        receipt = None if ended is None else receipt_of(ended.name, ended.outputs, refusing=ended.refusing)
        given = self.registry.given(EvidenceSource)
        gathers = [source.gather for source in given if source.action == action]
        return self.read(lambda ctx: [line for gather in gathers for line in gather(ctx, inputs, receipt)], unit)

    def undo(self, name: str, receipt: Mapping[str, Any], unit: str, case: str = "") -> Undone:
        """Undo by *receipt*, the outputs that the action gave."""
        undo = self.registry.undo(name)
        if undo is None:
            raise LookupError(f"no undo {name}")
        return self.write(lambda ctx: undo(ctx, receipt), unit, case)

    def race(self, *works: Callable[[], T]) -> list[T]:
        """Run *works* at once, each in a thread of its own, and answer what they answered."""
        answers: list[Any] = [None] * len(works)
        faults: list[BaseException] = []
        together = threading.Barrier(len(works))

        def one(place: int) -> None:
            try:
                together.wait()
                answers[place] = works[place]()
            except BaseException as fault:
                faults.append(fault)
            finally:
                self.runner.release()

        threads = [threading.Thread(target=one, args=(place,)) for place in range(len(works))]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        if faults:
            raise faults[0]
        return answers


def render(folder: Path, view: View, language: str = "zh") -> str:
    """The page that *view* makes of its template in *folder*; layouts and shared macros are bare stand-ins."""
    frame = {
        "layout/staff.html": "{% block title %}{% endblock %}{% block main %}{% endblock %}",
        "ui.html": "{% macro empty(title, text='') %}{{ title }} {{ text }}{% endmacro %}",
    }
    loader = ChoiceLoader([FileSystemLoader(folder), DictLoader(frame)])
    environment = Environment(loader=loader, autoescape=True, undefined=StrictUndefined)
    environment.filters["both"] = lambda zh, en: Text(zh, en).pick(language)
    environment.filters["machine"] = str
    environment.filters["say"] = lambda words: words.pick(language) if isinstance(words, Text) else words
    return environment.get_template(view.template).render(title=view.title, **view.values)
