"""The write budget: what each command writes, counted in statements and rows, and the same however long the history."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from engine.audience import user_key
from engine.operations import cases
from engine.operations.clockwork import ring
from engine.operations.context import Caller
from engine.store.schema import tables
from tests.integration.operations.looking import Watch, broken, case_of, rows, watching
from tests.town import MORNING, Town

#: One statement and one row each.
START = {"INSERT cases": 1, "INSERT case_data": 1, "INSERT task": 1, "INSERT journal": 1}
CLOSING = {"UPDATE cases": 1, "UPDATE task": 1, "INSERT journal": 1}

#: Two parties, a step after a step, everybody's signature, a form that grows, people told.
WIDE = """
process: wide
title: 两家合办
uses: [desk]
parties:
  one: {unit: start.unit, title: 甲方}
  two: {unit: other, title: 乙方}
fields:
  other: {type: unit, title: 另一家}
  word:  {type: text, title: 说明}
start: {who: role staff, fill: [other]}
steps:
- step: both
  title: 会签
  ask: role head of two
  sign: all
  outcomes: {agree: next, refuse: end refused}
- step: say
  ask: role head of two
  fill: [word]
  outcomes: {said: {tell: applicant, then: next}}
- step: last
  ask: role head of two
  due: {within: 2 workdays, remind: 50%, late: escalate role head of start.unit}
  outcomes:
    fine: {then: next}
    talk: {then: stay}
ends: {done: {title: 办成}, refused: {title: 未成, undo: all}}
"""


def _is(watch: Watch, expected: dict[str, int], actions: tuple[str, ...] = ("desk_note", "desk_seat")) -> None:
    """The engine wrote exactly what *expected* says, each a statement of one row; actions count apart."""
    writes = {name: count for name, count in watch.writes.items() if name.split()[1] not in actions}
    changed = {name: count for name, count in watch.rows.items() if name.split()[1] not in actions}
    assert writes == expected
    assert changed == expected


def _wide(town: Town) -> str:
    town.publish(WIDE)
    return cases.start(town.ctx, Caller("ann"), "wide", {"other": "b"}, unit="a").number


def _act(
    town: Town, number: str, step: str, outcome: str, by: str, seat: str = "", **more: str
) -> Callable[[], object]:
    """A press that is looked up now and made later, so that only the press is counted."""
    n = cases.open_serial(town.ctx, number, step, seat=seat)
    fill = {"word": more.pop("word")} if "word" in more else {}
    return lambda: cases.act(town.ctx, Caller(by), number, n, outcome, fill=fill, key=f"{number}{n}{by}", **more)


def test_w1_writes_four_rows_at_the_start_and_three_at_the_decision(town: Town) -> None:
    with watching(town) as watch:
        case = town.start(key="k")
    _is(watch, START)
    assert watch.writes["INSERT desk_note"] == 1
    act = _act(town, case.number, "ok", "agree", "sun")
    with watching(town) as watch:
        act()
    _is(watch, CLOSING)
    assert watch.writes["INSERT desk_note"] == 1
    assert watch.savepoints == 0


def test_w1_reads_its_process_and_then_its_case_and_nothing_else(town: Town) -> None:
    """Who is asked and who may is known since the case before."""
    town.act(town.start(), "ok", "agree", "sun")
    with watching(town) as watch:
        case = town.start(key="k")
    assert watch.reads == 1
    act = _act(town, case.number, "ok", "agree", "sun")
    with watching(town) as watch:
        act()
    assert watch.reads == 1


def test_parties_cost_one_statement_at_the_start(town: Town) -> None:
    town.publish(WIDE)
    with watching(town) as watch:
        cases.start(town.ctx, Caller("ann"), "wide", {"other": "b"}, unit="a")
    assert watch.writes == {**START, "INSERT party": 1}
    assert watch.rows == {**START, "INSERT party": 2, "INSERT task": 2}, "two parties, and two who sign"


def test_a_signature_that_does_not_close_its_step_writes_three_rows(town: Town) -> None:
    number = _wide(town)
    act = _act(town, number, "both", "agree", "bo", "user:bo")
    with watching(town) as watch:
        act()
    _is(watch, CLOSING)


def test_a_decision_that_opens_the_next_step_writes_four_rows(town: Town) -> None:
    number = _wide(town)
    _act(town, number, "both", "agree", "bo", "user:bo")()
    act = _act(town, number, "both", "agree", "bea", "user:bea")
    with watching(town) as watch:
        act()
    _is(watch, {**CLOSING, "INSERT task": 1})


def test_a_form_costs_one_row_more_and_a_notice_another(town: Town) -> None:
    number = _wide(town)
    for person in ("bo", "bea"):
        _act(town, number, "both", "agree", person, user_key(person))()
    act = _act(town, number, "say", "said", "bo", word="好")
    with watching(town) as watch:
        act()
    _is(watch, {**CLOSING, "INSERT task": 1, "INSERT case_data": 1, "INSERT job": 1})


def test_a_comment_writes_three_rows_and_the_job_that_tells_the_others(town: Town) -> None:
    number = _wide(town)
    with watching(town) as watch:
        cases.comment(town.ctx, Caller("ann"), number, "请尽快")
    _is(watch, {"UPDATE cases": 1, "INSERT case_data": 1, "INSERT journal": 1, "INSERT job": 1})


def test_a_claim_writes_three_rows_and_the_clock_of_the_task_stays(town: Town) -> None:
    case = town.start()
    n = cases.open_serial(town.ctx, case.number, "ok")
    with watching(town) as watch:
        cases.claim(town.ctx, Caller("sun"), case.number, n)
    assert watch.writes["UPDATE cases"] == watch.writes["INSERT journal"] == 1
    assert watch.writes["UPDATE task"] <= 2
    assert sum(watch.writes.values()) <= 4


def test_a_clock_that_has_nothing_to_say_writes_nothing(town: Town) -> None:
    case = town.start()
    n = cases.open_serial(town.ctx, case.number, "ok")
    with watching(town) as watch:
        cases.tick(town.ctx, case.case, n)
    assert watch.writes == {}
    town.clock.at = MORNING + 1
    assert ring(town.ctx) == 0
    assert case_of(town, case).version == 1


def test_a_refused_command_writes_nothing(town: Town) -> None:
    case = town.start()
    with watching(town) as watch, pytest.raises(Exception, match="no outcome"):
        town.act(case, "ok", "sing", "sun")
    assert watch.writes == {}


#: One is asked again and again: each decision closes a task and opens the next.
ROUND = """
process: round
title: 一轮一轮
start: {who: role staff, fill: []}
steps:
- step: whole
  stage:
  - step: ok
    ask: role head of start.unit
    outcomes: {again: {then: back ok, at_most: 99}, anew: {then: back whole, at_most: 99}, fine: next}
ends: {done: {title: 办成}}
"""


def test_a_step_after_a_thousand_steps_costs_what_it_cost_at_first(town: Town) -> None:
    town.publish(ROUND)
    case = cases.start(town.ctx, Caller("ann"), "round", {}, unit="a")

    def again() -> Watch:
        act = _act(town, case.number, "ok", "again", "sun")
        with watching(town) as watch:
            act()
        return watch

    watches = [again() for _ in range(10)]
    early, size = watches[-1], len(str(case_of(town, case).state))
    for i in range(1000):
        n = cases.open_serial(town.ctx, case.number, "ok")
        cases.act(town.ctx, Caller("sun"), case.number, n, "again" if i % 80 else "anew")
    late = again()
    assert (late.writes, late.rows, late.reads) == (early.writes, early.rows, early.reads)
    _is(late, {**CLOSING, "INSERT task": 1})
    assert len(str(case_of(town, case).state)) <= size + 50, "nor does the state grow, but by a counter"
    assert len([row for row in rows(town, tables.task) if row["status"] == "done"]) == 1011
    assert broken(town) == []
