"""Carries out of the machine what senders prepare: with the database before and after, without it in between."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from engine.clock import SECOND, Micros
from engine.errors import Unanswered
from engine.extend.calls.faults import said_of
from engine.extend.calls.json_values import must_be_json
from engine.extend.context import ReadContext
from engine.extend.senders import Out, Sender
from engine.extend.stored_settings import SecretMissing
from engine.i18n import Text
from engine.operations.background.claiming import SPARE, WRITING, Attempt, NotDone, run_due
from engine.operations.background.handing import job_context, must_owe_nothing
from engine.operations.background.letters import Carrier, Letter, NotSent
from engine.operations.context import Context, Unsent
from engine.operations.plugin_contexts import read_context
from engine.runtime.refusals import plugin_away
from engine.store import cases, jobs
from engine.store.transactions.failures import is_of_database
from engine.store.transactions.runner import Tx

T = TypeVar("T")
_LOG = logging.getLogger("rongtong.jobs")
#: So much of a lease is for what comes after the sending: to end what did not end at its limit, and to write it.
_ENDING: Micros = 5 * SECOND + WRITING


def send_jobs(ctx: Context, carrier: Carrier | None = None, limit: int = 20) -> int:
    """Deal with what is due, *limit* at most; how many.

    A live system sends, and without a *carrier* does nothing; any other ends it as something that would have been sent.
    """
    live = ctx.mode == "live"
    if live and carrier is None:
        return 0
    longest = max((sender.limit for sender in ctx.registry.given(Sender, ctx.enabled)), default=0)
    starting = 0 if carrier is None else carrier.starting  # whoever is slow at that loses no message to another

    def run(attempt: Attempt) -> None:
        delivery = _delivery(ctx, attempt)
        if live and carrier is not None:
            delivery.send(carrier)
        else:
            delivery.keep()

    return run_due(ctx, run, outbound=True, lease=starting + longest + _ENDING + SPARE, limit=limit)


def _delivery(ctx: Context, attempt: Attempt) -> _Delivery:
    name = attempt.job.kind.partition(":")[2]
    plugin, sender = name.partition(".")[0], ctx.registry.job(name)
    if ctx.away(plugin) is not None:
        raise plugin_away(plugin)
    if not isinstance(sender, Sender) or plugin not in ctx.district.plugins:
        raise NotDone(plugin, Text(f"这里没有叫“{name}”的发送方式", f"nothing here sends as {name}"))
    return _Delivery(ctx, attempt, plugin, sender)


#: In place of a payload: the job has been taken back, or is somebody else's by now.
_GONE = object()


@dataclass(frozen=True)
class _Delivery:
    """A job that was claimed, and the *sender* of *plugin* that it is for."""

    ctx: Context
    attempt: Attempt
    plugin: str
    sender: Sender

    @property
    def job(self) -> jobs.Job:
        """The job that was claimed."""
        return self.attempt.job

    def send(self, carrier: Carrier) -> None:
        """Prepare, send, record. What cannot be begun in time any more is given back."""
        try:
            carrier.warm(self.plugin)  # before anything is read, so that what is read is sent at once
            payload = self._prepared()
            if payload is _GONE:
                return
            if payload is None:
                self._end(None)
            elif self.ctx.clock.wall() > self.job.until - _ENDING - self.sender.limit:
                self.attempt.begun = False
                self.ctx.runner.run(lambda tx: jobs.put_back(tx, self.job))
            else:
                result = carrier.carry(self._letter(payload))
                self.attempt.ending = lambda: self._end(lambda tx: self._record(tx, result))
                self.attempt.ending()
        except (NotSent, SecretMissing) as reason:
            raise NotDone(self.plugin, reason.text) from None

    def keep(self) -> None:
        """End it as one that would have been sent."""
        payload = self._prepared()
        if payload is _GONE:
            return
        self._end(None)
        if payload is not None:
            number = self.ctx.runner.run(self._number, write=False)
            self.ctx.system.unsent.append(Unsent(self.ctx.id, self.sender.name, number, payload))
            _LOG.info("%s: %s would have sent something of case %s", self.ctx.mode, self.sender.name, number)

    def _prepared(self) -> Any:
        """What is to be sent, None for nothing; the fence is looked at in the same moment."""

        def work(tx: Tx) -> Any:
            if not jobs.is_leased(tx, self.job):
                return _GONE
            must_owe_nothing(self.ctx, tx, self.plugin, self.job)  # asked while it is not sent yet
            self.attempt.begun = True
            reading = read_context(self.ctx, tx, self.plugin)
            return self._asked("prepare", self.sender.prepare, lambda: self._payload(reading))

        return self.ctx.runner.run(work, write=False)

    def _payload(self, reading: ReadContext) -> Any:
        payload = self.sender.prepare(reading, self.job.body["given"])
        must_be_json(self.plugin, "Sender.prepare", self.sender.prepare, payload)
        return payload

    def _letter(self, payload: Any) -> Letter:
        ctx, limit = self.ctx, self.sender.limit
        out = Out(
            district=ctx.id, message_id=self.job.id, attempt=self.job.attempts, mode=ctx.mode,
            deadline=ctx.clock.wall() + limit, settings=dict(ctx.plugin_settings(self.plugin)),
        )  # fmt: skip
        return Letter(self.plugin, self.sender.send, out, payload, limit)

    def _end(self, record: Callable[[Tx], None] | None) -> None:
        """End the job and *record* in one transaction; nothing is kept of one that was taken over."""

        def work(tx: Tx) -> None:
            if jobs.finish(tx, self.job) and record is not None:
                record(tx)

        self.ctx.runner.run(work)

    def _record(self, tx: Tx, result: Any) -> None:
        record = self.sender.record
        if record is not None:
            context = job_context(self.ctx, tx, self.plugin, self.job)
            self._asked("record", record, lambda: record(context, result))

    def _number(self, tx: Tx) -> str:
        case = cases.load_case(tx, self.ctx.id, id=self.job.stream)
        return case.number if case is not None else ""

    def _asked(self, what: str, function: Callable[..., Any], work: Callable[[], T]) -> T:
        """What *work* of the plugin answers; what it raises is its own, what the database raises is not."""
        try:
            return work()
        except Unanswered:
            raise
        except Exception as reason:
            if is_of_database(reason):
                raise
            said = said_of(reason, function.__module__, self.plugin)
            raise NotDone(self.plugin, Text(f"{what}: {said.zh}", f"{what}: {said.en}")) from reason
