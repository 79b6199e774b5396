"""Starting a process: what a card and the form say before anything is typed."""

from __future__ import annotations

from collections.abc import Callable

from tests.integration.web.conftest import Window
from tests.town import Town

OpenWindow = Callable[[str], Window]
MANY = """
process: many
title: 多环节
fields: {big: {type: boolean, title: 大事}}
settings: {answer_in: {type: duration, default: 3 workdays, title: 答复期限}}
start: {who: [anyone, role staff], fill: [big]}
steps:
- step: whole
  title: 办理
  stage:
  - step: first
    title: 受理
    ask: role head of start.unit
    due: {within: =settings.answer_in}
    outcomes: {ok: {title: 受理, then: next}}
  outcomes: {done: next}
- step: forks
  title: 分情况
  choose:
  - if: big
    steps:
    - {step: second, title: 复核, ask: role head of start.unit, outcomes: {ok: {title: 通过, then: next}}}
  - else: []
ends: {done: {title: 办成}}
"""


def test_a_card_says_who_may_start_and_which_decisions_follow(at_window: OpenWindow) -> None:
    ann = at_window("ann")
    ann.get("/town/start")
    assert "工作人员可发起" in ann.words
    assert "审批" in ann.words
    assert "role" not in ann.words


def test_a_form_says_what_lies_ahead_with_the_district_s_own_times(at_window: OpenWindow, town: Town) -> None:
    town.publish(MANY)
    ann = at_window("ann")
    ann.get("/town/start")
    assert "任何人可发起" in ann.words
    ann.get("/town/start/many")
    ahead = ann.words[ann.words.index("接下来") :]
    assert "受理 发起单位的head · 3个工作日内" in ahead
    assert "复核 （视情况）" in ahead
    assert ahead.index("受理") < ahead.index("复核")
    assert "settings" not in ahead
