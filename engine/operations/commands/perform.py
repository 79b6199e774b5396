"""The life of one command: lock the case, decide, run what is pending, write, commit; or refuse and change nothing."""

from __future__ import annotations

import logging
from functools import partial

from engine.definition.model import Process
from engine.errors import Busy, Conflict, NotFound, RongtongError, Unanswered, Vetoed
from engine.extend.calls.beside import committed
from engine.extend.calls.faults import HungError, said_of
from engine.i18n import Text, both
from engine.logs import bound
from engine.operations.commands import references
from engine.operations.commands.checking import as_had, veto
from engine.operations.commands.hearing import heard
from engine.operations.commands.order import Order
from engine.operations.commands.races import check_seen, explained
from engine.operations.commands.recording import Recording
from engine.operations.commands.running import Bench, RunAgain, Tries
from engine.operations.commands.work import Work
from engine.operations.content.publish import by_hash, current_here
from engine.operations.context import ENGINE, Caller, Context, Lost, no_case
from engine.operations.plugin_answers import heeding
from engine.operations.reading.views import Receipt
from engine.operations.writing import answered, require_key
from engine.otherwise import otherwise
from engine.runtime import commands as c
from engine.runtime.decide import take
from engine.runtime.kinds.do import at_fields
from engine.runtime.pending import Request, pending
from engine.runtime.refusals import plugin_hung
from engine.runtime.simulate import MAX_AUTOMATIC
from engine.store import cases
from engine.store.cases import Case
from engine.store.text import load
from engine.store.transactions.failures import Duplicate
from engine.store.transactions.runner import Tx

_LOG = logging.getLogger("rongtong.work")
_TRIES = 8


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
                done, recording = ctx.runner.run(attempt, idempotent=bool(order.key))
            if tries.lost is not None:
                ctx.system.lost.pop((ctx.id, order.digest), None)
            told = partial(recording.told, order.name)
            committed(ctx.registry, ctx.enabled, told, partial(heeding, ctx, what=both("on_committed")))
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


def _attempt(ctx: Context, caller: Caller, order: Order, tries: Tries, tx: Tx) -> tuple[Receipt, Recording]:
    """One try at *order*: read, decide, run what is pending, write; the runner commits."""
    tries.under_way = 0
    work = _begun(ctx.still(), tx, caller, order)
    tries.found(work.case.version)
    recording = Recording(work)
    try:
        take(work.turn, order.command)
        references.check(work, order.command)
        veto(work, order.command)
        if work.turn.events:
            _rest(work, Bench(work, tries, ending=isinstance(order.command, c.Cancel)))
    except Vetoed as refusal:
        if isinstance(order.command, c.Start):
            raise  # the form is the caller's own
        raise as_had(work, refusal) from refusal
    return recording.write(order), recording


def _begun(ctx: Context, tx: Tx, caller: Caller, order: Order) -> Work:
    """Work on the case of *order*: a new one, or the stored one, locked, where the caller may and has seen its form."""
    if isinstance(order.command, c.Start):
        definition, version = current_here(ctx, tx, order.process)
        return Work(ctx, tx, caller, _new_case(ctx, definition.process, order.command, version), definition)
    case = cases.lock(tx, ctx.id, id=order.case_id, number=order.number)
    if case is None:
        raise no_case()
    if order.allowed is not None:
        order.allowed(tx, case)
    check_seen(ctx, tx, caller, case, order)
    return Work(ctx, tx, caller, case, by_hash(ctx, tx, case.def_hash))


def _new_case(ctx: Context, process: Process, command: c.Start, directory: str) -> Case:
    return Case(
        district=ctx.id,
        id=ctx.ids.new(),
        process=process.name,
        def_hash=process.hash,
        unit=command.unit,
        started_by=command.actor,
        started_at=ctx.now,
        number=cases.draw_number(ctx.ids, ctx.now),
        for_person=command.applicant,
        version=0,
        directory=directory,
    )


def _rest(work: Work, bench: Bench) -> None:
    """Run automatic steps until the case waits for somebody."""
    turn = work.turn
    for _ in range(MAX_AUTOMATIC):
        request = pending(turn.state)
        if request is None:
            return
        command = _result(work, bench, request)
        work.facts.forget()
        try:
            take(turn, command)
        except Unanswered as silence:
            raise RunAgain((request.n, silence)) from silence
    if pending(turn.state) is not None:
        raise RongtongError(
            Text("自动环节转个不停，已停下。请管理员检查流程。", "Automatic steps never rest; check the process."),
            code="restless",
        )


def _result(work: Work, bench: Bench, request: Request) -> c.Command:
    """What the automatic step answers; what it objects to stands at the fields that were sent for it."""
    try:
        return bench.answer(request)
    except Vetoed as refusal:
        step = work.definition.process.index[request.step][0]
        raise Vetoed(at_fields(work.turn, step, refusal.problems)) from refusal


def _answered(ctx: Context, caller: Caller, order: Order) -> Receipt | None:
    """The stored answer of an earlier run with the same key; the happy path never asks."""
    stored = answered(ctx, caller, order.key, order.digest)
    return None if stored is None else receipt(stored)


def receipt(body: str) -> Receipt:
    """The receipt that stored bytes say."""
    said = load(body)
    opened = tuple(said["opened"])
    return Receipt(said["case"], said["number"], said["version"], said["status"], said["end"], opened, body)
