"""A field has one input on a page, and what is typed into it arrives or is refused, whoever asks for it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable

import pytest
from sqlalchemy import select

from engine.operations import cases
from engine.operations.context import Caller
from engine.store.schema.tables import case_data
from engine.store.text import load
from tests.integration.web.conftest import Window
from tests.integration.web.sending import form_with
from tests.town import Town

OpenWindow = Callable[[str], Window]
#: A field of every simple type, asked at the start, by a step, by a step and its outcome, and by two outcomes.
FORM = """
process: form
title: 填表
subject: [why]
fields:
  why:    {type: text, title: 事由}
  people: {type: integer, title: 人数, min: 1}
  cost:   {type: money, title: 费用}
  day:    {type: date, title: 日期}
  slot:   {type: period, title: 时段}
  size:   {type: choice, of: [大, 小], title: 大小}
  kinds:  {type: choices, of: [一, 二, 三], title: 种类}
  sure:   {type: boolean, title: 确定}
  tel:    {type: phone, title: 电话}
  room:   {type: text, title: 房间, max: 20, optional: true}
  extra:  {type: text, title: 补充, max: 20, optional: true}
start: {who: role staff, fill: [why, people, cost, day, slot, size, kinds, sure, tel, room]}
steps:
- step: ok
  title: 审批
  ask: role head of start.unit
  not: [start]
  fill: [room]
  outcomes:
    agree:  {title: 同意, must: [room], then: next}
    refuse: {title: 不同意, fill: [extra], then: end refused}
    later:  {title: 缓一缓, must: [extra], then: stay}
    back:   {title: 退回, then: back start, at_most: 3}
ends: {done: {title: 办成}, refused: {title: 未成}}
"""
GIVEN = {
    "why": "聚会", "people": 3, "cost": "12.50", "day": "2026-07-01", "slot": "2026-07-01 09:00/10:00", "size": "大",
    "kinds": ["一"], "sure": "是", "tel": "13800000001",
}  # fmt: skip
CHANGED = {
    "f-why": "搬家", "f-people": "12", "f-cost": "8", "f-day": "2026-07-02", "f-slot.from": "09:30", "f-size": "小",
    "f-kinds": "三", "f-sure": "false", "f-tel": "13900000002", "f-room": "东厅",
}  # fmt: skip
ARRIVED = {
    "why": "搬家", "people": 12, "cost": 800, "day": "2026-07-02", "slot": "2026-07-01T09:30/2026-07-01T10:00",
    "size": "小", "kinds": ["三"], "sure": False, "tel": "13900000002", "room": "东厅",
}  # fmt: skip


def held(town: Town) -> dict[str, object]:
    """The form of the only case, as it is stored now."""
    query = select(case_data.c.data).order_by(case_data.c.seq.desc()).limit(1)
    found = load(town.ctx.runner.run(lambda tx: tx.connection.execute(query).scalar_one(), write=False))
    return {name: value for name, value in found.items() if value is not None}


@pytest.fixture
def number(town: Town) -> str:
    """A case that waits for the decision."""
    town.publish(FORM)
    return cases.start(town.ctx, Caller("ann"), "form", GIVEN, unit="a").number


def press(town: Town, window: Window, number: str, step: str, outcome: str, **typed: str) -> int:
    """Open the task of *step*, change what is *typed*, and press."""
    path = f"/town/tasks/{number}.{cases.open_serial(town.ctx, number, step)}"
    window.get(path)
    sent = form_with(window.page, "seen")
    for name, value in {**typed, "outcome": outcome}.items():
        sent.setlist(name, [value])
    answer = window.client.post(path, data=sent)
    window.page = answer.text
    return answer.status_code


def fields_of(page: str) -> Counter[str]:
    """How many inputs each field has, whichever press they stand with."""
    names = {name for name in re.findall(r'name="(f-[^"]+)"', page) if not name.endswith((".date", ".until", ".to"))}
    return Counter(name.rpartition("-")[2].partition(".")[0] for name in names)


def test_a_returned_form_stands_once_and_what_is_changed_in_it_arrives(
    town: Town, at_window: OpenWindow, number: str
) -> None:
    ann, sun = at_window("ann"), at_window("sun")
    assert press(town, sun, number, "ok", "back") == 303, sun.words
    assert press(town, ann, number, "start", "submit", **CHANGED) == 303, ann.words
    assert held(town) == ARRIVED


def test_no_page_has_two_inputs_of_one_field(town: Town, at_window: OpenWindow, number: str) -> None:
    ann, sun = at_window("ann"), at_window("sun")
    path = f"/town/tasks/{number}.{cases.open_serial(town.ctx, number, 'ok')}"
    sun.get(path)
    assert fields_of(sun.page) == {"room": 1, "extra": 1}
    assert press(town, sun, number, "ok", "back") == 303
    ann.get(f"/town/tasks/{number}.{cases.open_serial(town.ctx, number, 'start')}")
    assert set(fields_of(ann.page).values()) == {1}
    assert len(fields_of(ann.page)) == len(ARRIVED)


def test_a_page_says_for_which_press_a_field_is_and_when_it_has_to_be_filled(
    town: Town, at_window: OpenWindow, number: str
) -> None:
    sun = at_window("sun")
    sun.get(f"/town/tasks/{number}.{cases.open_serial(town.ctx, number, 'ok')}")
    assert "房间 （选“同意”时必填）" in sun.words
    assert "补充 （选“缓一缓”时必填）" in sun.words


@pytest.mark.parametrize(
    ("outcome", "typed", "stored"),
    [
        ("agree", {"f-room": "东厅"}, {"room": "东厅"}),
        ("back", {"f-room": "东厅"}, {"room": "东厅"}),
        ("refuse", {"f-room": "东厅", "f-extra": "没空"}, {"room": "东厅", "extra": "没空"}),
        ("later", {"f-extra": "下周"}, {"extra": "下周"}),
        ("refuse", {}, {}),
        ("back", {}, {}),
    ],
)
def test_whatever_is_pressed_takes_what_was_typed(
    town: Town, at_window: OpenWindow, number: str, outcome: str, typed: dict[str, str], stored: dict[str, str]
) -> None:
    sun = at_window("sun")
    assert press(town, sun, number, "ok", outcome, **typed) == 303, sun.words
    assert {name: value for name, value in held(town).items() if name in ("room", "extra")} == stored


@pytest.mark.parametrize(("outcome", "place"), [("agree", "f-room"), ("later", "f-extra")])
def test_a_press_that_needs_a_field_leads_to_its_one_input(
    town: Town, at_window: OpenWindow, number: str, outcome: str, place: str
) -> None:
    sun = at_window("sun")
    assert press(town, sun, number, "ok", outcome) == 422
    assert f'<a href="#{place}">' in sun.page
    assert f'id="{place}-wrong"' in sun.page


ROWS = """
process: names
title: 名单
subject: [why]
fields:
  why:    {type: text, title: 事由}
  people: {type: table, key: name, title: 名单, columns: {name: {type: text, title: 姓名}, age: {type: integer, title: 年龄, optional: true}}}
start: {who: role staff, fill: [why, people]}
steps:
- {step: ok, title: 审批, ask: role head of start.unit, outcomes: {agree: next, back: {then: back start, at_most: 3}}}
ends: {done: {title: 办成}}
"""
NAMES = [{"name": f"人{n}", "age": n} for n in range(250)]


def test_a_table_longer_than_a_page_loses_no_row(town: Town, at_window: OpenWindow) -> None:
    town.publish(ROWS)
    number = cases.start(town.ctx, Caller("ann"), "names", {"why": "春游", "people": NAMES}, unit="a").number
    ann, sun = at_window("ann"), at_window("sun")
    assert press(town, sun, number, "ok", "back") == 303
    assert press(town, ann, number, "start", "submit", **{"f-people.0.age": "77"}) == 303, ann.words
    assert held(town)["people"] == [{"name": "人0", "age": 77}, *NAMES[1:]]


def test_of_a_form_with_many_faults_the_first_are_listed_and_how_many_more(town: Town, at_window: OpenWindow) -> None:
    town.publish(ROWS)
    number = cases.start(town.ctx, Caller("ann"), "names", {"why": "春游", "people": NAMES}, unit="a").number
    ann, sun = at_window("ann"), at_window("sun")
    assert press(town, sun, number, "ok", "back") == 303
    assert press(town, ann, number, "start", "submit", **{f"f-people.{n}.age": "x" for n in range(80)}) == 422
    listed = ann.page.partition('id="errors"')[2].partition("</div>")[0]
    assert "有80处要改" in listed
    assert (listed.count("<li>"), "还有30处要改。" in listed) == (51, True)
    assert '<a href="#f-people.0.age">' in listed


def test_every_row_of_a_long_table_can_be_edited_without_sending_anything_between(
    town: Town, at_window: OpenWindow
) -> None:
    town.publish(ROWS)
    number = cases.start(town.ctx, Caller("ann"), "names", {"why": "春游", "people": NAMES}, unit="a").number
    ann, sun = at_window("ann"), at_window("sun")
    assert press(town, sun, number, "ok", "back") == 303
    path = f"/town/tasks/{number}.{cases.open_serial(town.ctx, number, 'start')}"
    ann.get(path)
    assert "共250行，这里改第1到200行，其余各行保持不变。" in ann.words
    sent = form_with(ann.page, "seen")
    sent["f-people.0.age"], sent["rows"] = "77", "f-people:200"
    ann.page = ann.client.post(path, data=sent).text
    assert "f-people.249.name" in ann.page
    sent = form_with(ann.page, "seen")
    sent["f-people.249.age"], sent["f-people.250.name"], sent["outcome"] = "x", "新人", "submit"
    refused = ann.client.post(path, data=sent)
    ann.page = refused.text
    assert refused.status_code == 422
    assert '<a href="#f-people.249.age">' in ann.page
    sent = form_with(ann.page, "seen")
    sent["f-people.249.age"], sent["outcome"] = "78", "submit"
    assert ann.client.post(path, data=sent).status_code == 303
    assert held(town)["people"] == [
        {"name": "人0", "age": 77}, *NAMES[1:249], {"name": "人249", "age": 78}, {"name": "新人"},
    ]  # fmt: skip
