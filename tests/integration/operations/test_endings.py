"""The four ways an action ends: a result, a refusal whose writes vanish, a veto of the whole command, an incident."""

from __future__ import annotations

import sqlite3
from typing import Any

import pytest

from engine.errors import Busy, Conflict, Vetoed
from engine.extend import ActionContext, Message
from engine.i18n import both
from engine.operations import cases
from engine.operations.context import Caller
from engine.operations.reading.views import Receipt
from engine.runtime.state import nodes, owed
from engine.store.schema import tables
from tests import desk
from tests.integration.operations.looking import (
    Watch,
    broken,
    case_of,
    everything,
    history,
    node_of,
    rows,
    seats_taken,
    watching,
)
from tests.town import Town

#: The seat is taken after a decision of people, with a note before it.
LATER = """
process: later
title: 先批后占
uses: [desk]
fields:
  seat: {type: text, title: 座位}
  mood: {type: text, title: 脾气, optional: 是}
start: {who: role staff, fill: [seat, mood]}
steps:
- step: ok
  ask: role head of start.unit
  outcomes: {agree: next}
- {step: noting, do: desk.note, with: {words: =seat}}
- step: taking
  do: desk.hold
  with: {name: =seat, mood: =mood}
  outcomes: {held: next, refused: next}
- step: after
  ask: role head of start.unit
  outcomes: {fine: next, away: end refused}
ends: {done: {title: 办成}, refused: {title: 未成, undo: all}}
"""


def _later(town: Town, mood: str) -> Receipt:
    town.publish(LATER)
    return cases.start(town.ctx, Caller("ann"), "later", {"seat": "7", "mood": mood}, unit="a")


class _Broken:
    """Stands where the plugin's code had something that worked."""

    def __call__(self, *args: Any, **more: Any) -> Any:
        raise RuntimeError("not today")


def test_a_result_is_committed_with_the_step_that_caused_it(town: Town) -> None:
    with watching(town) as watch:
        held = town.start("hold", seat="3")
    assert seats_taken(town) == ["3"]
    assert case_of(town, held).state["out"]["taking"]["id"] == "3"
    assert watch.savepoints == 0, "the first try has no savepoint"
    assert broken(town) == []


def test_what_a_refusing_action_wrote_vanishes_and_the_refusal_stands(town: Town) -> None:
    with watching(town) as watch:
        refused = town.start("hold", seat="3", mood="refuse")
    assert (refused.status, refused.end) == ("ended", "refused")
    assert watch.writes["INSERT desk_seat"] == 2, "written, taken back, and written again behind a savepoint"
    assert watch.savepoints == 1
    assert seats_taken(town) == []
    assert [row["command"] for row in history(town)] == ["start"]
    assert broken(town) == []


def test_a_refusal_takes_only_its_own_writes_with_it(town: Town) -> None:
    case = _later(town, "refuse")
    after = town.act(case, "ok", "agree", "sun")
    assert after.status == "open"
    assert [row["words"] for row in rows(town, desk.note)] == ["7"], "the note before the refusal stays, once"
    assert seats_taken(town) == []
    assert broken(town) == []


def test_a_seat_that_is_taken_is_refused_without_harm_to_its_holder(town: Town) -> None:
    town.start("hold", seat="3")
    second = town.start("hold", seat="3", by="bea", unit="b")
    assert second.end == "refused"
    assert seats_taken(town) == ["3"]


def test_a_veto_refuses_the_whole_start(town: Town) -> None:
    before = everything(town)
    with pytest.raises(Vetoed) as refusal:
        town.start("hold", seat="3", mood="veto")
    assert refusal.value.text.zh == "这里不收"
    assert everything(town) == before


def test_a_veto_after_a_decision_refuses_the_decision_too(town: Town) -> None:
    case = _later(town, "veto")
    before = everything(town)
    with pytest.raises(Vetoed):
        town.act(case, "ok", "agree", "sun", key="k")
    assert everything(town) == before
    assert node_of(case_of(town, case).state, "ok")["k"] == "ask"


def test_an_incident_keeps_the_decision_of_the_person_and_none_of_its_writes(town: Town) -> None:
    case = _later(town, "fail")
    after = town.act(case, "ok", "agree", "sun")
    state = case_of(town, case).state
    assert after.status == "open"
    assert node_of(state, "taking")["ph"] == "incident"
    assert seats_taken(town) == []
    assert [row["words"] for row in rows(town, desk.note)] == ["7"]
    done = next(row for row in rows(town, tables.task) if row["step"] == "ok")
    assert (done["status"], done["actor"], done["outcome"]) == ("done", "sun", "agree")
    assert broken(town) == []


@pytest.mark.parametrize("mood", ["refuse", "fail"])
def test_what_an_action_handed_over_vanishes_with_its_writes(
    town: Town, mood: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    insert_free = ActionContext.insert_free

    def telling(ctx: ActionContext, *args: Any) -> int:
        ctx.emit(Message("user:sun", both("seat")))
        return insert_free(ctx, *args)

    monkeypatch.setattr(ActionContext, "insert_free", telling)
    town.start("hold", seat="3")
    town.start("hold", seat="4", mood=mood)
    told = [row["body"] for row in rows(town, tables.job) if "seat" in row["body"]]
    assert len(told) == 1, "only the action whose writes stand tells anybody"


def test_an_administrator_lets_an_incident_run_again(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(desk, "Held", _Broken())
    case = town.start("hold", seat="3")
    n = node_of(case_of(town, case).state, "taking")["n"]
    still = cases.retry(town.ctx, Caller("cai"), case.number, n)
    assert node_of(case_of(town, case).state, "taking")["ph"] == "incident"
    monkeypatch.undo()
    after = cases.retry(town.ctx, Caller("cai"), case.number, n)
    assert (still.version, after.version) == (2, 3)
    assert seats_taken(town) == ["3"]
    with pytest.raises(Conflict):
        cases.retry(town.ctx, Caller("cai"), case.number, n)
    assert broken(town) == []


def test_an_undo_that_fails_is_an_incident_and_can_be_tried_again(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = town.start("hold", seat="3")
    monkeypatch.setattr(desk, "delete", _Broken())
    town.act(case, "ok", "refuse", "sun", opinion="没有座位了")
    state = case_of(town, case).state
    unwinding = next(node for node in nodes(state["root"]) if node["k"] == "unwind")
    assert unwinding["ph"] == "incident"
    assert seats_taken(town) == ["3"]
    monkeypatch.undo()
    after = cases.retry(town.ctx, Caller("cai"), case.number, unwinding["n"])
    assert after.end == "refused"
    assert seats_taken(town) == []
    assert broken(town) == []


def test_undo_goes_by_the_receipt_and_never_by_the_form(town: Town) -> None:
    case = town.start("hold", seat="3")
    town.act(case, "ok", "revise", "sun", opinion="换个座")
    assert seats_taken(town) == ["3"], "kept until it is known whether the inputs changed"
    town.act(case, "start", "submit", "ann", fill={"seat": "4"})
    assert seats_taken(town) == ["4"], "the form already said 4 when seat 3 was released"
    town.act(case, "ok", "refuse", "sun", opinion="还是不行")
    assert seats_taken(town) == []
    assert broken(town) == []


def test_a_receipt_holds_the_outputs_of_the_action_and_nothing_of_the_step(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[dict[str, Any]] = []
    given = ActionContext.__init__

    def look(ctx: ActionContext, **values: Any) -> None:
        given(ctx, **values)
        seen.append(dict(ctx.receipt))

    reads = "  if: taking.round = 1 and taking.at >= start.at and taking.outcome = 'held'\n"
    town.publish(LATER.replace("- step: after\n", f"- step: after\n{reads}"))
    case = cases.start(town.ctx, Caller("ann"), "later", {"seat": "7"}, unit="a")
    town.act(case, "ok", "agree", "sun")
    assert {"round", "at", "outcome", "id"} <= case_of(town, case).state["out"]["taking"].keys()
    monkeypatch.setattr(ActionContext, "__init__", look)
    town.act(case, "after", "away", "sun")
    assert seen == [{"id": "7"}]


@pytest.mark.parametrize("failing", ["INSERT INTO desk_seat", "SAVEPOINT", "SELECT person"])
def test_a_fault_of_the_database_rolls_back_and_is_never_an_incident(town: Town, failing: str) -> None:
    class Hook(Watch):
        def before(self, sql: str, parameters: Any) -> None:
            if failing in sql:
                raise sqlite3.OperationalError("disk I/O error")

    before = everything(town)
    town.system.database.hook = Hook()
    with pytest.raises(Busy):
        town.start("hold", seat="3", mood="refuse")
    town.system.database.hook = None
    assert everything(town) == before


def test_a_return_that_replays_releases_by_the_receipt_too(town: Town) -> None:
    town.publish(LATER.replace("away: end refused", "again: {then: back taking, at_most: 1}"))
    case = cases.start(town.ctx, Caller("ann"), "later", {"seat": "7"}, unit="a")
    town.act(case, "ok", "agree", "sun")
    town.act(case, "after", "again", "sun")
    assert node_of(case_of(town, case).state, "after")["k"] == "ask"
    (row,) = rows(town, desk.seat)
    assert row["effect"].split(":")[1] > "3", "the seat was released and taken anew"
    assert broken(town) == []


def test_an_undo_that_finds_nothing_left_is_no_fault(town: Town) -> None:
    case = town.start("hold", seat="3")
    town.ctx.runner.run(lambda tx: tx.connection.execute(desk.seat.delete()).rowcount)
    after = town.act(case, "ok", "refuse", "sun", opinion="没有座位了")
    assert after.end == "refused"
    assert not owed(case_of(town, case).state["root"])
    assert broken(town) == []


def test_several_effects_are_released_newest_first(town: Town) -> None:
    case = town.start("hold", seat="3", after="9")
    town.act(case, "ok", "agree", "sun")
    assert seats_taken(town) == ["3", "9"]
    with watching(town) as watch:
        cases.act(town.ctx, Caller("ann"), case.number, cases.open_serial(town.ctx, case.number, "whole"), "withdraw")
    assert seats_taken(town) == []
    assert watch.writes["DELETE desk_seat"] == 2
    undone = history(town)[-1]["body"]
    assert undone.index('"s":"more"') < undone.index('"s":"taking"')


def test_a_case_that_ended_takes_nothing_more(town: Town) -> None:
    case = town.start("hold", seat="3", mood="refuse")
    with pytest.raises(Conflict) as refusal:
        cases.act(town.ctx, Caller("ann"), case.number, 3, "agree")
    assert refusal.value.code == "case_ended"
