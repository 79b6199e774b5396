"""Checks a command inside its transaction: no plugin's ``check_`` hook objects."""

from __future__ import annotations

from dataclasses import replace

from engine.errors import Vetoed
from engine.extend.calls.beside import check
from engine.extend.context import CaseRef, CheckContext
from engine.operations.commands.work import Work
from engine.operations.plugin_contexts import check_context
from engine.operations.reading.glance import glance_at
from engine.runtime import commands as c


def veto(work: Work, command: c.Command) -> None:
    """Raise ``Vetoed`` with every problem that the district's plugins have with a start or an act."""
    if not isinstance(command, (c.Start, c.Act)):
        return
    hook = "check_start" if isinstance(command, c.Start) else "check_act"
    ctx, case = work.ctx, work.case
    if not ctx.registry.implementations(hook, ctx.enabled):
        return
    act = command if isinstance(command, c.Act) else None

    def context(plugin: str) -> CheckContext:
        return check_context(
            ctx,
            work.tx,
            plugin,
            work.people,
            process=case.process,
            actor=work.caller.person,
            unit=case.unit,
            form=work.turn.state["data"],
            case=CaseRef(case.id, case.number, case.process, "", act.n) if act else None,
            outcome=act.outcome if act else "",
        )

    problems = check(ctx.registry, hook, ctx.enabled, context)
    if problems:
        raise Vetoed(tuple(problems))


def as_had(work: Work, refusal: Vetoed) -> Vetoed:
    """What plugins object, without what the caller may not have of the case: a plugin is handed the whole form."""
    glance = glance_at(work.ctx, work.tx, work.caller.person, work.case)
    return Vetoed(tuple(
        replace(one, message=glance.clean(one.message), hint=one.hint and glance.clean(one.hint))
        for one in refusal.problems
    ))  # fmt: skip
