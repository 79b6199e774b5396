"""What was published with an order counts to its end, whatever the district sets meanwhile."""

from __future__ import annotations

from dataclasses import replace

from engine.clock import SetClock
from engine.operations.content.adopt import adopt
from engine.operations.content.scenario_text import read_scenario
from engine.operations.context import Caller, System
from engine.scenarios import ScenarioRun
from tests.scenarios.conftest import pack

ORDER = """scenario: 健康义诊每小时一点二分，点单以后改成三分
district: guiding
given:
- clock: 2026-06-10 09:00
when:
- {start: dispatch_order, as: NAME, by: staff@音寨村, for: 盘金花, fill: {class: 健康义诊, what: 给寨老量血压, place: 音寨村鼓楼, channel: 电话}}
- {act: dispatch, on: NAME, by: dispatcher@盘江镇, outcome: to_team, fill: {team: 金海雪山助农队}}
- {act: team_accept, on: NAME, by: team_leader@金海雪山助农队, outcome: accept}
then:
- {case: NAME, status: open}
"""
DONE = """scenario: 送达、评单，照点单时的系数记分
district: guiding
when:
- {advance: 2 hours}
- {act: deliver, on: NAME, by: team_leader@金海雪山助农队, outcome: delivered, fill: {hours: 1.5}}
- {act: rate, on: NAME, by: 盘金花, outcome: rated, fill: {stars: 5}}
then:
- {points_exchange.balance: {member: 田康超, balance: POINTS}}
"""


def play(run: ScenarioRun, text: str) -> None:
    scenario, problems = read_scenario(text, "frozen.yaml")
    assert scenario and not problems
    assert [problem.line_of_text() for problem in run.play(scenario)] == []


def test_the_coefficient_of_an_order_is_the_one_of_the_day_it_was_published(system: System, clock: SetClock) -> None:
    written = pack("guiding")
    first = ScenarioRun(adopt(system, written, Caller("", door="scenario")), clock)
    play(first, ORDER.replace("NAME", "early"))
    plugins = {**written.pack.plugins}
    rows = [{**row, "coefficient": "3"} for row in plugins["points_exchange"]["activities"]]
    plugins["points_exchange"] = {**plugins["points_exchange"], "activities": rows}
    changed = replace(written, pack=replace(written.pack, plugins=plugins))
    then = ScenarioRun(adopt(system, changed, Caller("", door="scenario")), clock)
    then.cases.update(first.cases)
    play(then, DONE.replace("NAME", "early").replace("POINTS", "1.8"))
    late = ORDER.replace("NAME", "late").replace("2026-06-10", "2026-06-12")
    play(then, late)
    play(then, DONE.replace("NAME", "late").replace("POINTS", "6.3"))
