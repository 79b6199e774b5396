"""再发起: a case that is over gives its values to a new form, as far as they still fit and are the reader's."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import update

from engine.clock import DAY
from engine.operations import cases, clockwork
from engine.operations.context import Caller
from engine.store.schema import tables
from tests.integration.web.conftest import Window
from tests.town import Town
from tests.who import change

OpenWindow = Callable[[str], Window]
AGAIN = """
process: again
title: 借东西
fields:
  what:  {type: text, title: 物品}
  day:   {type: date, title: 哪天}
  slot:  {type: period, title: 时段}
  phone: {type: phone, title: 电话, sensitive: 是}
  whom:  {type: person, title: 经手人}
  inner: {type: text, title: 内情, see: [home]}
  days:  {type: table, title: 日程, columns: {day: {type: date, title: 日}, note: {type: text, title: 事, optional: 是}}}
parties: {home: {unit: start.unit, title: 发起方}}
start: {who: [role staff, role head], fill: [what, day, slot, phone, whom, inner, days]}
steps:
- {step: ok, ask: [role head of start.unit, role staff of start.unit], outcomes: {agree: {title: 同意, then: next}}}
ends: {done: {title: 办成}}
"""
FILL = {
    "what": "梯子", "day": "2026-06-30", "slot": "2026-06-10 14:00/16:00", "phone": "13800001234", "whom": "bo",
    "inner": "别说", "days": [{"day": "2026-06-10"}, {"day": "2026-06-30", "note": "搬回"}],
}  # fmt: skip


def begun(town: Town, by: str = "ann", unit: str = "a") -> str:
    town.publish(AGAIN)
    return cases.start(town.ctx, Caller(by), "again", FILL, unit=unit).number


def over(town: Town) -> str:
    number = begun(town)
    n = cases.open_serial(town.ctx, number, "ok")
    cases.act(town.ctx, Caller("sun"), number, n, "agree")
    clockwork.pass_time(town.ctx, town.clock, town.clock.at + DAY)
    return number


def test_from_a_case_that_is_over_one_press_leads_to_a_form_that_is_filled(at_window: OpenWindow, town: Town) -> None:
    number = over(town)
    ann = at_window("ann")
    ann.get(f"/town/cases/{number}")
    assert f'href="/town/start/again?again={number}"' in ann.page
    ann.get(f"/town/start/again?again={number}")
    assert "梯子" in ann.page
    assert 'value="2026-06-30"' in ann.page
    assert f"已按{number}带出原来填的内容。" in ann.words
    assert "请重新填：时段、电话、日程。" in ann.words, "what is past and what is masked"
    assert "13800001234" not in ann.page


def test_who_left_and_a_table_that_has_changed_are_not_taken_over(at_window: OpenWindow, town: Town) -> None:
    number = over(town)
    gone = update(tables.person).where(tables.person.c.id == "bo").values(until=town.clock.at)
    change(town.ctx, gone)
    town.publish(AGAIN.replace("note: {type: text", "remark: {type: text"))
    ann = at_window("ann")
    ann.get(f"/town/start/again?again={number}")
    assert ann.answer and ann.answer.status_code == 200
    assert "请重新填：时段、电话、经手人、日程。" in ann.words
    assert "搬回" not in ann.page


def test_what_the_reader_may_not_have_is_not_filled_in_for_them(at_window: OpenWindow, town: Town) -> None:
    number = over(town)
    sun = at_window("sun")
    sun.get(f"/town/start/again?again={number}")
    assert sun.answer and sun.answer.status_code == 200
    assert "梯子" in sun.page
    assert "别说" not in sun.page


def test_an_open_case_another_process_and_a_stranger_s_case_give_nothing(at_window: OpenWindow, town: Town) -> None:
    done, number = over(town), begun(town)
    ann, bea = at_window("ann"), at_window("bea")
    ann.get(f"/town/cases/{number}")
    assert "再发起" not in ann.words
    assert ann.get(f"/town/start/again?again={number}").status_code == 404
    assert ann.get(f"/town/start/w1?again={done}").status_code == 404
    assert bea.get(f"/town/start/again?again={done}").status_code == 404
    assert ann.get("/town/start/again?again=260610-99999").status_code == 404
