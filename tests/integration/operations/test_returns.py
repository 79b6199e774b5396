"""Whom a return asks again, told as scenarios of the small town."""

from __future__ import annotations

import pytest

from engine.operations.content.scenario_text import read_scenario
from engine.scenarios import ScenarioRun
from tests.town import Town

THREE = """
process: three
title: 三审
fields: {a: {type: text, title: 甲}, b: {type: text, title: 乙}}
start: {who: role staff, fill: [a, b]}
steps:
- {step: s1, ask: role head of start.unit, show: [a], outcomes: {ok: next}}
- {step: s2, ask: role head of start.unit, show: [b], outcomes: {ok: next}}
- step: s3
  ask: role district_admin
  outcomes:
    ok: next
    back_changed: {then: back start, again: changed, at_most: 3}
    back_replay: {then: back start, again: replay, at_most: 1}
    back_resume: {then: back start, again: resume, at_most: 2}
ends: {done: {title: 完}}
"""
TOLD = """scenario: 退回以后再问谁
district: town
when:
- {start: three, as: c1, by: 安宁, fill: {a: 甲, b: 乙}}
- {act: s1, on: c1, by: 孙立, outcome: ok}
- {act: s2, on: c1, by: 孙立, outcome: ok}
- {act: s3, on: c1, by: 蔡𬭎, outcome: OUTCOME}
- {act: start, on: c1, by: 安宁, outcome: submit, fill: {FILL}}
then:
- {case: c1, status: open, open: [OPEN]}
"""


@pytest.mark.parametrize(
    ("outcome", "fill", "asked"),
    [
        ("back_changed", "a: 甲, b: 乙二", "s2"),
        ("back_changed", "a: 甲二, b: 乙", "s1"),
        ("back_changed", "a: 甲, b: 乙", "s3"),
        ("back_resume", "a: 甲二, b: 乙二", "s3"),
        ("back_replay", "a: 甲, b: 乙", "s1"),
    ],
)
def test_a_return_to_the_first_form_asks_whom_it_says(town: Town, outcome: str, fill: str, asked: str) -> None:
    town.publish(THREE)
    told = TOLD.replace("OUTCOME", outcome).replace("FILL", fill).replace("OPEN", asked)
    scenario, problems = read_scenario(told, "returns.yaml")
    assert scenario and not problems
    assert [problem.line_of_text() for problem in ScenarioRun(town.ctx, town.clock).play(scenario)] == []
