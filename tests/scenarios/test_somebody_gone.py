"""A server who has gone is recorded by whoever mends the step, and whoever only mends or stands in is never paid."""

from __future__ import annotations

import pytest
from sqlalchemy import insert, select, update

from engine.clock import DAY, SetClock
from engine.operations.commands.rechecking import recheck
from engine.operations.content.adopt import adopt
from engine.operations.content.scenario_text import read_scenario
from engine.operations.context import Caller, Context, System
from engine.operations.naming import person_named
from engine.scenarios import ScenarioRun
from engine.store.schema import tables
from plugins.points_exchange.tables import account
from tests.checks import unchecked
from tests.scenarios.conftest import pack
from tests.who import change

LEADER, ADMIN, OTHER = "戴宁海", "莫绍勤", "余勇湖"
TAKEN = """
- {start: dispatch_order, as: c1, by: staff@茶亭路社区, for: 崔立秋, fill: {class: 文艺演出, what: 唱两段, place: 活动室, channel: 电话}}
- {act: dispatch, on: c1, by: dispatcher@东街街道, outcome: to_team, fill: {team: 候鸟文艺队}}
"""
ACCEPTED = f"- {{act: team_accept, on: c1, by: {LEADER}, outcome: accept}}\n- {{advance: 3 hours}}\n"
RATED = "- {act: rate, on: c1, by: 崔立秋, outcome: rated, fill: {stars: 5}}\n"


@pytest.fixture
def run(system: System, clock: SetClock) -> ScenarioRun:
    """The district, some days on."""
    return ScenarioRun(adopt(system, pack("haicheng"), Caller("", door="scenario")), clock)


def play(run: ScenarioRun, when: str, status: str = "open") -> None:
    """Do these lines; none is refused, and the case has that status."""
    then = f"then:\n- {{case: c1, status: {status}}}\n"
    scenario, faults = read_scenario(f"scenario: 换人\ndistrict: haicheng\nwhen:\n{when}{then}", "gone.yaml")
    assert scenario is not None and not faults, faults
    assert [problem.line_of_text() for problem in run.play(scenario)] == []


def leave(ctx: Context, name: str) -> None:
    """The person leaves now, and the worker looks at what is open."""
    p = tables.person
    gone = update(p).where(p.c.id == person_named(ctx, name)[0]).values(until=ctx.now)
    change(ctx, gone)
    recheck(ctx)


def stand_in(ctx: Context, person: str, deputy: str) -> None:
    """*deputy* does the work of *person*."""
    row = {"district_id": ctx.id, "id": "d1", "person": person_named(ctx, person)[0], "role": None, "reason": "出差",
           "deputy": person_named(ctx, deputy)[0], "since": ctx.now, "until": ctx.now + 30 * DAY}  # fmt: skip
    change(ctx, insert(tables.deputy), [row])


def paid(run: ScenarioRun) -> set[str]:
    """The names of those who have points; the case is done and everything stored is as it must be."""
    a, p = account.c, tables.person.c
    holders = (
        select(p.name).select_from(account).join(tables.person, a.holder == "person:" + p.id)
        .where(a.district_id == run.ctx.id, p.district_id == run.ctx.id, a.balance > 0)
    )  # fmt: skip
    assert unchecked(run.ctx, run.cases["c1"]) == []
    return set(run.ctx.runner.run(lambda tx: tx.connection.execute(holders).scalars().all(), write=False))


def test_an_administrator_who_records_the_service_of_one_who_left_is_not_paid_for_it(run: ScenarioRun) -> None:
    play(run, TAKEN + ACCEPTED)
    leave(run.ctx, LEADER)
    play(run, f"- {{act: deliver, on: c1, by: {ADMIN}, outcome: delivered, fill: {{hours: 2}}}}\n{RATED}", "ended")
    assert paid(run) == {LEADER}


def test_whoever_the_administrator_hands_the_service_to_serves_and_is_paid(run: ScenarioRun) -> None:
    play(run, TAKEN + ACCEPTED)
    leave(run.ctx, LEADER)
    play(
        run,
        f"- {{transfer: deliver, on: c1, by: {ADMIN}, to: {OTHER}, note: 队长已离开}}\n"
        f"- {{act: deliver, on: c1, by: {OTHER}, outcome: delivered, fill: {{hours: 2}}}}\n{RATED}",
        "ended",
    )
    assert paid(run) == {OTHER}


@pytest.mark.parametrize("early", [True, False])
def test_a_deputy_presses_for_the_server_and_is_not_the_server(run: ScenarioRun, early: bool) -> None:
    if early:
        stand_in(run.ctx, LEADER, OTHER)
    play(run, TAKEN + (ACCEPTED.replace(LEADER, OTHER) if early else ACCEPTED))
    if not early:
        stand_in(run.ctx, LEADER, OTHER)
    play(run, f"- {{act: deliver, on: c1, by: {OTHER}, outcome: delivered, fill: {{hours: 2}}}}\n{RATED}", "ended")
    assert paid(run) == {LEADER}
