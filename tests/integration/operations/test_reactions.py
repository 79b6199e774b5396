"""Reactions know their case and may hand over; what an action hands over wrongly is the incident of its step."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

import pytest

from engine.clock import HOUR, MINUTE
from engine.extend import ActionContext, Committed, Job, JobContext, Message, Reaction, Text, action, both
from engine.operations import incidents, notices
from engine.operations.background.inner import run_jobs
from engine.operations.clockwork import pass_time
from engine.operations.context import Caller
from engine.store import jobs
from engine.store.databases.database import Database
from engine.store.failure_words import said_in
from engine.store.schema import tables
from tests.integration.operations.looking import broken, rows
from tests.town import Town, build
from tests.unit.extend.plugins_for_tests import giving, plugin

Seen = list[tuple[JobContext, Mapping[str, Any]]]

#: What ``bell.ring`` hands over, by the word that it is given.
HANDED: dict[str, Any] = {
    "unknown": Job("bell.nothing", {}),
    "no json": Job("bell.later", {"x": object()}),
    "no thing": "hello",
    "well": Job("bell.later", {"x": 1}),
}
RING = """
process: ringing
title: 摇铃
uses: [bell]
fields: {how: {type: text, title: 怎么摇}}
start: {who: role staff, fill: [how]}
steps:
- step: ok
  title: 审批
  ask: role head of start.unit
  outcomes: {agree: {title: 同意, then: next}}
- {step: ring, title: 摇铃, do: bell.ring, with: {how: =how}}
ends: {done: {title: 办成}}
"""


@dataclass(frozen=True)
class RingIn:
    """How."""

    how: str


@dataclass(frozen=True)
class Rung:
    """It rang."""

    title: ClassVar[Text] = both("rung")


@action("bell.ring", title=both("ring"))
def ring(ctx: ActionContext, i: RingIn) -> Rung:
    ctx.emit(HANDED[i.how])
    return Rung()


@pytest.fixture
def seen() -> Seen:
    return []


@pytest.fixture
def town(db: Database, seen: Seen) -> Iterator[Town]:
    def remember(ctx: JobContext, body: Mapping[str, Any]) -> None:
        seen.append((ctx, body))
        if "x" not in body:
            ctx.emit(Job("bell.later", {"x": ctx.case.n}, ctx.now + HOUR))
            ctx.emit(Message("user:cai", Text(f"{ctx.case.number}占了座", "a seat is held")))
        if body.get("x") == "fail":
            raise RuntimeError("the rope broke")

    reactions = (Reaction("bell.held", "desk.hold.held", remember), Reaction("bell.later", "", remember))
    hooks = {"register_reactions": giving(*reactions), "register_actions": giving(ring)}
    made = build(db, beside=[plugin("bell", **hooks)])
    made.publish(RING)
    yield made
    made.system.runner.release()


def test_a_reaction_knows_its_case_and_hands_over_what_runs_later_for_it(town: Town, seen: Seen) -> None:
    case = town.start("hold", seat="3")
    assert run_jobs(town.ctx) == 2
    ((ctx, body),) = seen
    assert body["id"] == "3"
    about = ctx.case
    assert (about.id, about.number, about.process, about.step) == (case.case, case.number, "hold", "taking")
    assert (ctx.unit, ctx.attempt, ctx.key.startswith("job:")) == ("a", 1, True)
    assert [told.text.zh for told in notices.mine(town.ctx, Caller("cai"))] == [f"{case.number}占了座"]
    pass_time(town.ctx, town.clock, town.clock.at + HOUR)
    later, body = seen[-1]
    assert dict(body) == {"x": about.n}
    assert later.case == about
    assert broken(town) == []


def test_what_a_reaction_handed_over_vanishes_with_it_when_it_fails(
    town: Town, seen: Seen, caplog: pytest.LogCaptureFixture
) -> None:
    case = town.start("w1")
    body = {"step": "first", "of": 1, "given": {"x": "fail"}}
    town.ctx.runner.run(lambda tx: jobs.enqueue(
        tx, "town", id="j", stream=case.case, n=None, kind="plugin:bell.later", body=body, run_at=town.clock.at
    ))  # fmt: skip
    assert run_jobs(town.ctx) == 1
    (row,) = rows(town, tables.job)
    assert said_in(row["error"]).en.startswith("plugin 'bell' (operations/test_reactions.py:")
    town.clock.advance(MINUTE)
    assert run_jobs(town.ctx) == 1
    assert [(ctx.attempt, ctx.key) for ctx, _ in seen] == [(1, "job:j"), (2, "job:j")]
    assert "plugin bell: job j" in caplog.text


@pytest.mark.parametrize("how", [how for how in HANDED if how != "well"])
def test_what_an_action_hands_over_wrongly_is_its_steps_incident_and_the_decision_stands(town: Town, how: str) -> None:
    case = start_ringing(town, how)
    after = town.act(case, "ok", "agree", "sun")
    assert after.status == "open"
    (found,) = incidents.incidents(town.ctx, Caller("cai"))
    assert (found.kind, found.number) == ("step", case.number)
    assert found.cause.en.startswith("plugin 'bell'"), found.cause.en
    assert "operations/test_reactions.py:" in found.cause.en
    assert [row for row in rows(town, tables.job) if row["kind"].startswith("plugin:bell")] == []
    assert broken(town) == []


def test_what_an_action_hands_over_well_runs(town: Town, seen: Seen) -> None:
    case = start_ringing(town, "well")
    assert town.act(case, "ok", "agree", "sun").status == "ended"
    assert run_jobs(town.ctx) == 1
    ((ctx, body),) = seen
    assert (dict(body), ctx.case.step) == ({"x": 1}, "ring")


def start_ringing(town: Town, how: str) -> Any:
    from engine.operations import cases

    return cases.start(town.ctx, Caller("ann"), "ringing", {"how": how}, unit="a", key="")


def test_whoever_hears_of_a_command_is_not_told_what_people_typed(db: Database) -> None:
    told: list[Committed] = []
    town = build(db, beside=[plugin("ear", on_committed=lambda event: told.append(event))])
    town.start("w1", why="家里有病人")
    assert [event["names"] for event in told[0].events if event["e"] == "filled"] == [["people", "seat", "why"]]
    assert "家里有病人" not in repr(told)
    town.system.runner.release()
