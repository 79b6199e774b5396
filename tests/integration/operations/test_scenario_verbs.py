"""Every verb on a case is a word of scenarios, and does there what it does at every other door."""

from __future__ import annotations

import pytest

from engine.operations.content.scenario_text import read_scenario
from engine.operations.context import Caller
from engine.operations.reading import pages
from engine.operations.verbs import VERBS
from engine.scenarios import ScenarioRun
from tests.integration.web.test_every_door import MASKED
from tests.town import Town

#: Each verb as a scenario says it, in an order in which all can be done.
WORDS = {
    "start": "start: w1, as: c1, by: ann, fill: {seat: 1, people: 3, why: 聚会}",
    "claim": "claim: ok, on: c1, by: sun",
    "unclaim": "unclaim: ok, on: c1, by: sun",
    "comment": "comment: c1, by: ann, text: 请尽快",
    "uncover": "uncover: c1, by: sun, field: why",
    "agree_transfer": "agree_transfer: ok, on: c1, by: cai, refused: true",
    "decline_transfer": "decline_transfer: ok, on: c1, by: cai, refused: true",
    "transfer": "transfer: ok, on: c1, by: sun, to: 薄霜, note: 出差",
    "retry": "retry: ok, on: c1, by: cai, refused: true",
    "take_back": "take_back: c1, by: sun",
    "act": "act: ok, on: c1, by: sun, outcome: agree",
    "cancel": "cancel: c1, by: cai, reason: 录重了, refused: true",
}


def test_every_verb_is_said_in_a_scenario(town: Town) -> None:
    assert WORDS.keys() == VERBS.keys()
    town.publish(MASKED)
    lines = "".join(f"- {{{words}}}\n" for words in WORDS.values())
    text = f"scenario: 每个词\ndistrict: town\nwhen:\n{lines}then:\n- {{case: c1, status: ended}}\n"
    scenario, problems = read_scenario(text, "s.yaml", ())
    assert (problems, scenario is None) == ((), False)
    run = ScenarioRun(town.handing("reason"), town.clock)
    assert [problem.message.zh for problem in run.play(scenario)] == []
    told = [line.sentence.zh for line in pages.case(town.ctx, Caller("cai"), run.cases["c1"]).timeline]
    for words in ("孙立认领“审批”", "孙立放回“审批”", "安宁留言", "孙立把“审批”转给薄霜"):
        assert any(words in line for line in told), (words, told)


@pytest.mark.parametrize("words", ["cancel: c2, by: cai, reason: 录重了", "claim: ok, on: c2, by: sun"])
def test_a_case_that_there_is_not_is_told(town: Town, words: str) -> None:
    text = f"scenario: 没有\ndistrict: town\nwhen:\n- {{{words}}}\nthen:\n- {{case: c1, status: ended}}\n"
    scenario, _ = read_scenario(text, "s.yaml", ())
    assert scenario is not None
    assert "没有叫“c2”的办件" in next(p.message.zh for p in ScenarioRun(town.ctx, town.clock).play(scenario))
