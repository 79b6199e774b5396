"""Races: eight threads, fifty rounds, both databases; one wins, the others are told clearly or answered alike."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from engine.clock import DAY
from engine.errors import Conflict
from engine.operations import cases
from engine.operations.context import Caller
from engine.operations.views import Receipt
from engine.operations.work import ring
from engine.store import tables
from tests import desk
from tests.integration.operations.looking import broken, case_of, rows, seats_taken
from tests.integration.operations.racing import ROUNDS, THREADS, Field, field, receipts, refusals
from tests.town import Town

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
