"""Two units borrow and lend a hall, from the first form to the last rating, in a real browser."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import OpenReader, Reader
from tests.browser.town import Town


def fill_in(page: Page, people: str) -> None:
    """The form of a loan; the hall is chosen by its words."""
    page.fill("input#f-venue", "黄海路社区/多功能厅")
    page.click("#f-venue-options [data-id]")
    page.fill("[name='f-slot.date']", "2026-06-16")
    page.fill("[name='f-slot.from']", "14:00")
    page.fill("[name='f-slot.until']", "16:00")
    page.fill("#f-people", people)
    page.fill("#f-purpose", "端午包粽子，请老人一起来")


def press(at: Reader, words: str) -> None:
    """The filled button, or one that unfolds first."""
    at.follow(at.page.locator("button[name=outcome]", has_text=re.compile(f"^{words}$")).first)


@pytest.mark.parametrize("width", [390, 1280])
def test_a_hall_is_borrowed_lent_used_and_rated_by_both_sides(town: Town, reader: OpenReader, width: int) -> None:
    borrower, lender = reader("borrower", width=width), reader("lender", width=width)
    borrower.open("/login")
    borrower.look("01-login")
    borrower.log_in("borrower")
    borrower.look("02-inbox-empty")

    borrower.open("/haicheng/start")
    borrower.look("03-start")
    borrower.page.click("a.pcard:has-text('跨站借地')")
    fill_in(borrower.page, "许多")
    borrower.page.click("main form button.main")
    said = borrower.page.locator("#errors li").first.inner_text()
    assert said == borrower.page.locator(".field.has-wrong .wrong").inner_text()
    expect(borrower.page.locator("#f-people")).to_have_value("许多")
    expect(borrower.page.locator("[name='f-slot.from']")).to_have_value("14:00")
    borrower.look("04-form-with-a-fault")
    borrower.page.fill("#f-people", "50")
    borrower.page.click("main form button.main")
    borrower.page.wait_for_url("**/cases/*")
    case = borrower.page.url
    number = case.rsplit("/", 1)[1]
    expect(borrower.page.locator(".holder .now")).to_contain_text("黄海路社区")
    borrower.look("05-case-with-the-lender")

    lender.log_in("lender")
    expect(lender.page.locator(".head .under")).to_contain_text("1件不急")
    expect(lender.page.locator(".row .subject")).to_contain_text("多功能厅")
    lender.look("06-inbox")
    lender.follow(".row .subject")
    expect(lender.page.locator(".why summary")).to_contain_text("到你这里，因为")
    expect(lender.page.locator(".evidence li").first).to_be_visible()
    expect(lender.page.locator(".presses .will").first).to_contain_text("同意后：")
    expect(lender.page.locator("button.main[name=outcome]")).to_be_in_viewport()
    lender.page.click(".why summary")
    lender.look("07-task")
    lender.page.locator("summary", has_text=re.compile("^不同意$")).click()
    lender.look("08-task-reason")
    lender.page.locator("summary", has_text=re.compile("^不同意$")).click()
    task = lender.page.url
    press(lender, "同意")
    lender.page.wait_for_url("**/inbox")
    expect(lender.page.locator(".strip.done")).to_contain_text(f"已办理：同意 {number}")
    lender.look("09-agreed")
    lender.page.click(".strip.done button")
    lender.page.wait_for_url("**/tasks/*")
    press(lender, "同意")
    lender.page.wait_for_url("**/inbox")
    lender.page.goto(task)
    expect(lender.page.locator("main")).not_to_contain_text("意见 （可不填）")

    borrower.page.goto(case)
    expect(borrower.page.locator(".timeline")).to_contain_text("同意")
    borrower.page.click("#comment summary")
    borrower.page.fill("[id='text.comment']", "粽叶我们自己带，借用一下水池。")
    borrower.page.click("#comment button")
    expect(borrower.page.locator(".timeline .comment blockquote")).to_contain_text("粽叶")
    borrower.look("10-case-agreed")

    town.at(6, 16, 16, 10)
    borrower.open("/haicheng/inbox")
    borrower.page.wait_for_url("**/login?next=/haicheng/inbox")  # a night later the session has ended
    borrower.log_in("borrower")
    borrower.follow(".row .subject")
    borrower.page.fill("#f-came", "53")
    borrower.page.check("input[value=完好]")
    borrower.look("11-check-out")
    press(borrower, "签退")
    borrower.page.wait_for_url("**/tasks/*")
    borrower.page.locator("label", has_text=re.compile("^5$")).click()
    press(borrower, "提交评价")
    borrower.page.wait_for_url("**/inbox")

    lender.log_in("lender")
    lender.follow(".row .subject")
    lender.page.locator("label", has_text=re.compile("^5$")).click()
    press(lender, "提交评价")
    lender.page.wait_for_url("**/inbox")

    borrower.page.goto(case)
    expect(borrower.page.locator(".holder .now")).to_have_text("已借出")
    borrower.look("12-case-ended")
    borrower.open(f"/haicheng/cases/{number}/print")
    expect(borrower.page.locator("svg.qr")).to_be_visible()
    borrower.look("13-print")
    borrower.open("/haicheng/cases?q=多功能厅")
    expect(borrower.page.locator(".row.found")).to_contain_text(number)
    borrower.look("14-search")


@pytest.mark.parametrize("width", [390, 1280])
def test_what_is_taken_or_too_small_is_said_at_its_field_and_nothing_is_typed_twice(
    town: Town, reader: OpenReader, width: int
) -> None:
    town.loan(16)
    borrower = reader("borrower", width=width)
    borrower.log_in("borrower")
    borrower.open("/haicheng/start/borrow_venue")
    fill_in(borrower.page, "50")
    borrower.page.click("main form button.main")
    wrong = borrower.page.locator(".field.has-wrong .wrong")
    expect(wrong).to_have_text("这个时段已被南珠东社区预约。最近的空档是6月16日16:30–18:30。")
    expect(borrower.page.locator("#errors li")).to_have_count(1)
    expect(borrower.page.locator("[name='f-slot.from']")).to_have_value("14:00")
    expect(borrower.page.locator("#f-purpose")).to_have_value("端午包粽子，请老人一起来")
    borrower.look("taken-at-the-field")
    borrower.page.fill("[name='f-slot.from']", "16:30")
    borrower.page.fill("[name='f-slot.until']", "18:30")
    borrower.page.fill("#f-people", "500")
    borrower.page.click("main form button.main")
    expect(wrong).to_contain_text("黄海路社区/多功能厅最多容80人，本次500人。")
    borrower.page.fill("#f-people", "50")
    borrower.page.click("main form button.main")
    borrower.page.wait_for_url("**/cases/*")
