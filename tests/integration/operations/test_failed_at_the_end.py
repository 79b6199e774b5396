"""A run whose fault comes out only when it has answered never ended: nothing reacts to it, and a retry is its first."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

import pytest
from sqlalchemy import insert
from sqlalchemy.exc import IntegrityError

from engine.clock import HOUR
from engine.extend import ActionContext, JobContext, Reaction, Text, Undone, action, undo
from engine.operations import cases, incidents
from engine.operations.background.inner import run_jobs
from engine.operations.context import Caller
from engine.store.databases.database import Database
from tests import desk
from tests.integration.operations.leaving import came_back
from tests.integration.operations.looking import broken, rows
from tests.town import Town, build
from tests.unit.extend.plugins_for_tests import giving, plugin

LATE = """
process: late
title: 迟来的错
uses: [late]
fields: {how: {type: text, title: 怎么办}}
start: {who: role staff, fill: [how]}
steps:
- step: ok
  title: 审批
  ask: role head of start.unit
  outcomes: {agree: {title: 同意, then: next}}
- {step: act, title: 办理, do: late.act}
- step: again
  title: 复核
  ask: role head of start.unit
  outcomes: {agree: {title: 同意, then: next}}
ends: {done: {title: 办成}, cancelled: {title: 取消, undo: all}}
"""
row = desk.plugin_table("late", "row", desk.Column("name", desk.Words), key=["name"])


@dataclass(frozen=True, slots=True)
class Nothing:
    """It wants nothing."""


@dataclass(frozen=True, slots=True)
class Done:
    """It was done."""

    title: ClassVar[Text] = Text("办了", "done")


@pytest.fixture
def wrong() -> set[str]:
    """Which of the two writes twice and goes on as if nothing were."""
    return {"act", "undo"}


@pytest.fixture
def reacted() -> list[str]:
    return []


@pytest.fixture
def town(db: Database, wrong: set[str], reacted: list[str]) -> Iterator[Town]:
    def twice(ctx: ActionContext, name: str) -> None:
        if name in wrong:
            with contextlib.suppress(IntegrityError):
                for _ in range(2):
                    ctx.db.execute(insert(row), {"district_id": ctx.district, "name": "same"})

    @undo("late.unact")
    def unact(ctx: ActionContext, receipt: Mapping[str, Any]) -> Undone:
        twice(ctx, "undo")
        return "undone"

    @action("late.act", title=Text("办", "act"), undo="late.unact")
    def act(ctx: ActionContext, given: Nothing) -> Done:
        twice(ctx, "act")
        return Done()

    def reacts(event: str) -> Callable[[JobContext, Mapping[str, Any]], None]:
        return lambda ctx, body: reacted.append(event)

    events = ("late.act.done", "late.unact.undone")
    row.metadata.create_all(db.engine)
    town = build(db, beside=[plugin(
        "late", tables=("late_row",), register_tables=giving(row), register_actions=giving(act, unact),
        register_reactions=giving(*(Reaction(f"late.{n}", event, reacts(event)) for n, event in enumerate(events))),
    )])  # fmt: skip
    town.publish(LATE)
    yield town
    town.system.runner.release()
    row.metadata.drop_all(db.engine)


def test_nothing_reacts_to_a_run_that_was_taken_back(town: Town, wrong: set[str], reacted: list[str]) -> None:
    cai = Caller("cai")
    case = cases.start(town.ctx, Caller("ann"), "late", {"how": "x"}, unit="a")
    town.act(case, "ok", "agree", "sun")
    run_jobs(town.ctx)
    assert (reacted, rows(town, row), broken(town)) == ([], [], [])
    (incident,) = incidents.incidents(town.ctx, cai)
    wrong.remove("act")
    cases.retry(town.ctx, cai, case.number, incident.n)
    run_jobs(town.ctx)
    assert (reacted, broken(town)) == (["late.act.done"], [])

    cases.cancel(town.ctx, cai, case.number, "x")
    run_jobs(town.ctx)
    assert (reacted, broken(town)) == (["late.act.done"], [])
    came_back(town)
    assert (reacted, broken(town)) == (["late.act.done"], [])
    wrong.remove("undo")
    town.clock.at += HOUR
    came_back(town)
    assert (reacted, broken(town)) == (["late.act.done", "late.unact.undone"], [])
