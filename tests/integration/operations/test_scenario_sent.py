"""A scenario says what would have been sent, and sends nothing."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest

from engine.extend import ReadContext, Sender, Setting, ValueType, both
from engine.operations.content.scenario_text import read_scenario
from engine.operations.districts import context
from engine.scenarios import ScenarioRun
from engine.store.databases.database import Database
from tests.integration.operations.test_senders import DRUM, TELEGRAPH, at_work
from tests.town import Town, build
from tests.unit.extend.plugins_for_tests import giving, plugin

TEXT = """
scenario: 告知
district: town
when:
- {start: hold, as: c1, by: ann, fill: {seat: 1}}
- {start: hold, as: c2, by: ann, fill: {seat: 2}}
- {act: ok, on: c1, by: sun, outcome: refuse, opinion: 已有人订}
- {advance: 2 minutes}
then:
- THEN
"""


@pytest.fixture
def town(db: Database) -> Town:
    return at_work(db, "scenario", TELEGRAPH, DRUM)


@pytest.mark.parametrize(
    ("then", "wrong"),
    [
        ("{sent: post.telegraph}", ""),
        ("{sent: post.telegraph, on: c1, times: 1, has: 未成}", ""),
        ("{sent: post.telegraph, on: c2, times: 0}", ""),
        ("{sent: post.drum, times: 0}", ""),
        ("{sent: post.telegraph, on: c2}", "sent post.telegraph应该是1+，实际是0"),
        ("{sent: post.telegraph, times: 2}", "sent post.telegraph应该是2，实际是1"),
        ("{sent: post.telegraph, has: 安康}", "sent post.telegraph应该是1+，实际是0"),
        ("{sent: post.telegram, times: 0}", "没有叫“post.telegram”的发送方式"),
        ("{sent: post.telegraph, on: c3, times: 0}", "没有叫“c3”的办件"),
    ],
)
def test_what_would_have_been_sent_is_counted(town: Town, then: str, wrong: str) -> None:
    scenario, problems = read_scenario(TEXT.replace("THEN", then), "s.yaml", ())
    assert problems == ()
    assert scenario is not None
    found = ScenarioRun(town.ctx, town.clock).play(scenario)
    assert [problem.message.zh for problem in found] == ([wrong] if wrong else [])
    town.system.runner.release()


def _asks(ctx: ReadContext, body: Mapping[str, Any]) -> Any:
    return {"token": ctx.settings["token"], "words": body["zh"]}


def _fails(ctx: ReadContext, body: Mapping[str, Any]) -> Any:
    raise ValueError("no telephone")


@pytest.mark.parametrize(
    ("prepare", "then", "wrong"),
    [
        (_asks, "{sent: safe.way, times: 1, has: stand-in for RONGTONG_SECRET_SAFE_TOKEN}", ""),
        (_asks, "{sent: safe.way, has: the real one}", "sent safe.way: expected 1+, found 0"),
        (_fails, "{sent: safe.way}", "sent safe.way: expected 1+, found 0 (prepare: plugin 'safe' ("),
    ],
)
def test_a_secret_has_a_stand_in_and_what_failed_says_why(
    db: Database, prepare: Any, then: str, wrong: str, caplog: pytest.LogCaptureFixture
) -> None:
    token = Setting("token", ValueType("text"), both("token"), secret=True)
    way = Sender("safe.way", both("way"), prepare, "tests.integration.worker.misbehaving:echo", notices=True)
    made = build(db, beside=[plugin("safe", register_settings=giving(token), register_senders=giving(way))], mode="scenario")
    system = replace(made.system, secrets={"RONGTONG_SECRET_SAFE_TOKEN": "the real one"}, districts={})
    scenario, _ = read_scenario(TEXT.replace("THEN", then), "s.yaml", ())
    assert scenario is not None
    with caplog.at_level(logging.CRITICAL):
        found = ScenarioRun(context(system, made.ctx.id), made.clock).play(scenario)
    assert len(found) == bool(wrong)
    assert all(problem.message.en.startswith(wrong) for problem in found)
    made.system.runner.release()
