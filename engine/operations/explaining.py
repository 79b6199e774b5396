"""Why a task is with the reader, and what the system has checked for it."""

from __future__ import annotations

from typing import Any

from engine.definition.durations import Duration, parse_duration
from engine.definition.model import Ask, Do, Step
from engine.definition.phrasing import Phrases
from engine.definition.values import to_datetime
from engine.extend.calling import evidence as gather
from engine.i18n import Text
from engine.operations.forms import read_context
from engine.operations.showing import Showing
from engine.operations.views import EvidenceView, Why
from engine.runtime.state import Node
from engine.runtime.steps.do import inputs
from engine.runtime.telling import outcome_title
from engine.store.tasks import Task


def why(show: Showing, node: Node, seat: list[Any]) -> Why:
    """Why this task is with the reader, and the details that it unfolds to."""
    step = show.step(node["s"])
    who = show.people.audience(seat[1])
    title = step.title
    if seat[1].startswith("user:"):
        sentence = Text(f"到你这里，因为本环节由{who.zh}本人办理。", f"With you, because “{title.en}” is for {who.en}.")
    else:
        sentence = Text(f"到你这里，因为你是{who.zh}，本环节由{who.zh}办理。",
                        f"With you, because you are {who.en}, who does “{title.en}”.")  # fmt: skip
    details = []
    if isinstance(step, Ask):
        rule = Phrases(show.process, show.people.role).who(step.who)
        details.append(Text(f"规则：本环节由{rule.zh}办理", f"rule: this step is done by {rule.en}"))
        if step.not_:
            details.append(Text("办过前面环节的人不能办这里", "whoever acted before may not act here"))
    names = _others(show, seat[1])
    if names:
        listed = "、".join(names)
        details.append(Text(f"还可以由{listed}办理", f"{listed} may do it too"))
    if step.due is not None and "at" in node.get("due", {}):
        details.append(_deadline(show, step, node))
    return Why(sentence, tuple(details))


def closed_why(show: Showing, row: Task) -> Why:
    """Who dealt with a task that is closed."""
    if not row.outcome:
        return Why(Text("这个环节已经关闭。", "This task is closed."))
    outcome = outcome_title(show.process, row.step, row.outcome)
    if not row.actor:
        return Why(Text(f"到期没有人办理，系统按规定：{outcome.zh}。", f"Nobody did it; by rule: {outcome.en}."))
    who = show.people.person_name(row.actor)
    return Why(Text(f"{who}已办理，结果是{outcome.zh}。", f"{who} dealt with it: {outcome.en}."))


def _others(show: Showing, audience: str) -> list[str]:
    if not audience.startswith("role:"):
        return []
    role, _, unit = audience.removeprefix("role:").partition("@")
    held = show.facts.holders(role, unit, (show.caller.person,))
    return [show.people.person_name(p) for p in held][:5]


def _deadline(show: Showing, step: Step, node: Node) -> Text:
    due = step.due
    assert due is not None
    opened = node["due"]["from"]
    if due.within is not None:
        within = show.env.live(due.within)
        length = within if isinstance(within, Duration) else parse_duration(str(within))
        if isinstance(length, Duration):
            return show.ctx.district.calendar.explain(opened, length)
    at = to_datetime(node["due"]["at"])
    return Text(f"期限：{at.month}月{at.day}日{at:%H:%M}", f"due {at:%d %b %H:%M}")


def evidence(show: Showing) -> tuple[EvidenceView, ...]:
    """系统核对: what the plugins of the process's actions can check on the form as it stands."""
    found: list[EvidenceView] = []
    enabled = tuple(show.ctx.district.plugins)
    for step, _ in show.process.index.values():
        if not isinstance(step, Do):
            continue
        try:
            given = inputs(show.env, step)
        except (KeyError, TypeError, ValueError, ArithmeticError):
            continue  # its inputs are not there yet
        receipt = show.state["out"].get(step.id)
        lines = gather(
            show.ctx.registry, enabled, step.action,
            lambda plugin: read_context(show.ctx, show.tx, plugin), given, receipt,
        )  # fmt: skip
        base = f"/{show.ctx.id}"  # a plugin names its pages as they lie within a district
        found += [EvidenceView(e.level, e.label, e.sentence, e.href and base + e.href) for e in lines]
    return tuple(found)
