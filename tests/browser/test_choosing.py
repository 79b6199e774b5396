"""Choosing one of many in a real browser: by mouse, by keys, and without a script; on a desk and on a phone."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from engine.app import Options, create_app, open_system
from engine.clock import SetClock
from engine.definition.district.model import DistrictPack, GrantRow, PersonRow, UnitRow
from engine.definition.load import load_text
from engine.i18n import both
from engine.operations import cases
from engine.operations.accounts import accounts
from engine.operations.content.adopt import adopt, adopt_process
from engine.operations.content.pack import Pack
from engine.operations.context import Caller
from tests.browser.conftest import OpenReader, Reader
from tests.browser.town import MORNING, PASSWORD, Town
from tests.town import CALENDAR

UNITS = (
    UnitRow("c", "中心", "中心", "中心"),
    *(UnitRow(f"u{n}", f"第{n}社区", f"第{n}社区", "站", parent="c") for n in range(1, 31)),
    *(UnitRow(f"t{n}", f"第{n}志愿队", f"第{n}志愿队", "队", parent="c") for n in range(1, 4)),
)
PERSONS = (
    PersonRow("ann", "安宁", "u1"), PersonRow("abe", "艾北", "u1"), PersonRow("cai", "蔡明", "c"),
    *(PersonRow(f"p{n:03}", f"居民{n:03}", f"u{n % 30 + 1}") for n in range(1, 301)),
    PersonRow("last", "尹海林", "u9"), PersonRow("z1", "张伟", "u1"), PersonRow("z2", "张伟", "u1"),
)  # fmt: skip
GRANTS = (GrantRow("ann", "staff", "u1"), GrantRow("abe", "head", "u1"), GrantRow("z2", "head", "u2"),
          GrantRow("cai", "district_admin", "c"))  # fmt: skip
FORM = """
process: form
title: 登记
subject: [who]
fields:
  who:   {type: person, title: 兑换人}
  unit:  {type: unit, title: 哪个单位}
  team:  {type: unit, title: 哪支队伍, among: row.kind = '队'}
  why:   {type: text, title: 事由, max: 40}
start: {who: role staff, fill: [who, unit, team, why]}
steps:
- {step: ok, title: 审批, ask: role head of start.unit, outcomes: {agree: {title: 同意, then: next}, back: {title: 退回, then: back start, at_most: 3}}}
ends: {done: {title: 办成}}
"""

KINDS = """
process: kinds
title: 入库
subject: [name]
fields:
  kind:    {type: choice, of: [个人, 社团, 商家], title: 类别}
  name:    {type: text, title: 名称, max: 40}
  members: {type: integer, title: 人数, when: kind = '社团'}
  code:    {type: text, title: 信用代码, max: 20, when: kind = '商家'}
  offer:   {type: text, title: 优惠, max: 40, optional: true, when: kind = '商家'}
start: {who: role staff, fill: [kind, name, members, code, offer]}
steps: [{step: ok, title: 审批, ask: role head of start.unit, outcomes: {agree: {title: 同意, then: next}}}]
ends: {done: {title: 办成}}
"""


@pytest.fixture
def town(tmp_path: Path) -> Iterator[Town]:
    """A town with more people and units than a list holds."""
    system = open_system(f"sqlite:///{tmp_path}/crowd.db", clock=SetClock(MORNING))
    pack = DistrictPack("haicheng", both("海城区"), both("海城区"), plugins={}, units=UNITS, persons=PERSONS,
                        grants=GRANTS, file="crowd.yaml")  # fmt: skip
    ctx = adopt(system, Pack(pack, (CALENDAR,)), Caller(""))
    adopt_process(ctx, Caller("cai"), load_text(FORM, ctx.catalogue, "form.yaml"))
    for person in ("ann", "abe"):
        accounts.create_account(system, person, person, PASSWORD, {"haicheng": person})
    clock = system.clock
    assert isinstance(clock, SetClock)
    yield Town(system, clock, create_app(system, Options(secret_key="only-for-tests")))
    system.runner.release()
    system.database.close()


def opened(reader: OpenReader, name: str, **more: object) -> Reader:
    window = reader(name, **more)
    window.log_in("ann")
    window.open("/haicheng/start/form")
    return window


def facts(page: Page) -> str:
    return page.locator("dl.facts").inner_text()


def send(page: Page) -> None:
    page.click("form.card button.btn.main")
    page.wait_for_url(re.compile("/cases/"))


@pytest.mark.parametrize("width", [390, 1280])
def test_the_last_of_many_is_chosen_with_the_mouse(reader: OpenReader, width: int) -> None:
    window = opened(reader, "choose-mouse", width=width)
    page = window.page
    page.click("#f-who")
    expect(page.locator("#f-who-options [role=option]").first).to_be_visible()
    page.locator("#f-who").press_sequentially("尹海")
    expect(page.locator("#f-who-options [role=option]")).to_have_text(["尹海林（第9社区）"])
    window.look("open")
    page.click("#f-who-options [role=option]")
    expect(page.locator("#f-who")).to_have_value("尹海林（第9社区）")
    page.fill("#f-unit", "第12社区")
    page.click("#f-unit-options [role=option]")
    page.select_option("#f-team", label="第2志愿队")
    page.fill("#f-why", "领米")
    window.look("filled")
    send(page)
    assert all(words in facts(page) for words in ("尹海林", "第12社区", "第2志愿队"))


def test_the_last_of_many_is_chosen_with_keys(reader: OpenReader) -> None:
    window = opened(reader, "choose-keys")
    page = window.page
    page.focus("#f-who")
    page.keyboard.type("yhl")
    expect(page.locator("#f-who-options [role=option]")).to_have_text(["尹海林（第9社区）"])
    page.keyboard.press("ArrowDown")
    expect(page.locator("#f-who")).to_have_attribute("aria-activedescendant", "f-who-options-0")
    page.keyboard.press("Enter")
    expect(page.locator("#f-who")).to_have_value("尹海林（第9社区）")
    expect(page.locator("#f-who-options")).to_be_hidden()
    page.keyboard.press("Tab")
    page.keyboard.type("zw")
    page.keyboard.press("Escape")
    expect(page.locator("#f-unit-options")).to_be_hidden()
    assert "/start/form" in page.url, "Enter chooses and does not send"


def test_people_of_one_name_are_told_apart(reader: OpenReader) -> None:
    page = opened(reader, "choose-twins").page
    page.fill("#f-who", "张伟")
    expect(page.locator("#f-who-options [role=option]")).to_have_text(["张伟（第1社区·z1）", "张伟（第1社区·head）"])


@pytest.mark.parametrize("width", [390, 1280])
def test_without_a_script_a_word_and_a_press_find(reader: OpenReader, width: int) -> None:
    window = opened(reader, "choose-plain", width=width, script=False)
    page = window.page
    page.fill("#f-why", "领米")
    page.fill("[name='f-who.find']", "尹海林")
    page.click("button[name=find][value='f-who']")
    expect(page.locator("#f-who option")).to_have_text(["选一项", "尹海林（第9社区）"])
    expect(page.locator("#f-why")).to_have_value("领米")
    page.select_option("#f-who", label="尹海林（第9社区）")
    page.fill("[name='f-unit.find']", "第12社区")
    window.page.screenshot(path=window.shots / f"{window.name}-found.png", full_page=True)
    page.click("button[name=find][value='f-unit']")
    page.select_option("#f-unit", label="第12社区")
    expect(page.locator("#f-who option:checked")).to_have_text("尹海林（第9社区）")
    page.select_option("#f-team", label="第2志愿队")
    page.screenshot(path=window.shots / f"{window.name}-filled.png", full_page=True)
    send(page)
    assert all(words in facts(page) for words in ("尹海林", "第12社区", "第2志愿队"))


def test_what_was_sought_and_not_chosen_is_asked_for_at_its_place(reader: OpenReader) -> None:
    window = opened(reader, "choose-open", width=390)
    page = window.page
    page.fill("#f-who", "张伟")
    page.fill("#f-why", "领米")
    page.click("form.card button.btn.main")
    expect(page.locator("#errors")).to_be_focused()
    expect(page.locator("#errors a").first).to_have_text("“张伟”还没有选定，从查到的里选一个。")
    expect(page.locator("#f-why")).to_have_value("领米")
    page.click("#errors a >> nth=0")
    expect(page.locator("#f-who")).to_be_focused()
    window.look("asked")


def test_a_returned_form_is_corrected_and_what_stood_there_stays(town: Town, reader: OpenReader) -> None:
    ctx = town.context()
    fill = {"who": "last", "unit": "u12", "team": "t2", "why": "领米"}
    number = cases.start(ctx, Caller("ann"), "form", fill, unit="u1").number
    cases.act(ctx, Caller("abe"), number, cases.open_serial(ctx, number, "ok"), "back")
    window = reader("choose-returned")
    window.log_in("ann")
    window.open(f"/haicheng/tasks/{number}.{cases.open_serial(ctx, number, 'start')}")
    page = window.page
    expect(page.locator("#f-who")).to_have_value("尹海林（第9社区）")
    assert page.locator("[name^='f-'][name$='who']").count() == 1
    page.fill("#f-why", "领油")
    page.fill("#f-unit", "d7sq")
    expect(page.locator("#f-unit-options [role=option]").first).to_be_visible()
    window.look("open")
    page.fill("#f-unit", "第7社区")
    page.click("#f-unit-options [role=option]")
    page.click("button[name=outcome]")
    page.wait_for_url(lambda url: "/tasks/" not in url)
    window.open(f"/haicheng/cases/{number}")
    assert all(words in facts(page) for words in ("尹海林", "第7社区", "领油"))


@pytest.mark.parametrize("width", [390, 1280])
def test_fields_under_a_condition_come_and_go_with_what_it_looks_at(
    town: Town, reader: OpenReader, width: int
) -> None:
    ctx = town.context()
    adopt_process(ctx, Caller("cai"), load_text(KINDS, ctx.catalogue, "kinds.yaml"))
    window = reader("variants", width=width)
    window.log_in("ann")
    window.open("/haicheng/start/kinds")
    page = window.page
    expect(page.locator("#f-code")).to_be_hidden()
    page.locator("label.pick", has_text="商家").click()
    expect(page.locator("#f-code")).to_be_visible()
    expect(page.locator("#f-members")).to_be_hidden()
    window.look("merchant")
    page.fill("#f-code", "91450502")
    page.locator("label.pick", has_text="社团").click()
    expect(page.locator("#f-code")).to_be_hidden()
    page.fill("#f-members", "12")
    page.fill("#f-name", "书法会")
    send(page)
    assert "12" in facts(page)
    assert "91450502" not in facts(page)


def test_without_a_script_a_sentence_says_when_a_field_is_filled(town: Town, reader: OpenReader) -> None:
    ctx = town.context()
    adopt_process(ctx, Caller("cai"), load_text(KINDS, ctx.catalogue, "kinds.yaml"))
    window = reader("variants-plain", width=390, script=False)
    window.log_in("ann")
    window.open("/haicheng/start/kinds")
    expect(window.page.locator("form.card")).to_contain_text("“类别”是“商家”时填")
    expect(window.page.locator("#f-code")).to_be_visible()
    window.page.screenshot(path=window.shots / f"{window.name}.png", full_page=True)
