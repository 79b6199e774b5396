"""Checks a command inside its transaction: no plugin's ``check_`` hook objects."""

from __future__ import annotations

from dataclasses import replace

from engine.errors import Vetoed
from engine.extend.calls.beside import check
from engine.extend.context import CaseRef, CheckContext
from engine.operations.context import Caller, Context
from engine.operations.plugin_contexts import check_context
from engine.operations.reading.glance import glance_at
from engine.runtime import commands as c
from engine.runtime.draft import Definition
from engine.runtime.shapes.tree import State
from engine.store.cases import Case
from engine.store.transactions.runner import Tx


def veto(
    ctx: Context, tx: Tx, caller: Caller, case: Case, definition: Definition, state: State, command: c.Command
) -> None:
    """Raise ``Vetoed`` with every problem that the district's plugins have with a start or an act."""
    if not isinstance(command, (c.Start, c.Act)):
        return
    hook = "check_start" if isinstance(command, c.Start) else "check_act"
    enabled = ctx.enabled
    if not ctx.registry.implementations(hook, enabled):
        return
    act = command if isinstance(command, c.Act) else None

    def context(plugin: str) -> CheckContext:
        return check_context(
            ctx,
            tx,
            plugin,
            process=definition.process.name,
            actor=caller.person,
            unit=case.unit,
            form=state["data"],
            case=CaseRef(case.id, case.number, case.process, "", act.n) if act else None,
            outcome=act.outcome if act else "",
        )

    problems = check(ctx.registry, hook, enabled, context)
    if problems:
        raise Vetoed(tuple(problems))


def as_had(ctx: Context, tx: Tx, caller: Caller, case: Case, refusal: Vetoed) -> Vetoed:
    """What plugins object, without what the caller may not have of the case: a plugin is handed the whole form."""
    glance = glance_at(ctx, tx, caller.person, case)
    return Vetoed(tuple(
        replace(one, message=glance.clean(one.message), hint=one.hint and glance.clean(one.hint))
        for one in refusal.problems
    ))  # fmt: skip
