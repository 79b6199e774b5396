"""The life of one command: lock the case, decide, run what is pending, write, commit; or refuse and change nothing."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

from engine.definition.model import Do
from engine.errors import Busy, Conflict, NotFound, RongtongError, Unanswered, Vetoed
from engine.extend.calls.beside import committed
from engine.extend.calls.faults import HungError, said_of
from engine.extend.contributions import Committed
from engine.i18n import Text, both
from engine.logs import bound
from engine.operations.commands import references
from engine.operations.commands.checking import as_had, veto
from engine.operations.commands.hearing import heard
from engine.operations.commands.projection import open_rows
from engine.operations.commands.races import check_seen, explained
from engine.operations.commands.recording import Recording, scrubbed
from engine.operations.commands.running import Bench, RunAgain, Tries
from engine.operations.commands.runs import Runs
from engine.operations.content.publish import by_hash, current_here
from engine.operations.context import ENGINE, Caller, Context, Lost, no_case
from engine.operations.facts import OperationFacts
from engine.operations.plugin_answers import heeding
from engine.operations.reading.people import people_of
from engine.operations.reading.views import Receipt
from engine.operations.writing import answered, require_key
from engine.otherwise import otherwise
from engine.runtime import commands as c
from engine.runtime.decide import OPENERS, take
from engine.runtime.pending import Request, pending
from engine.runtime.refusals import plugin_hung
from engine.runtime.rights import on_behalf
from engine.runtime.shapes.events import Event
from engine.runtime.shapes.tree import State
from engine.runtime.simulate import MAX_AUTOMATIC
from engine.runtime.steps.do import at_fields
from engine.runtime.turn import Turn
from engine.store import cases
from engine.store.cases import Case
from engine.store.text import fingerprint, load
from engine.store.transactions.failures import Duplicate
from engine.store.transactions.runner import Tx

_LOG = logging.getLogger("rongtong.work")
_TRIES = 8
#: Asks a permission of a command on its own transaction, about the case that it holds; raises where there is none.
Allowed = Callable[[Tx, Case], object]


@dataclass(slots=True)  # made for each command, and freezing costs more than all else about it
class Order:
    """A command as it came in: what to do on which case, the caller's key, and what was asked in plain values.

    ``number`` names the case, or ``case_id`` where the engine itself calls; a start names its ``process`` instead.
    ``seen`` is the version of the case that the caller decided on, where a door knows it. ``allowed`` asks what the
    process does not: who administers, who may see.
    """

    name: str
    command: c.Command
    number: str = ""
    case_id: str = ""
    process: str = ""
    key: str = ""
    note: str = ""
    asked: Any = None
    seen: int | None = None
    allowed: Allowed | None = None

    @property
    def digest(self) -> str:
        """Names the whole request, so that a key that comes back with another body is refused."""
        return fingerprint([self.name, self.process or self.number or self.case_id, self.asked, self.note])


def perform(ctx: Context, caller: Caller, order: Order) -> Receipt:
    """Carry out *order* in one transaction; the same key and body again answers the stored bytes.

    Raises ``Conflict``, ``Forbidden``, ``Invalid``, ``NotFound``, ``KeyReused`` or ``Busy``; nothing is changed then.
    An action in which the same command hung for good before is not run again: its step is an incident.
    """
    with bound(district=ctx.id, case=order.number or order.case_id):
        return heard(ctx.system.heard, order.name, partial(_performed, ctx, caller, order))


def _performed(ctx: Context, caller: Caller, order: Order) -> Receipt:
    require_key(order.key)
    tries = _remembered(ctx, order)
    attempt = partial(_attempt, ctx, caller, order, tries)
    for _ in range(_TRIES):
        try:
            with otherwise(partial(_given_up, ctx, caller, order, tries)):
                done, tried = ctx.runner.run(attempt, idempotent=bool(order.key))
            if tries.lost is not None:
                ctx.system.lost.pop((ctx.id, order.digest), None)
            committed(ctx.registry, ctx.enabled, tried.committed, partial(heeding, ctx, what=both("on_committed")))
            return done
        except RunAgain as again:
            tries.again(again.silent)
        except HungError as hung:
            if not tries.under_way:
                raise
            tries.again((tries.under_way, _silence(hung)))
            tries.under_way = 0
        except (Duplicate, RongtongError) as refusal:
            answered = _answered(ctx, caller, order)
            if answered is not None:
                return answered
            if isinstance(refusal, Conflict) and isinstance(order.command, (c.Act, c.Claim, c.Transfer)):
                raise explained(ctx, caller, order.number, order.command.n, refusal) from refusal
            if not isinstance(refusal, Duplicate):
                raise
    raise Conflict(Text("同时办理的人太多，稍后再试。", "Too many at once; try again shortly."), code="contended")


def _given_up(ctx: Context, caller: Caller, order: Order, tries: Tries, fault: Exception) -> Exception:
    """This thread hangs in a plugin and is given up: the same asked again does not hang there once more.

    Where it was no action that hung, only the engine is kept from it, which would ask again at once; people may.
    """
    if isinstance(fault, HungError) and (tries.under_way or caller == ENGINE):  # Busy: it was somebody else's work
        silent = {**tries.silent, tries.under_way: _silence(fault)} if tries.under_way else {}
        ctx.system.lost[ctx.id, order.digest] = Lost(fault, tries.version, silent)
    return fault


def _remembered(ctx: Context, order: Order) -> Tries:
    """What is known of *order* before it is tried. Where it hung in no action, that is raised in place of a try."""
    lost = ctx.system.lost.get((ctx.id, order.digest)) if ctx.system.lost else None
    if lost is not None and not lost.silent:
        ctx.system.lost.pop((ctx.id, order.digest), None)
        raise lost.fault
    return Tries(lost=lost)


def _silence(hung: HungError) -> Unanswered:
    return plugin_hung(hung.details["plugin"], hung.text)


def changed_alone(ctx: Context, order: Order) -> bool:
    """Carry out what the engine asks of one case among many; whether it changed. A fault keeps no other case back."""
    try:
        return bool(perform(ctx, ENGINE, order).body)
    except (Conflict, NotFound):
        return False  # it ended meanwhile
    except Unanswered as silence:
        _LOG.warning("%s of case %s waits: %s", order.name, order.case_id, silence.why.en)
        return False
    except Busy:
        raise
    except Exception as fault:
        _LOG.exception("%s of case %s failed: %s", order.name, order.case_id, said_of(fault).en)
        return False


def _attempt(ctx: Context, caller: Caller, order: Order, tries: Tries, tx: Tx) -> tuple[Receipt, _Attempt]:
    attempt = _Attempt(ctx, tx, caller, order, tries)
    try:
        done = attempt.run()
    except Vetoed as refusal:
        if isinstance(order.command, c.Start):
            raise  # the form is the caller's own
        raise as_had(ctx, tx, caller, attempt.case, refusal) from refusal
    return done, attempt


def _answered(ctx: Context, caller: Caller, order: Order) -> Receipt | None:
    """The stored answer of an earlier run with the same key; the happy path never asks."""
    stored = answered(ctx, caller, order.key, order.digest)
    return None if stored is None else receipt(stored)


def receipt(body: str) -> Receipt:
    """The receipt that stored bytes say."""
    said = load(body)
    opened = tuple(said["opened"])
    return Receipt(said["case"], said["number"], said["version"], said["status"], said["end"], opened, body)


class _Attempt:
    """One try at an order, inside one transaction."""

    def __init__(self, ctx: Context, tx: Tx, caller: Caller, order: Order, tries: Tries) -> None:
        self.ctx, self.tx, self.caller, self.order = ctx.still(), tx, caller, order
        self.tries, tries.under_way = tries, 0
        self.now = self.ctx.now
        self.runs = Runs()
        self.people = people_of(self.ctx, tx)

    def run(self) -> Receipt:
        """Read, decide, write; the runner commits."""
        order = self.order
        before: State | None = None
        if isinstance(order.command, c.Start):
            self.definition, version = current_here(self.ctx, self.tx, order.process)
            self.case = self._new_case(order.command)
        else:
            found = cases.lock(self.tx, self.ctx.id, id=order.case_id, number=order.number)
            if found is None:
                raise no_case()
            self.case, version = found, found.directory
            if order.allowed is not None:
                order.allowed(self.tx, found)
            check_seen(self.ctx, self.tx, self.caller, found, order.seen)
            self.definition = by_hash(self.ctx, self.tx, found.def_hash)
            before = found.whole
        self.tries.found(self.case.version)
        self.facts = OperationFacts(
            self.ctx, self.tx, self.definition, self.now, self.case.id, self.people, deciding=True, version=version
        )
        turn = Turn(self.definition, before, self.facts, OPENERS)
        self.said: list[Event] = []
        shown = open_rows(turn.state, self.case.process)
        take(turn, order.command)
        references.check(self.ctx, self.tx, self.caller, self.people, self.definition, order.command, turn)
        veto(self.ctx, self.tx, self.caller, self.case, self.definition, turn.state, order.command)
        if not turn.events:
            return self._nothing()
        self._rest(turn)
        self.said = scrubbed(turn.events)
        recording = Recording(
            self.ctx, self.tx, self.people, self.caller, self.case, self.definition, shown, turn.state,
            turn.events, self.said, self.runs, self.facts, self.now, is_new=before is None,
        )  # fmt: skip
        return recording.write(order.name, order.key, order.digest if order.key else "", order.note)

    def committed(self) -> Committed:
        """What is told of it once it is on disk."""
        case = self.case
        return Committed(self.ctx.id, case.id, case.process, self.order.name, tuple(self.said))

    def _nothing(self) -> Receipt:
        """A clock that has nothing to say any more: no row is written."""
        case = self.case
        return Receipt(case.id, case.number, case.version, case.status, case.end, (), "")

    def _new_case(self, command: c.Start) -> Case:
        process = self.definition.process
        return Case(
            district=self.ctx.id,
            id=self.ctx.ids.new(),
            process=process.name,
            def_hash=process.hash,
            unit=command.unit,
            started_by=command.actor,
            started_at=self.now,
            number=cases.draw_number(self.ctx.ids, self.now),
            for_person=command.applicant,
            version=0,
        )

    def _answer(self, bench: Bench, turn: Turn, request: Request) -> c.Command:
        """What the automatic step answers; what it objects to stands at the fields that were sent for it."""
        try:
            return bench.answer(turn.state, request)
        except Vetoed as refusal:
            step = self.definition.process.index[request.step][0]
            assert isinstance(step, Do)
            raise Vetoed(at_fields(turn, step, refusal.problems)) from refusal

    def _rest(self, turn: Turn) -> None:
        """Run automatic steps until the case waits for somebody."""
        request = pending(turn.state)
        if request is None:
            return
        bench = Bench(
            self.ctx, self.tx, self.people, self.caller, self.definition, self.facts, self.now,
            self.case.id, self.case.number, on_behalf(turn.events), self.runs, self.tries,
            ending=isinstance(self.order.command, c.Cancel),
        )  # fmt: skip
        for _ in range(MAX_AUTOMATIC):
            command = self._answer(bench, turn, request)
            self.facts.forget()
            try:
                take(turn, command)
            except Unanswered as silence:
                raise RunAgain((request.n, silence)) from silence
            request = pending(turn.state)
            if request is None:
                return
        raise RongtongError(
            Text("自动环节转个不停，已停下。请管理员检查流程。", "Automatic steps never rest; check the process."),
            code="restless",
        )
