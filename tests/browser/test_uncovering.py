"""A dispatcher reads a masked phone in a real browser, with script and without, and the one concerned sees who did."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import OpenReader
from tests.browser.town import Town


@pytest.mark.parametrize(("width", "script"), [(1280, True), (390, True), (390, False)])
def test_a_phone_is_shown_for_a_task_and_what_was_typed_stays(
    town: Town, reader: OpenReader, width: int, script: bool
) -> None:
    number = town.order()
    window = reader("uncover" if script else "uncover-plain", width=width, script=script)
    window.log_in("dispatcher")
    window.follow(".row .subject")
    expect(window.page.locator(".facts")).to_contain_text("139*****345")
    if script:
        window.look("masked")
    window.page.locator("input[type=date]").first.press("Enter")
    expect(window.page.locator(".facts")).to_contain_text("139*****345")  # Enter in a box presses nothing
    window.page.locator("summary", has_text="不予受理").click()
    window.page.fill("[id='opinion.reject']", "先打个电话问问")
    window.page.locator("#comment summary").click()
    window.page.fill("[id='text.comment']", "打过一次，没人接")
    window.page.click("#comment button")
    expect(window.page.locator(".timeline blockquote")).to_have_text("打过一次，没人接")
    expect(window.page.locator("[id='opinion.reject']")).to_have_value("先打个电话问问")
    window.page.click(".uncover")
    expect(window.page.locator(".facts a[href^='tel:']")).to_have_text("13977912345")
    expect(window.page.locator("[id='opinion.reject']")).to_have_value("先打个电话问问")
    expect(window.page.locator("[id='opinion.reject']")).to_be_visible()
    if script:
        window.look("shown")
    window.open(f"/haicheng/cases/{number}")
    expect(window.page.locator(".facts")).to_contain_text("139*****345")
    window.page.click(".uncover")
    expect(window.page.locator(".facts a[href^='tel:']")).to_have_text("13977912345")
    concerned = reader("concerned", width=width)
    concerned.log_in("borrower")
    concerned.open(f"/haicheng/cases/{number}")
    expect(concerned.page.locator(".readings li")).to_have_count(2)
    concerned.look("case")
    concerned.open("/me")
    expect(concerned.page.locator(".readings")).to_contain_text("看了联系电话")
    concerned.look("me")
