"""Claims a job that is due and has it run, then the next: a job that fails is said, and tried again later."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from engine.clock import SECOND, Micros
from engine.errors import Busy, Unanswered
from engine.extend.calls.faults import said_of
from engine.hanging import GivenUp
from engine.i18n import Text
from engine.logs import bound
from engine.operations.context import Context
from engine.otherwise import otherwise
from engine.store import jobs
from engine.store.transactions.failures import Failure
from engine.store.transactions.line import LONGEST
from engine.store.transactions.runner import PATIENCE, Tx

_LOG = logging.getLogger("rongtong.jobs")
#: How long one transaction can take from the wish for it: for its turn, for who writes from outside, and for itself.
WRITING: Micros = (PATIENCE + LONGEST + 5) * SECOND
#: What is left over in a lease for what lies between.
SPARE: Micros = 5 * SECOND
#: The lease of a job that runs in one transaction.
LEASE: Micros = WRITING + SPARE


@dataclass(slots=True)
class Attempt:
    """A claimed job under way; ``begun`` once anything of its own was called: what fails then may be its doing.

    ``ending`` is all that is left to do once it was done outside the database: no other ending is true of it.
    """

    job: jobs.Job
    begun: bool = False
    ending: Callable[[], None] | None = None


Run = Callable[[Attempt], None]


class NotDone(Exception):
    """A job came to nothing: ``said`` tells administrators why, ``plugin`` whose it was. No fault of the engine's."""

    def __init__(self, plugin: str, said: Text) -> None:
        super().__init__(said.en)
        self.plugin, self.said = plugin, said


def run_due(ctx: Context, run: Run, *, outbound: bool, lease: Micros, limit: int) -> int:
    """Claim and *run* up to *limit* jobs, one after the other; how many. Nothing is locked where nothing is due.

    One that is put by for its plugin is none of them: nothing of it was done. Raises Busy where the database cannot be
    written; what became of the job that was claimed is then said next time.
    """

    def look(tx: Tx) -> bool:
        return jobs.due(tx, ctx.id, outbound=outbound, now=ctx.now, wall=ctx.clock.wall())

    def claim(tx: Tx) -> jobs.Job | None:
        return jobs.claim(tx, ctx.id, outbound=outbound, now=ctx.now, wall=ctx.clock.wall(), lease=lease)

    _say_what_was_kept(ctx)
    done = 0
    if ctx.runner.run(look, write=False):
        while done < limit and (job := ctx.runner.run(claim)) is not None:
            with bound(district=ctx.id, job=job.id):
                done += _attempt(ctx, _still_away if job.id in ctx.system.away else run, Attempt(job))
    return done


def _attempt(ctx: Context, run: Run, attempt: Attempt) -> bool:
    """Whether the job was tried, and not put by."""
    job = attempt.job
    try:
        with otherwise(partial(_given_up, ctx, attempt)):
            run(attempt)
    except GivenUp:  # it is back
        ctx.system.away.pop(job.id, None)
        raise
    except Busy as refusal:
        _held_up(ctx, attempt, refusal)
    except Unanswered as silence:
        return _tried_or_put_by(ctx, attempt, silence)
    except NotDone as reason:
        level = logging.ERROR if reason.__cause__ else logging.WARNING
        words = ("plugin %s: job %s (%s) failed: %s", reason.plugin, job.id, job.kind, reason.said.en)
        _LOG.log(level, *words, exc_info=reason.__cause__)
        _failed(ctx, job, reason.said)
    except Exception as reason:
        said = said_of(reason)
        _LOG.exception("job %s (%s) failed: %s", job.id, job.kind, said.en)
        _failed(ctx, job, said)
    return True


def _still_away(attempt: Attempt) -> None:
    """A thread cannot be ended; so that a job does not take one for each try, it waits for the one that it has."""
    zh = "上一次办到现在还没有停下来，停下以前不再办"
    said = Text(zh, "its last try has not come back; until it has, it is not tried again")
    raise NotDone(attempt.job.kind.partition(":")[2].partition(".")[0], said)


def _given_up(ctx: Context, attempt: Attempt, fault: Exception) -> Exception:
    """This thread hangs in a plugin and is given up: another one says of the job what it would have said."""

    def fail(_: Attempt) -> None:
        raise fault

    if isinstance(fault, Busy):  # it was somebody else's work, in the same transaction
        attempt.begun = False
    else:
        ctx.system.away[attempt.job.id] = True
    ctx.system.unsaid.append(lambda: _attempt(ctx, fail, attempt))
    return fault


def _held_up(ctx: Context, attempt: Attempt, refusal: Busy) -> None:
    """The database let it not begin, which is not its fault, or stopped it in the middle, which may be."""
    job, said, ending = attempt.job, refusal.text, attempt.ending
    if ending is not None and refusal.details.get("failure") != Failure.LONG.value:
        _LOG.warning("job %s (%s) was done, which cannot be written yet: %s", job.id, job.kind, said.en)
        ctx.system.unsaid.append(lambda: _attempt(ctx, lambda _: ending(), attempt))
        raise refusal
    if attempt.begun:
        _LOG.error("job %s (%s) failed: %s", job.id, job.kind, said.en)
        _failed(ctx, job, said)
        return
    rest = jobs.rest_of(job)
    _LOG.warning("job %s (%s) could not begin; others go first for %d s: %s", job.id, job.kind, rest // SECOND, said.en)
    _say(ctx, lambda tx: jobs.put_back(tx, job, again=ctx.now + rest))


def _tried_or_put_by(ctx: Context, attempt: Attempt, silence: Unanswered) -> bool:
    """A job that waits for its plugin, or for what that does first, was not tried; any other silence is a failure."""
    job = attempt.job
    if silence.waits_for and attempt.ending is None:
        _say(ctx, lambda tx: jobs.park(tx, job))
        return False
    _LOG.error("job %s (%s) failed: %s", job.id, job.kind, silence.why.en)
    _failed(ctx, job, silence.why)
    return True


def _failed(ctx: Context, job: jobs.Job, said: Text) -> None:
    _say(ctx, lambda tx: jobs.fail(tx, job, now=ctx.now, error=said))


def _say_what_was_kept(ctx: Context) -> None:
    """Write what could not be written before, as long as that goes well; several loops may be at it."""
    for _ in range(len(ctx.system.unsaid)):
        try:
            ctx.system.unsaid.popleft()()
        except (Busy, IndexError):  # it was kept again; another loop took it
            return


def _say(ctx: Context, ending: Callable[[Tx], object]) -> None:
    """Write what became of a job; kept where that cannot be written now, or its claim would count as a lost try."""
    try:
        ctx.runner.run(ending)
    except Busy:
        ctx.system.unsaid.append(lambda: _say(ctx, ending))
        raise
