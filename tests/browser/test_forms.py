"""Forms under the hands of people: an ended session, two presses, an input method, a page that grew old."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect
from sqlalchemy import select

from engine.clock import HOUR, MINUTE
from engine.operations import clockwork
from engine.operations.accounts.accounts import IDLE
from engine.store.schema import tables
from tests.browser.conftest import OpenReader
from tests.browser.test_borrowing import fill_in, press
from tests.browser.town import PASSWORD, Town


def commands(town: Town) -> list[str]:
    """The kinds of command in the journal of the district's cases, oldest first."""
    t = tables.journal.c
    query = select(t.command).where(t.stream.not_in(["definition", "org", "hub"]), ~t.stream.startswith("account:"))
    query = query.order_by(t.at, t.seq)
    return list(town.system.runner.run(lambda tx: tx.connection.execute(query).scalars().all(), write=False))


def open_first_task(page: Page) -> None:
    page.click(".row .subject")
    page.wait_for_url("**/tasks/*")


def test_what_was_typed_comes_back_after_a_session_that_ended(town: Town, reader: OpenReader) -> None:
    window = reader("session", width=390)
    window.log_in("borrower")
    window.open("/haicheng/start/borrow_venue")
    fill_in(window.page, "50")
    town.clock.advance(IDLE)
    window.follow("main form.card button.main")
    expect(window.page.locator(".strip")).to_have_text("登录已过期。你填的内容已保存，登录后接着填。")
    window.look("ended")
    window.page.fill("#name", "borrower")
    window.page.fill("#password", PASSWORD)
    window.page.click("button.main")
    expect(window.page.locator("#f-people")).to_have_value("50")
    expect(window.page.locator("[name='f-slot.from']")).to_have_value("14:00")
    expect(window.page.locator("#f-purpose")).to_have_value("端午包粽子，请老人一起来")
    window.look("refilled")
    assert commands(town) == []
    window.follow("main form.card button.main")
    window.page.wait_for_url("**/cases/*")
    assert commands(town) == ["start"]


def test_without_script_what_was_typed_comes_back_by_one_press(town: Town, reader: OpenReader) -> None:
    town.loan(16)
    window = reader("session", script=False)
    window.log_in("lender")
    open_first_task(window.page)
    window.page.locator("summary", has_text=re.compile("^不同意$")).click()
    window.page.fill("[id='opinion.refuse']", "当天消防检查")
    town.clock.advance(IDLE)
    window.page.locator("details[open] button[name=outcome]").click()
    window.page.fill("#name", "lender")
    window.page.fill("#password", PASSWORD)
    window.page.click("button.main")
    window.page.locator("button", has_text="接着填").click()
    expect(window.page.locator("[id='opinion.refuse']")).to_have_value("当天消防检查")
    assert commands(town) == ["start"]


def test_two_presses_are_one_act(town: Town, reader: OpenReader) -> None:
    town.loan(16)
    window = reader("twice")
    window.log_in("lender")
    open_first_task(window.page)
    window.page.locator("button.main[name=outcome]").dblclick()
    window.page.wait_for_url("**/inbox")
    assert commands(town).count("act") == 1


def test_enter_while_an_input_method_composes_sends_nothing(town: Town, reader: OpenReader) -> None:
    town.loan(16)
    window = reader("composing")
    window.log_in("lender")
    open_first_task(window.page)
    task = window.page.url
    box = window.page.locator("[id='opinion.agree']")
    box.focus()
    cdp = window.page.context.new_cdp_session(window.page)
    cdp.send("Input.imeSetComposition", {"text": "ke", "selectionStart": 2, "selectionEnd": 2})
    for kind in ("rawKeyDown", "keyUp"):
        cdp.send("Input.dispatchKeyEvent", {
            "type": kind, "key": "Process", "code": "Enter", "windowsVirtualKeyCode": 229, "modifiers": 2,
        })  # fmt: skip
    cdp.send("Input.insertText", {"text": "可以"})
    expect(box).to_have_value("可以")
    assert window.page.url == task
    assert commands(town) == ["start"]


def test_enter_in_a_box_sends_no_form(town: Town, reader: OpenReader) -> None:
    window = reader("enter")
    window.log_in("borrower")
    window.open("/haicheng/start/borrow_venue")
    window.page.fill("#f-people", "5")
    window.page.press("#f-people", "Enter")
    window.page.press("[id='f-slot.date']", "Enter")
    expect(window.page.locator("#errors")).to_have_count(0)
    assert window.page.url.endswith("/start/borrow_venue")
    assert commands(town) == []


def test_an_old_page_says_what_changed_and_keeps_the_opinion(town: Town, reader: OpenReader) -> None:
    number = town.loan(16)
    lender, other, borrower = reader("lender"), reader("other"), reader("borrower")
    for window in (lender, other):
        window.log_in("lender")
        open_first_task(window.page)
    other.page.locator("summary", has_text=re.compile("^退回修改$")).click()
    other.page.fill("[id='opinion.revise']", "人数写错了吧")
    other.page.locator("details[open] button[name=outcome]").click()
    other.page.wait_for_url("**/inbox")
    borrower.log_in("borrower")
    open_first_task(borrower.page)
    borrower.page.fill("#f-people", "30")
    borrower.page.click("button.main[name=outcome]")
    borrower.page.wait_for_url("**/inbox")

    lender.page.fill("[id='opinion.agree']", "厨房也可以用")
    press(lender, "同意")
    expect(lender.page.locator("main")).to_contain_text("你已在另一窗口办理")
    expect(lender.page.locator("main")).to_contain_text("厨房也可以用")
    assert lender.page.title().startswith(("错误：", "已经办了"))
    assert number in lender.page.inner_text("main")


def test_a_decision_taken_back_sends_nothing(town: Town, reader: OpenReader) -> None:
    number = town.loan(16)
    lender = reader("lender", width=390)
    lender.log_in("lender")
    open_first_task(lender.page)
    press(lender, "同意")
    lender.page.wait_for_url("**/inbox")
    expect(lender.page.locator(".strip.done")).to_contain_text(f"已办理：同意 {number}")
    lender.look("strip")
    town.clock.advance(MINUTE // 2)
    lender.page.locator(".strip.done button", has_text="撤回").click()
    lender.page.wait_for_url("**/tasks/*")
    clockwork.pass_time(town.context(), town.clock, town.clock.now() + HOUR)
    notice = tables.notice
    query = select(notice.c.zh).where(notice.c.person == town.person("borrower"))
    assert town.system.runner.run(lambda tx: tx.connection.execute(query).all(), write=False) == []
    assert commands(town) == ["start", "act", "take_back"]


def test_the_diagram_opens_on_a_tap_and_fits_a_phone(town: Town, reader: OpenReader) -> None:
    number = town.loan(16)
    window = reader("diagram", width=390)
    window.log_in("lender")
    window.open(f"/haicheng/cases/{number}")
    expect(window.page.locator("svg.diagram").first).to_be_hidden()
    window.page.click(".picture summary")
    drawn = window.page.locator("svg.diagram.slim")
    expect(drawn).to_be_visible()
    expect(window.page.locator("svg.diagram.broad")).to_be_hidden()
    assert (
        window.page.evaluate("(at => at.scrollWidth - at.clientWidth)(document.querySelector('.picture .scroll'))") <= 0
    )
    window.look("open")
    wide = reader("diagram")
    wide.log_in("lender")
    wide.open(f"/haicheng/cases/{number}")
    expect(wide.page.locator("svg.diagram.broad")).to_be_visible()
    for at, kind in ((window, "slim"), (wide, "broad")):
        box = f"document.querySelector('svg.diagram.{kind} g .box')"
        drawn_to = at.page.evaluate(f"{box}.getBoundingClientRect().height / {box}.getAttribute('height')")
        assert abs(drawn_to - 1) < 0.02
