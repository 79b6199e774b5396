"""Whose case it is follows the form: a unit that was replaced has it no more, and a decision taken back returns it."""

from __future__ import annotations

from engine.operations import cases
from engine.operations.context import Caller
from engine.operations.reading.views import Receipt
from engine.store.schema import tables
from tests.integration.operations.looking import broken, rows
from tests.town import Town

MOVING = """
process: moving
title: 借来借去
parties:
  one: {unit: start.unit, title: 借方}
  two: {unit: other, title: 出借方}
fields: {other: {type: unit, title: 向谁借}}
start: {who: role staff, fill: [other]}
steps:
- step: ok
  ask: role head of two
  outcomes: {agree: next, pass_on: {fill: [other], then: next}, revise: {then: back start, at_most: 3}}
- step: after
  ask: role head of one
  outcomes: {fine: next}
ends: {done: {title: 办成}}
"""


def _parties(town: Town) -> set[tuple[str, str]]:
    return {(row["party"], row["unit_id"]) for row in rows(town, tables.party)}


def _started(town: Town) -> Receipt:
    town.publish(MOVING)
    return cases.start(town.ctx, Caller("ann"), "moving", {"other": "b"}, unit="a")


def test_a_unit_that_was_replaced_has_the_case_no_more(town: Town) -> None:
    case = _started(town)
    assert _parties(town) == {("one", "a"), ("two", "b")}
    town.act(case, "ok", "revise", "bo")
    town.act(case, "start", "submit", "ann", fill={"other": "d"})
    assert _parties(town) == {("one", "a"), ("two", "d")}
    assert broken(town) == []


def test_taking_back_the_change_gives_the_case_back(town: Town) -> None:
    case = _started(town)
    n = cases.open_serial(town.ctx, case.number, "ok")
    town.act(case, "ok", "pass_on", "bo", fill={"other": "d"})
    assert _parties(town) == {("one", "a"), ("two", "d")}
    cases.take_back(town.ctx, Caller("bo"), case.number, n)
    assert _parties(town) == {("one", "a"), ("two", "b")}
    assert broken(town) == []
