"""What a reaction or a recording is handed, and what it hands over: notices and jobs of the same case."""

from __future__ import annotations

from typing import Any

from engine.extend.context import CaseRef, JobContext
from engine.extend.emitted import Job, Message
from engine.extend.senders import Sender
from engine.operations import plugin_contexts
from engine.operations.audiences import must_reach
from engine.operations.context import Context
from engine.operations.reading.people import people_of
from engine.runtime.refusals import plugin_owes
from engine.store import cases, jobs
from engine.store.transactions.runner import Tx


def kind_of(ctx: Context, name: str) -> str:
    """The kind under which the jobs called *name* wait."""
    return f"{'send' if isinstance(ctx.registry.job(name), Sender) else 'plugin'}:{name}"


def job_body(step: str, n: int, given: dict[str, Any]) -> dict[str, Any]:
    """What is stored of a plugin's job: the step that caused it, "" for none, and the body that it gets."""
    return {"step": step, "of": n, "given": given}


def must_owe_nothing(ctx: Context, tx: Tx, plugin: str, job: jobs.Job) -> None:
    """Raise ``Unanswered`` while *plugin* has still to undo what the case of *job* did: that comes first."""
    if jobs.oldest(tx, ctx.id, job.stream, f"owed:{plugin}"):
        raise plugin_owes(plugin)


def job_context(ctx: Context, tx: Tx, plugin: str, job: jobs.Job) -> JobContext:
    """What a plugin holds while its *job* is ended in *tx*."""
    case = cases.load_case(tx, ctx.id, id=job.stream)
    assert case is not None, "a job has a case, and nothing deletes one"
    about = CaseRef(case.id, case.number, case.process, job.body["step"], job.body["of"])

    people = people_of(ctx, tx)

    def emit(thing: Message | Job) -> None:
        ctx.registry.check_handed(plugin, thing)
        if isinstance(thing, Message):
            must_reach(ctx, people, plugin, thing)
            told = [{"to": thing.to, "text": list(thing.text)}]
            _enqueue(ctx, tx, job, "notice", {"told": told}, ctx.now)
        else:
            body = job_body(about.step, about.n, dict(thing.body))
            _enqueue(ctx, tx, job, kind_of(ctx, thing.kind), body, thing.not_before or ctx.now)

    return plugin_contexts.job_context(
        ctx, tx, plugin, people, case=about, unit=case.unit, key=f"job:{job.id}", attempt=job.attempts, emit=emit
    )


def _enqueue(ctx: Context, tx: Tx, job: jobs.Job, kind: str, body: dict[str, Any], run_at: int) -> None:
    jobs.enqueue(tx, ctx.id, id=ctx.ids.new(), stream=job.stream, n=job.n, kind=kind, body=body, run_at=run_at)
