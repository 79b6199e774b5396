"""A small district on a real database, and contexts to call a plugin with."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence
from importlib import import_module
from typing import Any, TypeVar

from engine.clock import Micros, SetClock
from engine.definition.calendar.working import Calendar, calendar_from
from engine.definition.values.forms import decode
from engine.definition.values.moments import to_micros
from engine.extend import (
    ActionContext,
    CaseRef,
    DataFile,
    Evidence,
    EvidenceSource,
    Job,
    JobContext,
    LockOrder,
    Message,
    Outcome,
    PageContext,
    SeedContext,
    StepContext,
    Undone,
    ValueType,
)
from engine.extend.calls.beside import receipt_of
from engine.extend.calls.json_values import must_be_json
from engine.extend.context import Handed, log_of
from engine.extend.contributions import Reaction
from engine.extend.registry import Registry
from engine.extend.senders import Out, Sender
from engine.ids import SeededIds
from engine.store.databases.database import Database
from engine.store.databases.sql import Insert
from engine.store.schema import tables as store
from engine.store.transactions.runner import Runner, Tx
from engine.testing.units import Units

T = TypeVar("T")
_FAR: Micros = 9_000_000_000_000_000_000


class _Vanish(Exception):
    """Carries an outcome out of a transaction whose writes must not stay."""

    def __init__(self, outcome: Outcome) -> None:
        super().__init__()
        self.outcome = outcome


class Trial:
    """A district that uses one plugin, on an open database that holds the engine's tables.

    ``settings`` are in stored form, ``secrets`` by their variables. ``messages`` and ``jobs`` collect what actions
    emitted.
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
        self.secrets: dict[str, str] = {}
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
        whole = {"district_id": self.district, **row}
        self.runner.run(lambda tx: tx.change(Insert(table, list(whole)), **whole))

    # Contexts

    def action_context(self, tx: Tx, unit: str, case: str = "", step: str = "step", n: int = 1) -> ActionContext:
        """What an action of the plugin would be handed."""
        of = self.step_context(tx, unit, case, step, n)
        return ActionContext(
            **self._handed(tx, writing=True),
            new_id=self.ids.new,
            locks=LockOrder(strict=True),
            unit=unit,
            case=of.case,
            key=of.key,
            calendar=of.calendar,
            emit=self._emit,
        )

    def step_context(self, tx: Tx, unit: str, case: str = "", step: str = "step", n: int = 1) -> StepContext:
        """What an action that only reads would be handed."""
        ref = CaseRef(case, case, "process", step, n)
        return StepContext(**self._handed(tx), unit=unit, case=ref, key=f"{case}:{n}", calendar=self.calendar)

    def _emit(self, thing: Message | Job) -> None:
        self.registry.check_handed(self.plugin, thing)
        self.emitted.append(thing)

    def _handed(self, tx: Tx, *, writing: bool = False) -> Handed:
        return Handed(
            district=self.district,
            db=self.registry.connection(self.plugin, tx, district=self.district, writing=writing),
            now=self.clock.now(),
            directory=self.units,
            settings=self.registry.settings(self.plugin, self.settings, self.secrets).live,
            log=log_of(self.plugin),
        )

    def read(self, work: Callable[[PageContext], T], unit: str = "", **page: Any) -> T:
        """Answer what *work* reads; *page* may give ``args``, ``query``, ``language`` and ``person``."""
        person = page.pop("person", "")
        return self.runner.run(
            lambda tx: work(PageContext(**self._handed(tx), person=person, unit=unit, base="/trial", **page)),
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
            lambda tx: found.seed(SeedContext(**self._handed(tx, writing=True), new_id=self.ids.new, file=file), data)
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
        handed = self.step_context if spec.reads else self.action_context
        run = spec.run
        self._try(lambda tx: run(handed(tx, unit, case), inputs), keep=False)
        self.emitted[:] = before
        return self._try(lambda tx: run(handed(tx, unit, case), inputs), keep=True)

    def _try(self, run: Callable[[Tx], Outcome], keep: bool) -> Outcome:
        def work(tx: Tx) -> Outcome:
            outcome = run(tx)
            if outcome.refusing or not keep:
                raise _Vanish(outcome)
            return outcome

        try:
            return self.runner.run(work)
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

    # What runs by job

    def react(
        self, name: str, body: Mapping[str, Any], unit: str, case: str = "", attempt: int = 1
    ) -> list[Message | Job]:
        """Run the reaction *name* for an event with *body*; what it handed over."""
        reaction = self._job(name, Reaction)
        return self._as_job(lambda ctx: reaction.run(ctx, body), unit, case, attempt)

    def prepare(self, name: str, body: Mapping[str, Any]) -> Any:
        """What the sender *name* would send of a job with *body*; None for nothing."""
        sender = self._job(name, Sender)
        payload = self.read(lambda ctx: sender.prepare(ctx, body))
        must_be_json(self.plugin, "Sender.prepare", sender.prepare, payload)
        return payload

    def send(self, name: str, payload: Any, attempt: int = 1) -> Any:
        """What the sender *name* answers; it runs in this process and sends what it sends, so give it a server."""
        sender = self._job(name, Sender)
        module, _, function = sender.send.partition(":")
        settings = self.registry.settings(self.plugin, self.settings, self.secrets).live
        out = Out(self.district, "message", attempt, "example", self.clock.wall() + sender.limit, settings)
        return getattr(import_module(module), function)(out, payload)

    def record(self, name: str, result: Any, unit: str, case: str = "") -> list[Message | Job]:
        """Let the sender *name* record what came back; what it handed over."""
        record = self._job(name, Sender).record
        if record is None:
            raise LookupError(f"{name} records nothing")
        return self._as_job(lambda ctx: record(ctx, result), unit, case, 1)

    def _job(self, name: str, kind: type[T]) -> T:
        found = self.registry.job(name)
        if not isinstance(found, kind):
            raise LookupError(f"no {kind.__name__.lower()} {name}")
        return found

    def _as_job(self, work: Callable[[JobContext], None], unit: str, case: str, attempt: int) -> list[Message | Job]:
        emitted: list[Message | Job] = []

        def emit(thing: Message | Job) -> None:
            self.registry.check_handed(self.plugin, thing)
            emitted.append(thing)

        def run(tx: Tx) -> None:
            del emitted[:]
            work(JobContext(
                **self._handed(tx, writing=True), new_id=self.ids.new, unit=unit,
                case=CaseRef(case, case, "process", "step", 1), key="job:1", attempt=attempt, emit=emit,
            ))  # fmt: skip

        self.runner.run(run)
        return emitted

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
