"""The looks, the keyboard, the page without script and the strip that tells of news, in a real browser."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import OpenReader, Reader
from tests.browser.town import Town


def choose_look(at: Reader, look: str) -> None:
    at.open("/me")
    at.page.check(f"input[value={look}]")
    at.follow(at.page.locator("button", has_text=re.compile("保存|Save")))


@pytest.mark.parametrize("width", [320, 390, 1280])
@pytest.mark.parametrize("look", ["light", "dark", "elder"])
def test_every_component_stands_in_every_look(reader: OpenReader, look: str, width: int) -> None:
    window = reader("design", width=width, scheme="dark" if look == "dark" else "light")
    window.open(f"/design?look={look}")
    window.look(look)


@pytest.mark.parametrize("frame", ["mobile", "print"])
def test_every_component_stands_in_every_layout(reader: OpenReader, frame: str) -> None:
    window = reader("layout", width=390)
    window.open(f"/design?frame={frame}")
    window.look(frame)


def test_in_large_print_targets_are_60_pixels_high(town: Town, reader: OpenReader) -> None:
    town.loan(16)
    window = reader("targets", width=390)
    window.log_in("lender")
    choose_look(window, "elder")
    window.open("/haicheng/inbox")
    window.follow(".row .subject")
    heights = window.page.eval_on_selector_all(
        ".presses > .btn, .presses summary, .plainbtn",
        "all => all.map(one => one.getBoundingClientRect().height).filter(height => height > 0)",
    )
    assert len(heights) > 4
    assert min(heights) >= 60


def test_the_whole_way_of_a_decision_is_walked_by_keyboard(town: Town, reader: OpenReader) -> None:
    number = town.loan(16)
    window = reader("keys")
    window.log_in("lender")
    keys = window.page.keyboard
    keys.press("j")
    keys.press("o")
    window.page.wait_for_url("**/tasks/*")
    expect(window.page.locator(".head .meta a")).to_have_text(number)
    window.page.focus("[id='opinion.agree']")
    keys.type("厨房也可以用o")
    keys.press("Enter")
    assert "/tasks/" in window.page.url
    keys.press("Control+Enter")
    window.page.wait_for_url("**/inbox")
    expect(window.page.locator(".strip.done")).to_contain_text(number)


def test_without_script_a_task_is_decided_all_the_same(town: Town, reader: OpenReader) -> None:
    number = town.loan(16)
    window = reader("plain", script=False)
    window.log_in("lender")
    window.follow(".row .subject")
    window.page.locator("summary", has_text=re.compile("^不同意$")).click()
    window.page.fill("[id='opinion.refuse']", "当天消防检查")
    window.page.locator("details[open] button[name=outcome]").click()
    window.page.wait_for_url("**/inbox")
    expect(window.page.locator(".strip.done")).to_contain_text(number)


@pytest.mark.parametrize("width", [390, 1280])
def test_news_are_offered_and_never_moved_under_the_pointer(town: Town, reader: OpenReader, width: int) -> None:
    town.loan(16)
    window = reader("news", width=width)
    window.page.clock.install()
    window.log_in("lender")
    expect(window.page.locator(".row")).to_have_count(1)
    with window.page.expect_response("**/_/**") as quiet:
        window.page.clock.fast_forward(20_000)
    assert quiet.value.status == 204
    stood = window.page.locator(".row").bounding_box()
    town.loan(17)
    with window.page.expect_response("**/_/**"):
        window.page.clock.fast_forward(20_000)
    expect(window.page.locator("#news a")).to_have_text("新到1件，点此显示")
    expect(window.page.locator(".row")).to_have_count(1)
    assert window.page.locator(".row").bounding_box() == stood
    expect(window.page.locator("#news a")).to_be_in_viewport()
    window.look("strip")
    window.page.click("#news a")
    expect(window.page.locator(".row")).to_have_count(2)


def test_every_page_speaks_english_when_asked(town: Town, reader: OpenReader) -> None:
    number = town.loan(16)
    window = reader("english")
    window.log_in("lender")
    window.follow("button[name=language]")
    expect(window.page.locator("html")).to_have_attribute("lang", "en")
    window.open("/haicheng/inbox")
    expect(window.page.locator("h1")).to_have_text("Nothing is due today")
    window.look("inbox")
    window.follow(".row .subject")
    window.look("task")
    window.open(f"/haicheng/cases/{number}")
    expect(window.page.locator("#now")).to_have_text("Now with")
    window.look("case")


def test_who_works_in_two_districts_changes_from_one_to_the_other(town: Town, reader: OpenReader) -> None:
    window = reader("districts", width=390)
    window.log_in("admin")
    expect(window.page.locator("h1")).to_have_text("选一个区")
    window.look("choose")
    window.follow("a.pcard:has-text('贵定县')")
    expect(window.page.locator(".place b")).to_have_text("贵定县")
    window.follow(".tabbar a:has-text('我的')")
    expect(window.page.locator("a.pcard[aria-current]")).to_contain_text("贵定县")
    window.look("me")
    window.page.click("a.pcard:has-text('海城区')")
    window.page.wait_for_url("**/haicheng/inbox")
    window.open("/me")
    expect(window.page.locator("a.pcard[aria-current]")).to_contain_text("海城区")
