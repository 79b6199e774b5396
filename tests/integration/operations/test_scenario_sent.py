"""A scenario says what would have been sent, and sends nothing."""

from __future__ import annotations

import pytest

from engine.operations.scenario import Run
from engine.operations.scenario_text import read_scenario
from engine.store.database import Database
from tests.integration.operations.test_senders import DRUM, TELEGRAPH, at_work
from tests.town import Town

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
    found = Run(town.ctx, town.clock).play(scenario)
    assert [problem.message.zh for problem in found] == ([wrong] if wrong else [])
    town.system.runner.release()
