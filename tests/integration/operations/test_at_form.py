"""What an action refuses of a form just sent is corrected there: at its field, with everything typed, and no trace."""

from __future__ import annotations

from typing import Any

import pytest

from engine.clock import DAY
from engine.errors import Invalid
from engine.operations import cases, clockwork
from engine.operations.context import Caller
from engine.operations.reading.views import Receipt
from engine.store.schema import tables
from tests import desk
from tests.integration.operations.looking import broken, case_of, rows
from tests.integration.operations.racing import THREADS, field, receipts, refusals
from tests.town import Town

AT_FORM = """
process: taken
title: 占座
uses: [desk]
subject: [seat]
fields:
  seat:  {type: text, title: 座位}
  mood:  {type: text, title: 脾气, optional: 是}
  other: {type: text, title: 备用座位, optional: 是}
  half:  {type: text, title: 半截, value: "=coalesce(other, '9')"}
start: {who: role staff, fill: [seat, mood]}
steps:
- step: taking
  do: desk.hold
  with: {name: =seat, mood: "=coalesce(mood, 'fine')"}
  outcomes:
    held: next
    refused: {title: 没占到, at_form: correct, then: end refused}
- step: ok
  title: 审批
  ask: role head of start.unit
  due: {within: 2 days, late: lapse}
  outcomes:
    agree: {title: 同意, then: next}
    more:
      title: 同意并加占
      fill: [other]
      steps:
      - step: second
        do: desk.hold
        with: {name: "=coalesce(half, '9')"}
        outcomes:
          held: next
          refused: {at_form: correct, then: end refused}
      then: next
    revise: {title: 退回, then: back start, again: changed, at_most: 2}
    lapse: {by: clock, then: next}
- step: last
  do: desk.hold
  with: {name: "=coalesce(other, '4')"}
  outcomes:
    held: next
    refused: {at_form: correct, then: end refused}
ends: {done: {title: 办成}, refused: {title: 未成, undo: all}}
"""
#: What is filled in at the start or at the decision is given to the next step, as it is or reckoned.
VETOED = """
process: vetoed
title: 占座
uses: [desk]
fields:
  seat: {type: text, title: 座位}
  mood: {type: text, title: 脾气, optional: 是}
start: {who: role staff, fill: [seat, mood]}
steps:
- step: ok
  title: 审批
  ask: role head of start.unit
  outcomes:
    agree: {title: 同意, fill: [mood], then: next}
    plain: {title: 照办, then: next}
- {step: taking, do: desk.hold, with: {name: =seat, mood: MOOD}, outcomes: {held: next, refused: end refused}}
ends: {done: {title: 办成}, refused: {title: 未成}}
"""

TABLES = (tables.cases, tables.task, tables.journal, tables.case_data, tables.job, tables.notice, desk.seat, desk.note)


@pytest.fixture
def seats(town: Town) -> Town:
    town.publish(AT_FORM)
    return town


def start(town: Town, seat: str, **more: Any) -> Receipt:
    return cases.start(town.ctx, Caller("ann"), "taken", {"seat": seat, **more}, unit="a")


def everything(town: Town) -> list[list[dict[str, Any]]]:
    return [rows(town, table) for table in TABLES]


def told(refusal: Invalid) -> list[tuple[str, str]]:
    return [(problem.path, problem.message.zh) for problem in refusal.problems]


def refused(town: Town, press: Any) -> list[tuple[str, str]]:
    """What was found wrong, with nothing changed by it."""
    before = everything(town)
    with pytest.raises(Invalid) as refusal:
        press()
    assert everything(town) == before
    assert broken(town) == []
    return told(refusal.value)


def test_a_start_that_an_action_refuses_makes_no_case_and_is_told_at_its_field(seats: Town) -> None:
    start(seats, "1")
    assert refused(seats, lambda: start(seats, "1")) == [("seat", "没有占到：1 is taken。")]


def test_an_input_that_is_more_than_a_field_is_told_at_the_head_of_the_form(seats: Town) -> None:
    assert refused(seats, lambda: start(seats, "1", mood="refuse")) == [("", "没有占到：told to。")]


def test_a_decision_whose_own_small_steps_are_refused_is_not_taken(seats: Town) -> None:
    start(seats, "1")
    case = start(seats, "2")
    press = lambda: seats.act(case, "ok", "more", "sun", fill={"other": "1"})  # noqa: E731
    assert refused(seats, press) == [("", "没有占到：1 is taken。")], "by way of a derived field"


def test_a_form_sent_again_after_a_return_is_corrected_too(seats: Town) -> None:
    start(seats, "1")
    case = start(seats, "2")
    seats.act(case, "ok", "revise", "sun")
    again = lambda seat: seats.act(case, "start", "submit", "ann", fill={"seat": seat})  # noqa: E731
    assert refused(seats, lambda: again("1")) == [("seat", "没有占到：1 is taken。")]
    assert [row["name"] for row in rows(seats, desk.seat)] == ["1", "2"], "what was held before is held still"
    again("5")
    assert [row["name"] for row in rows(seats, desk.seat)] == ["1", "5"]


@pytest.mark.parametrize("by_clock", [False, True])
def test_where_nobody_is_at_the_form_the_outcome_s_own_target_is_taken(seats: Town, by_clock: bool) -> None:
    case = start(seats, "4")
    if by_clock:
        clockwork.pass_time(seats.ctx, seats.clock, seats.clock.at + 3 * DAY)
    else:
        seats.act(case, "ok", "agree", "sun")
    assert case_of(seats, case).end == "refused"
    assert broken(seats) == []


def test_of_those_who_start_at_once_one_gets_the_seat_and_the_others_correct_their_forms(seats: Town) -> None:
    with field(seats) as track:
        for number in range(4):
            answers = track.race(lambda _, number=number: start(seats, f"r{number}"))  # type: ignore[misc]
            assert len(receipts(answers)) == 1
            for refusal in refusals(answers):
                assert isinstance(refusal, Invalid)
                assert told(refusal) == [("seat", f"没有占到：r{number} is taken。")]
            assert len(refusals(answers)) == THREADS - 1
    assert len(rows(seats, tables.cases)) == 4
    assert broken(seats) == []


@pytest.mark.parametrize(
    ("mood", "outcome", "path"),
    [("=mood", "agree", "mood"), ("\"=coalesce(mood, 'fine')\"", "agree", ""), ("=mood", "plain", "")],
    ids=["as it is", "reckoned", "sent by somebody before"],
)
def test_a_veto_stands_at_the_field_that_was_sent_for_the_input_it_names(
    town: Town, mood: str, outcome: str, path: str
) -> None:
    town.publish(VETOED.replace("MOOD", mood))
    fill = {"mood": "veto"} if outcome == "plain" else {}
    case = cases.start(town.ctx, Caller("ann"), "vetoed", {"seat": "1", **fill}, unit="a")
    sent = {"mood": "veto"} if outcome == "agree" else {}
    assert refused(town, lambda: town.act(case, "ok", outcome, "sun", fill=sent)) == [(path, "这里不收")]
