"""What runs of actions hand over becomes jobs of their own transaction: notices, jobs, reactions, what is owed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from engine.clock import Micros
from engine.extend.contributions import Reaction
from engine.operations.background.handing import job_body, kind_of
from engine.operations.commands.runs import Happened
from engine.operations.commands.work import Work
from engine.store import jobs
from engine.store.schema.columns import NEVER


def hand_over(
    work: Work, n: int | None, *, told: list[dict[str, Any]], happened: Sequence[Happened], grace: Micros = 0
) -> None:
    """Queue what leaves its case for task *n*: notices to *told* after a *grace*, and what plugins make of the rest."""
    ctx, runs = work.ctx, work.runs
    if not (told or happened or runs.messages or runs.jobs or runs.owed):
        return

    def enqueue(kind: str, body: dict[str, Any], run_at: Micros, of: int | None = n) -> None:
        jobs.enqueue(
            work.tx, ctx.id, id=ctx.ids.new(), stream=work.case.id, n=of, kind=kind, body=body, run_at=run_at
        )

    told = [*told, *({"to": m.to, "text": list(m.text)} for m in runs.messages)]
    if told:
        enqueue("notice", {"told": told}, ctx.now + grace)
    for handed in runs.jobs:
        body = job_body(handed.step, handed.n, dict(handed.job.body))
        enqueue(kind_of(ctx, handed.job.kind), body, handed.job.not_before or ctx.now)
    for reaction in ctx.registry.given(Reaction, ctx.enabled):
        for one in happened:
            if reaction.event and one.kind == reaction.event:
                body = job_body(one.step, one.n, dict(one.body))
                enqueue(kind_of(ctx, reaction.name), body, ctx.now + reaction.delay)
    for plugin in dict.fromkeys(one.plugin for one in runs.owed):
        # One job, so that a first that fails lets no second overtake; of no task, so that nothing takes it back.
        owed = [asdict(one) for one in runs.owed if one.plugin == plugin]
        enqueue(f"owed:{plugin}", {"owed": owed}, NEVER, None)
