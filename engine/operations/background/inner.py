"""Runs the jobs that stay inside the database: notices, reactions of plugins, what is owed to them."""

from __future__ import annotations

from engine.errors import Unanswered
from engine.extend.calls.faults import cause_of, place_of, said_of
from engine.extend.contributions import Reaction
from engine.i18n import Text
from engine.operations.background.claiming import LEASE, Attempt, NotDone, run_due
from engine.operations.background.handing import job_context, must_owe_nothing
from engine.operations.commands.owing import settle
from engine.operations.context import Context
from engine.operations.notices import deliver
from engine.runtime.refusals import plugin_away
from engine.store import jobs
from engine.store.transactions.failures import is_of_database
from engine.store.transactions.runner import Tx


def run_jobs(ctx: Context, limit: int = 20) -> int:
    """Run the jobs that are due, *limit* at most; how many. Each is done and ended in one transaction."""
    return run_due(ctx, lambda attempt: _run(ctx, attempt), outbound=False, lease=LEASE, limit=limit)


def _run(ctx: Context, attempt: Attempt) -> None:
    """What failed before is alone: should it hang, no other's work hangs with it."""
    ctx.runner.run(lambda tx: _finish(ctx, tx, attempt), alone=attempt.job.attempts > 1)


def _finish(ctx: Context, tx: Tx, attempt: Attempt) -> None:
    """Do the job and end it in one transaction; one whose lease was taken over does nothing."""
    job = attempt.job
    if not jobs.finish(tx, job):
        return
    attempt.begun = True
    kind, _, name = job.kind.partition(":")
    if kind == "notice":
        deliver(ctx, tx, job.stream, job.n, job.body["told"])
    elif kind == "owed":
        _settle(ctx, tx, name, job)
    else:
        _react(ctx, tx, name, job)


def _settle(ctx: Context, tx: Tx, plugin: str, job: jobs.Job) -> None:
    """Undo what is owed; where the plugin's undo fails, it is said to be the plugin's."""
    try:
        settle(ctx, tx, job)
    except Unanswered:
        raise
    except Exception as reason:
        folder = ctx.registry.folder(plugin)
        if is_of_database(reason) or not place_of(reason, folder):
            raise
        raise NotDone(plugin, cause_of(reason, folder, plugin, quoting=True)) from reason


def _react(ctx: Context, tx: Tx, name: str, job: jobs.Job) -> None:
    """Whatever the plugin has for this; nothing at all is a fault, or the work would be lost without a word."""
    plugin, reaction = name.partition(".")[0], ctx.registry.job(name)
    if ctx.away(plugin) is not None:
        raise plugin_away(plugin)
    if not isinstance(reaction, Reaction) or plugin not in ctx.district.plugins:
        raise NotDone(plugin, Text(f"这里没有叫“{name}”的后续处理", f"nothing here reacts as {name}"))
    must_owe_nothing(ctx, tx, plugin, job)
    try:
        context = job_context(ctx, tx, plugin, job)
        reaction.run(context, job.body["given"])
    except Unanswered:
        raise
    except Exception as reason:
        if is_of_database(reason):
            raise
        raise NotDone(plugin, said_of(reason, reaction.run.__module__, plugin)) from reason
