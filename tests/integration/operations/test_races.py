"""Races: eight threads, fifty rounds, both databases; one wins, the others are told clearly or answered alike."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from engine.clock import DAY
from engine.errors import Conflict
from engine.operations import cases
from engine.operations.clockwork import ring
from engine.operations.context import Caller
from engine.operations.reading.views import Receipt
from engine.runtime.state import nodes
from engine.store.schema import tables
from tests import desk
from tests.integration.operations.looking import broken, case_of, rows, seats_taken
from tests.integration.operations.racing import ROUNDS, THREADS, Field, field, receipts, refusals
from tests.town import Town

#: Enough rounds to catch a race that has no winner, or two, where the families above have fifty.
FEWER = ROUNDS // 2

_SLOTS = [f"f{i}" for i in range(THREADS)]
#: A form that many fill: each a field of their own and remaining, or all one field and going on.
FORM = f"""
process: form
title: 众人填表
uses: [desk]
fields:
  last: {{type: text, title: 结论}}
{chr(10).join(f"  {name}: {{type: text, title: {name}}}" for name in _SLOTS)}
start: {{who: role staff, fill: []}}
steps:
- step: all
  ask: [role staff of start.unit, role head of start.unit]
  outcomes:
{chr(10).join(f"    put_{name}: {{must: [{name}], then: stay}}" for name in _SLOTS)}
    close: {{must: [last], fill: [last], then: next}}
ends: {{done: {{title: 办成}}}}
"""


#: Two branches inside a stage with a clock.
PAIR = """
process: pair
title: 并办
uses: [desk]
fields: {seat: {type: text, title: 座位}}
start: {who: role staff, fill: [seat]}
steps:
- step: whole
  due: {within: 5 days, late: [over]}
  stage:
  - step: both
    parallel:
      x: [{step: x, ask: role head of start.unit, outcomes: {yes: {title: 好, then: next}}}]
      y: [{step: y, ask: role staff of start.unit, outcomes: {yes: {title: 好, then: next}}}]
    outcomes: {met: next}
  - {step: noted, do: desk.note, with: {words: met}}
  outcomes: {done: next, over: {by: clock, then: end left}}
- {step: after, ask: role head of start.unit, outcomes: {fine: next}}
ends: {done: {title: 办成}, left: {title: 放下}}
"""


@pytest.fixture
def track(town: Town) -> Iterator[Field]:
    with field(town) as made:
        yield made


def _told(refusal: Exception, *codes: str) -> None:
    """A loser is told in words what happened and what to do."""
    assert isinstance(refusal, Conflict)
    assert refusal.code in codes
    assert "，" in refusal.text.zh and refusal.text.zh.endswith("。")


def test_of_many_who_fill_and_close_one_task_exactly_one_does(town: Town, track: Field) -> None:
    town.publish(FORM)
    for _ in range(ROUNDS):
        case = cases.start(town.ctx, Caller("bea"), "form", {}, unit="b")
        n = cases.open_serial(town.ctx, case.number, "all")

        def press(i: int, number: str = case.number, n: int = n) -> Receipt:
            return cases.act(town.ctx, Caller("bea"), number, n, "close", fill={"last": str(i)})

        answers = track.race(press)
        (winner,) = [i for i, answer in enumerate(answers) if isinstance(answer, Receipt)]
        for loser in refusals(answers):
            _told(loser, "case_ended", "task_closed")
        assert case_of(town, case).data["last"] == str(winner)
    assert broken(town) == []


def test_many_who_fill_fields_of_their_own_lose_nothing(town: Town, track: Field) -> None:
    town.publish(FORM)
    for _ in range(ROUNDS):
        case = cases.start(town.ctx, Caller("bea"), "form", {}, unit="b")
        n = cases.open_serial(town.ctx, case.number, "all")

        def press(i: int, number: str = case.number, n: int = n) -> Receipt:
            return cases.act(town.ctx, Caller("bea"), number, n, f"put_f{i}", fill={f"f{i}": str(i)})

        assert len(receipts(track.race(press))) == THREADS
        stored = case_of(town, case)
        assert stored.data == {f"f{i}": str(i) for i in range(THREADS)}, "a form read before the lock loses values"
        assert stored.version == THREADS + 1
    assert broken(town) == []


def test_of_many_decisions_on_one_task_exactly_one_stands(town: Town, track: Field) -> None:
    for _ in range(ROUNDS):
        case = town.start()
        n = cases.open_serial(town.ctx, case.number, "ok")

        def press(i: int, number: str = case.number, n: int = n) -> Receipt:
            return cases.act(town.ctx, Caller("sun"), number, n, ("agree", "refuse")[i % 2], key=f"{number}-{i}")

        answers = track.race(press)
        (winner,) = receipts(answers)
        for loser in refusals(answers):
            _told(loser, "case_ended", "task_closed")
        assert len(refusals(answers)) == THREADS - 1
        assert case_of(town, case).end == winner.end
    done = [row for row in rows(town, tables.task) if row["step"] == "ok"]
    assert [row["status"] for row in done] == ["done"] * ROUNDS
    assert broken(town) == []


def test_many_clicks_with_one_key_get_the_same_bytes(town: Town, track: Field) -> None:
    for _ in range(ROUNDS):
        case = town.start()
        n = cases.open_serial(town.ctx, case.number, "ok")

        def press(_: int, number: str = case.number, n: int = n) -> Receipt:
            return cases.act(town.ctx, Caller("sun"), number, n, "agree", key=f"{number}")

        answers = track.race(press)
        assert len({answer.body for answer in answers}) == 1
        assert case_of(town, case).version == 2
    assert len(rows(town, desk.note)) == 2 * ROUNDS, "each of the two notes of a case is written once"
    assert broken(town) == []


def test_a_decision_and_the_deadline_have_one_winner(town: Town, track: Field) -> None:
    for _ in range(ROUNDS):
        case = town.start()
        n = cases.open_serial(town.ctx, case.number, "ok")
        town.clock.at += 7 * DAY

        def press(i: int, number: str = case.number, n: int = n) -> Receipt | None:
            if i % 2:
                ring(town.ctx)
                return None
            return cases.act(town.ctx, Caller("sun"), number, n, "agree", key=f"{number}-{i}")

        answers = track.race(press)
        stored = case_of(town, case)
        won = receipts(answers)
        assert stored.status == "ended"
        assert [answer.end for answer in won] == (["done"] if stored.end == "done" else [])
        assert len(won) + len(refusals(answers)) == THREADS // 2
        for loser in refusals(answers):
            _told(loser, "case_ended", "task_closed")
    assert len(rows(town, desk.note)) >= ROUNDS
    assert broken(town) == []


def test_one_start_pressed_many_times_starts_one_case(town: Town, track: Field) -> None:
    for round_ in range(ROUNDS):
        answers = track.race(lambda _, key=f"s{round_}": town.start(key=key))  # type: ignore[misc]
        assert len({answer.body for answer in answers}) == 1
    assert len(rows(town, tables.cases)) == ROUNDS
    assert len(rows(town, desk.note)) == ROUNDS
    assert broken(town) == []


def test_of_many_who_want_one_seat_exactly_one_has_it(town: Town, track: Field) -> None:
    for round_ in range(ROUNDS):
        answers = track.race(lambda _, seat=str(round_): town.start("hold", seat=seat))  # type: ignore[misc]
        assert sorted(answer.end for answer in answers) == ["", *["refused"] * (THREADS - 1)]
    assert sorted(seats_taken(town)) == sorted(str(i) for i in range(ROUNDS))
    assert broken(town) == []


def test_of_many_who_claim_one_task_exactly_one_has_it(town: Town, track: Field) -> None:
    town.publish(FORM)
    people = ["bo", "bea"]
    for _ in range(ROUNDS):
        case = cases.start(town.ctx, Caller("bea"), "form", {}, unit="b")
        n = cases.open_serial(town.ctx, case.number, "all", seat="role:head@b")

        def press(i: int, number: str = case.number, n: int = n) -> Any:
            return cases.claim(town.ctx, Caller(people[i % 2]), number, n)

        answers = track.race(press)
        (task,) = [row for row in rows(town, tables.task) if row["case_id"] == case.case and row["n"] == n]
        losers = [people[i % 2] for i, answer in enumerate(answers) if not isinstance(answer, Receipt)]
        assert set(losers) == set(people) - {task["assignee"]}
        for loser in refusals(answers):
            _told(loser, "claimed")
    assert broken(town) == []


def _pair(town: Town) -> tuple[Receipt, int, int]:
    case = cases.start(town.ctx, Caller("ann"), "pair", {"seat": "1"}, unit="a")
    return case, *(cases.open_serial(town.ctx, case.number, step) for step in ("x", "y"))  # type: ignore[return-value]


def test_branches_that_finish_together_join_once(town: Town, track: Field) -> None:
    town.publish(PAIR)
    for _ in range(FEWER):
        case, x, y = _pair(town)

        def press(i: int, number: str = case.number, seats: tuple[int, int] = (x, y)) -> Receipt:
            return cases.act(town.ctx, Caller(("sun", "ann")[i % 2]), number, seats[i % 2], "yes")

        answers = track.race(press)
        assert len(receipts(answers)) == 2
        assert [node["s"] for node in nodes(case_of(town, case).state["root"]) if node["k"] == "ask"] == ["after"]
        for loser in refusals(answers):
            _told(loser, "task_closed")
    assert len(rows(town, desk.note)) == FEWER
    assert broken(town) == []


def test_the_deadline_of_a_stage_and_a_decision_inside_have_one_winner(town: Town, track: Field) -> None:
    town.publish(PAIR)
    for _ in range(FEWER):
        case, x, y = _pair(town)
        cases.act(town.ctx, Caller("ann"), case.number, y, "yes")
        town.clock.at += 7 * DAY

        def press(i: int, number: str = case.number, n: int = x) -> Receipt | None:
            if i % 2:
                ring(town.ctx)
                return None
            return cases.act(town.ctx, Caller("sun"), number, n, "yes")

        answers = track.race(press)
        assert len(receipts(answers)) == (0 if case_of(town, case).end == "left" else 1)
        for loser in refusals(answers):
            _told(loser, "case_ended", "task_closed")
    assert broken(town) == []


def test_taking_back_and_the_next_decision_have_one_winner(town: Town, track: Field) -> None:
    town.publish(PAIR.replace("step: after, ask: role head", "step: after, ask: role staff"))
    for _ in range(FEWER):
        case, x, y = _pair(town)
        cases.act(town.ctx, Caller("ann"), case.number, y, "yes")
        cases.act(town.ctx, Caller("sun"), case.number, x, "yes")
        after = cases.open_serial(town.ctx, case.number, "after")

        def press(i: int, number: str = case.number, back: int = x, on: int = after) -> Receipt:
            if i % 2:
                return cases.take_back(town.ctx, Caller("sun"), number, back)
            return cases.act(town.ctx, Caller("ann"), number, on, "fine")

        answers = track.race(press)
        assert len(receipts(answers)) == 1
        ended = case_of(town, case).status == "ended"
        assert ended == (receipts(answers)[0].status == "ended")
        for loser in refusals(answers):
            _told(loser, "case_ended", "task_closed", "cannot_take_back", "taken_back")
    assert broken(town) == []


def test_a_cancel_and_a_decision_have_one_winner(town: Town, track: Field) -> None:
    for round_ in range(FEWER):
        case = town.start("hold", seat=str(round_))
        n = cases.open_serial(town.ctx, case.number, "ok")

        def press(i: int, number: str = case.number, n: int = n) -> Receipt:
            if i % 2:
                return cases.cancel(town.ctx, Caller("cai"), number, "不办了")
            return cases.act(town.ctx, Caller("sun"), number, n, "refuse", opinion="不行")

        answers = track.race(press)
        assert [answer.end for answer in receipts(answers)] == [case_of(town, case).end]
        for loser in refusals(answers):
            _told(loser, "case_ended", "task_closed")
    assert seats_taken(town) == [], "whoever won, everything held is released"
    assert broken(town) == []
