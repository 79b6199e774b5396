"""The one place that makes what a plugin's functions are handed: its fenced connection, the district, and who acts."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypedDict

from engine.definition.calendar.working import Calendar
from engine.extend.context import (
    ActionContext,
    CaseRef,
    CheckContext,
    Directory,
    Handed,
    JobContext,
    LockOrder,
    PageContext,
    ReadContext,
    SeedContext,
    StepContext,
    WriteContext,
    log_of,
)
from engine.extend.emitted import Job, Message
from engine.operations.context import Context
from engine.operations.reading.people import people_of
from engine.store.transactions.runner import Tx

#: What takes a message or a job that leaves after the commit.
Emit = Callable[[Message | Job], None]


class OfStep(TypedDict):
    """For which step an action runs, and by whom."""

    unit: str
    case: CaseRef
    key: str
    calendar: Calendar
    actor: str
    on_behalf: str


def _handed(
    ctx: Context, tx: Tx, plugin: str, people: Directory | None = None, *, writing: bool = False
) -> Handed:
    """What every context of *plugin* holds while *tx* runs; *people* where somebody has read them already.

    Only with *writing* may it write, whether or not the transaction does.
    """
    return Handed(
        district=ctx.id, db=ctx.registry.connection(plugin, tx, district=ctx.id, writing=writing), now=ctx.now,
        directory=people or people_of(ctx, tx), settings=ctx.plugin_settings(plugin), log=log_of(plugin),
    )  # fmt: skip


def read_context(ctx: Context, tx: Tx, plugin: str, people: Directory | None = None) -> ReadContext:
    """What a reading function of *plugin* is handed."""
    return ReadContext(**_handed(ctx, tx, plugin, people))


def write_context(ctx: Context, tx: Tx, plugin: str) -> WriteContext:
    """What a function of *plugin* that writes is handed outside of every command."""
    return WriteContext(**_handed(ctx, tx, plugin, writing=True), new_id=ctx.ids.new)


def seed_context(ctx: Context, tx: Tx, plugin: str, file: str) -> SeedContext:
    """What the import of the data file *file* is handed."""
    return SeedContext(**_handed(ctx, tx, plugin, writing=True), new_id=ctx.ids.new, file=file)


def check_context(
    ctx: Context, tx: Tx, plugin: str, people: Directory, *, process: str, actor: str, unit: str,
    form: Mapping[str, Any], case: CaseRef | None, outcome: str,
) -> CheckContext:  # fmt: skip
    """What a ``check_`` hook of *plugin* is handed: it reads, while the command that it may object to writes."""
    return CheckContext(
        **_handed(ctx, tx, plugin, people), process=process, actor=actor, unit=unit, form=form, case=case,
        outcome=outcome,
    )  # fmt: skip


def page_context(
    ctx: Context, tx: Tx, plugin: str, *, person: str, unit: str, posts: frozenset[tuple[str, str]], language: str,
    args: Mapping[str, str], query: Mapping[str, str], base: str,
) -> PageContext:  # fmt: skip
    """What a page, endpoint, card or slot of *plugin* is handed; whoever asks for it knows that *person* is here."""
    return PageContext(
        **_handed(ctx, tx, plugin), person=person, unit=unit, posts=posts, language=language, args=args, query=query,
        base=base,
    )  # fmt: skip


def step_context(
    ctx: Context, tx: Tx, plugin: str, people: Directory, *, case: CaseRef, unit: str, key: str, calendar: Calendar,
    actor: str, on_behalf: str,
) -> StepContext:  # fmt: skip
    """What an action of *plugin* that only reads is handed."""
    return StepContext(
        **_handed(ctx, tx, plugin, people), unit=unit, case=case, key=key, calendar=calendar, actor=actor,
        on_behalf=on_behalf,
    )  # fmt: skip


def action_context(
    ctx: Context, tx: Tx, plugin: str, people: Directory, *, case: CaseRef, unit: str, key: str, calendar: Calendar,
    actor: str, on_behalf: str, receipt: Mapping[str, Any], locks: LockOrder, emit: Emit,
) -> ActionContext:  # fmt: skip
    """What an action or an undo of *plugin* is handed; *locks* is shared by all of one command."""
    return ActionContext(
        **_handed(ctx, tx, plugin, people, writing=True), new_id=ctx.ids.new, locks=locks, unit=unit, case=case,
        key=key, calendar=calendar, actor=actor, on_behalf=on_behalf, receipt=receipt, emit=emit,
    )  # fmt: skip


def job_context(
    ctx: Context, tx: Tx, plugin: str, people: Directory, *, case: CaseRef, unit: str, key: str, attempt: int,
    emit: Emit,
) -> JobContext:  # fmt: skip
    """What a reaction of *plugin*, or the ``record`` of its sender, is handed."""
    return JobContext(
        **_handed(ctx, tx, plugin, people, writing=True), new_id=ctx.ids.new, case=case, unit=unit, key=key,
        attempt=attempt, emit=emit,
    )  # fmt: skip
