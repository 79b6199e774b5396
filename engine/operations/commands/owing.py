"""The job that undoes, in its order, what a command owed while a plugin was away; its case may have ended since."""

from __future__ import annotations

from typing import Any

from engine.operations.commands.handing_over import hand_over
from engine.operations.commands.running import Bench, Tries
from engine.operations.commands.runs import Owed
from engine.operations.commands.work import Work
from engine.operations.content.publish import by_hash
from engine.operations.context import ENGINE, Context
from engine.operations.reading.history import SETTLED
from engine.runtime.refusals import plugin_owes
from engine.store import cases, jobs, journal
from engine.store.jobs import Job
from engine.store.text import dump
from engine.store.transactions.runner import Tx


def settle(ctx: Context, tx: Tx, job: Job) -> None:
    """Undo all that *job* names, or nothing. Raises ``Unanswered`` while the plugin is away or owes something older."""
    if "" < jobs.oldest(tx, ctx.id, job.stream, job.kind) < job.id:  # this one itself has just been ended
        raise plugin_owes(job.kind.partition(":")[2])
    case = cases.load_case(tx, ctx.id, id=job.stream)
    assert case is not None, "a job of a case has its case"
    work = Work(ctx, tx, ENGINE, case, by_hash(ctx, tx, case.def_hash))
    bench = Bench(work, Tries())
    owed = [Owed(**said) for said in job.body["owed"]]
    settled(ctx, tx, case.id, "settle", "", [(one, bench.release(one)) for one in owed])
    hand_over(work, None, told=[], happened=work.runs.ended)


def given_up(ctx: Context, tx: Tx, case: str, body: dict[str, Any], actor: str) -> None:
    """Note that *actor* let a job with this *body* never run: what it was to undo stays as it is."""
    settled(ctx, tx, case, "drop_job", actor, [(Owed(**said), "dropped") for said in body["owed"]])


def settled(ctx: Context, tx: Tx, case: str, command: str, actor: str, what: list[tuple[Owed, str]]) -> None:
    """Append to the journal of what *case* owed how each of it ended."""
    body = {"settled": [{"n": owed.n, "undo": owed.undo, "step": owed.step, "how": how} for owed, how in what]}
    journal.append_to_stream(
        tx, ctx.id, f"{SETTLED}{case}", at=ctx.now, actor=actor, command=command, body=dump(body)
    )
