"""A district without 送单 orders, dispatches, accepts and rates: nothing else of the process hangs on that step."""

from __future__ import annotations

import shutil
from pathlib import Path

from engine.clock import SetClock
from engine.operations.content.adopt import adopt
from engine.operations.content.library import Library
from engine.operations.content.scenario_text import read_scenario
from engine.operations.context import Caller, System
from engine.scenarios import ScenarioRun
from tests.scenarios.conftest import FOLDER, registry

OVERLAY = """process: dispatch_order
extends: common/dispatch_order
title: 四单服务
edits:
- remove: deliver
examples:
- acts: [dispatch to_all, claim take, {at: rate, outcome: rated, fill: {stars: 5}}]
  expect: {end: done}
"""
TOLD = """scenario: 点单、派单、接单、评单
district: haicheng
given:
- clock: 2026-06-10 09:00
when:
- {start: dispatch_order, as: c1, by: staff@茶亭路社区, for: 崔立秋, fill: {class: 健康义诊, what: 量血压, place: 活动室, channel: 电话}}
- {act: dispatch, on: c1, by: dispatcher@东街街道, outcome: to_team, fill: {team: 东街志愿队}}
- {act: team_accept, on: c1, by: team_leader@东街志愿队, outcome: accept}
- {act: rate, on: c1, by: team_leader@东街志愿队, outcome: rated, fill: {stars: 5}, refused: true}
- {act: rate, on: c1, by: 崔立秋, outcome: rated, fill: {stars: 5}}
then:
- {case: c1, end: done}
- {points_exchange.postings: {earn: 0}}
"""


def test_a_district_may_leave_out_the_delivery(system: System, clock: SetClock, tmp_path: Path) -> None:
    folder = tmp_path / "workflows"
    shutil.copytree(FOLDER, folder)
    (folder / "districts/haicheng/processes/dispatch_order.yaml").write_text(OVERLAY, "utf-8")
    found, problems = Library(folder, registry()).pack("haicheng")
    assert found, "\n".join(problem.line_of_text() for problem in problems)
    scenario, faults = read_scenario(TOLD, "four.yaml")
    assert scenario and not faults
    run = ScenarioRun(adopt(system, found, Caller("", door="scenario")), clock)
    assert [problem.line_of_text() for problem in run.play(scenario)] == []
