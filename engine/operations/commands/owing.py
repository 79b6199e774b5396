"""The job that undoes, in its order, what a command owed while a plugin was away; its case may have ended since."""

from __future__ import annotations

from typing import Any

from engine.operations.commands.handing_over import hand_over
from engine.operations.commands.running import Bench, Owed, Runs
from engine.operations.context import ENGINE, Context
from engine.operations.facts import facts_for
from engine.operations.people import people_of
from engine.operations.publish import by_hash
from engine.store import cases, jobs, journal
from engine.store.jobs import Job
from engine.store.text import dump
from engine.store.transaction import Tx

#: The journal of what became of jobs.
STREAM = "jobs"


def settle(ctx: Context, tx: Tx, job: Job) -> None:
    """Undo all that *job* names, or nothing. Raises ``Unanswered`` while the plugin is away."""
    if jobs.oldest(tx, ctx.id, job.stream, job.kind) not in ("", job.id):
        raise RuntimeError("what this case owed earlier is not undone yet")
    case = cases.load_case(tx, ctx.id, id=job.stream)
    assert case is not None, "a job of a case has its case"
    definition, people, runs = by_hash(ctx, tx, case.def_hash), people_of(ctx, tx), Runs()
    facts = facts_for(ctx, tx, definition, ctx.now, case.id, people, deciding=True)
    bench = Bench(
        ctx, tx, people, ENGINE, definition, facts, ctx.now, case.id, case.number, "", careful=False, runs=runs
    )
    done: list[dict[str, Any]] = []
    for said in job.body["owed"]:
        owed = Owed(**said)
        done.append({"n": owed.n, "undo": owed.undo, "how": bench.release(case.state, owed)})
    journal.append_to_stream(
        tx, ctx.id, STREAM, at=ctx.now, actor="", command="settle", body=dump({"case": case.id, "undone": done})
    )
    hand_over(ctx, tx, case.id, None, runs, told=[], happened=runs.ended)
