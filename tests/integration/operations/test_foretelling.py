"""What a press says it leads to is what comes: what the press itself settles is said with its condition."""

from __future__ import annotations

import pytest

from engine.operations import cases
from engine.operations.context import Caller
from engine.operations.reading import pages
from engine.operations.reading.views import Receipt
from tests.town import Town

RATED = """
process: rated
title: 评价
uses: [desk]
fields:
  seat:  {type: text, title: 座位}
  away:  {type: boolean, title: 外出, optional: 是}
  stars: {type: integer, title: 评几星, min: 1, max: 5}
  low:   {type: boolean, title: 差评, value: =stars <= 2}
start: {who: role staff, fill: [seat, away]}
steps:
- step: rate
  title: 评单
  ask: role head of start.unit
  fill: [stars]
  outcomes:
    rated: {title: 提交, then: next}
    quit:  {title: 不评, then: end left}
- {step: early, if: away, do: desk.hold, with: {name: =seat}, outcomes: {held: next, refused: end left}}
- step: REVISIT
  title: 回访
  if: CONDITION
  ask: role head of start.unit
  outcomes: {settled: next}
- {step: last, do: desk.hold, with: {name: "='x'"}, outcomes: {held: next, refused: end left}}
ends: {done: {title: 办成}, left: {title: 放下}}
"""
CHOICE = """  choose:
  - {if: stars <= 2, steps: [{step: a, title: 甲, ask: role head of start.unit, outcomes: {yes: next}}]}
  - else: [{step: b, title: 乙, ask: role head of start.unit, outcomes: {yes: next}}]
"""


def begun(town: Town, condition: str, **fill: bool) -> Receipt:
    town.publish(RATED.replace("REVISIT", "revisit").replace("CONDITION", condition))
    return cases.start(town.ctx, Caller("ann"), "rated", {"seat": "1", **fill}, unit="a")


def said(town: Town, case: Receipt, outcome: str = "rated") -> list[str]:
    (holder,) = pages.case(town.ctx, Caller("sun"), case.number).holders
    presses = pages.task(town.ctx, Caller("sun"), case.number, holder.n).outcomes
    return [line.zh for press in presses if press.name == outcome for line in press.will_do]


@pytest.mark.parametrize(
    ("condition", "words"),
    [("stars <= 2", "评几星不大于2"), ("low", "差评"), ("rate.who = start.who", "“评单”的办理人与发起人相同")],
    ids=["a field that is filled now", "one that derives from it", "who decides now"],
)
def test_what_the_press_settles_itself_is_said_with_its_condition(town: Town, condition: str, words: str) -> None:
    assert said(town, begun(town, condition)) == [f"如果{words}，转到“回访”", "否则占一个座", "办结"]
    assert said(town, begun(town, condition), "quit") == ["以“放下”办结"]


@pytest.mark.parametrize("away", [True, False])
def test_what_stands_in_the_form_already_is_said_as_it_is(town: Town, away: bool) -> None:
    case = begun(town, "away", away=away)
    assert said(town, case) == (["占一个座", "转到“回访”"] if away else ["占一个座", "办结"])
    town.act(case, "rate", "rated", "sun", fill={"stars": 5})
    after = pages.case(town.ctx, Caller("sun"), case.number)
    assert [holder.step_title.zh for holder in after.holders] == (["回访"] if away else [])


@pytest.mark.parametrize(("stars", "ends"), [(1, False), (5, True)])
def test_both_ways_that_are_said_can_come(town: Town, stars: int, ends: bool) -> None:
    case = begun(town, "stars <= 2")
    receipt = town.act(case, "rate", "rated", "sun", fill={"stars": stars})
    assert (receipt.status == "ended") is ends


def test_which_branch_comes_is_left_open_where_the_press_decides_it(town: Town) -> None:
    head, rest = RATED.split("- step: REVISIT")
    town.publish(f"{head}- step: which\n{CHOICE}{rest[rest.index('- {step: last'):]}")
    case = cases.start(town.ctx, Caller("ann"), "rated", {"seat": "1"}, unit="a")
    assert said(town, case) == ["接下来看填写的内容"]
