"""Why a task is with somebody: the rule, the values that it found, who was passed over, and the sum of the deadline."""

from __future__ import annotations

import pytest

from engine.operations import cases
from engine.operations.context import Caller
from engine.operations.reading import pages
from engine.operations.reading.grounds import Why
from tests.town import Town

LENT = """
process: lent
title: 借用
parties:
  home: {unit: start.unit, title: 借方}
  owner: {unit: u, title: 出借方}
fields:
  u: {type: unit, title: 出借单位}
  n: {type: integer, title: 人数}
  secret: {type: text, title: 内情, optional: 是, see: [home]}
start: {who: role staff, fill: [u, n, secret]}
steps:
- step: ok
  title: 审批
  ask: [{if: n > 100 and empty(secret), who: role district_admin of owner}, {else: true, who: role head of owner}]
  not: [start]
  due: {within: 2 workdays, late: [refuse]}
  outcomes: {agree: {title: 同意, then: next}, refuse: {title: 不同意, then: end refused}}
ends: {done: {title: 办成}, refused: {title: 未成}}
"""


@pytest.fixture
def lending(lone_town: Town) -> Town:
    lone_town.publish(LENT)
    return lone_town


def why(town: Town, reader: str, by: str, unit: str, owner: str, people: str = "30") -> Why:
    """What *reader* is told of the task of a case that *by* began."""
    form = {"u": owner, "n": people, "secret": "x"}
    case = cases.start(town.ctx, Caller(by), "lent", form, unit=unit)
    n = cases.open_serial(town.ctx, case.number, "ok")
    return pages.task(town.ctx, Caller(reader), case.number, n).why


def test_the_values_that_the_rule_looked_at_are_said(lending: Town) -> None:
    found = why(lending, "bo", by="ann", unit="a", owner="b")
    assert found.sentence.zh == "到你这里，因为你是乙社区head，本环节由乙社区head办理。"
    told = [line.zh for line in found.details]
    assert "人数是30" in told and "出借方是乙社区" in told
    assert not any("内情" in line for line in told[1:]), "what the reader may not see is not said here either"


def test_the_deadline_is_a_sum_that_can_be_checked(lending: Town) -> None:
    told = [line.zh for line in why(lending, "bo", by="ann", unit="a", owner="b").details]
    assert any(line.startswith("6月10日09:00 + 2个工作日 = 6月12日09:00") for line in told)


def test_units_in_which_nobody_could_act_are_named(lending: Town) -> None:
    told = [line.zh for line in why(lending, "sun", by="ann", unit="a", owner="d").details]
    assert "丙社区没有能办的head，由上级东街办理" in told


def test_who_is_kept_away_is_told_so_and_not_that_it_is_with_them(lending: Town) -> None:
    found = why(lending, "bea", by="bea", unit="b", owner="b")
    assert found.sentence.zh == "你办过此件前面的环节，“审批”要由另一个人办理。"
    assert "还可以由薄霜办理" in [line.zh for line in found.details]
