"""Forms on a phone: what a press asks stands before it, and nothing is cut in the look for the elderly."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from engine.operations import cases
from engine.operations.context import Caller
from tests.browser.conftest import OpenReader
from tests.browser.test_looks import choose_look
from tests.browser.town import Town


def _out(town: Town) -> str:
    """A loan that was used, so that both sides are asked to rate; its number."""
    number = town.loan(16)
    ctx = town.context()
    n = cases.open_serial(ctx, number, "lender_ok")
    cases.act(ctx, Caller(town.person("lender")), number, n, "agree")
    town.at(6, 16, 16, 5)
    n = cases.open_serial(ctx, number, "check_out")
    fill = {"came": "16", "condition": "完好"}
    cases.act(ctx, Caller(town.person("borrower")), number, n, "out", fill=fill)
    return number


def test_the_stars_stand_before_the_press_that_sends_them(town: Town, reader: OpenReader) -> None:
    _out(town)
    window = reader("rating", width=390)
    window.log_in("borrower")
    window.follow(".row .subject")
    stars, press = window.page.locator(".scale-of"), window.page.locator("button.main[name=outcome]")
    expect(press).not_to_be_in_viewport()
    window.look("01-top")
    window.page.click(".head a[href='#decide']")
    expect(stars).to_be_in_viewport()
    expect(press).to_be_in_viewport()
    bottom = "document.querySelector('.scale-of').getBoundingClientRect().bottom"
    top = "document.querySelector('button.main[name=outcome]').getBoundingClientRect().top"
    assert window.page.evaluate(f"{bottom} <= {top}"), "both at one moment: the page is still rolling"
    window.page.evaluate("scrollTo(0, document.body.scrollHeight)")
    window.look("02-end")


@pytest.mark.parametrize("width", [360, 1280])
def test_times_are_whole_and_facts_use_the_width_in_the_look_for_the_elderly(
    town: Town, reader: OpenReader, width: int
) -> None:
    _out(town)
    window = reader("elder", width=width)
    window.log_in("borrower")
    choose_look(window, "elder")
    window.open("/haicheng/start/borrow_venue")
    window.page.fill("[name='f-slot.from']", "16:30")
    box = window.page.locator("[name='f-slot.from']")
    assert box.evaluate("it => it.scrollWidth - it.clientWidth") <= 0
    wide = box.bounding_box()
    assert wide is not None
    assert wide["width"] >= 140
    window.look("form")
    window.open("/haicheng/inbox")
    window.follow(".row .subject")
    first, second = (window.page.locator(".facts > div").nth(i).bounding_box() for i in (0, 1))
    assert first is not None
    assert second is not None
    assert (first["y"] == second["y"]) == (width == 1280)
    window.look("task")


def test_the_district_and_the_tab_that_is_shown_are_seen_whole(reader: OpenReader) -> None:
    window = reader("tabs", width=320)
    window.log_in("admin")
    window.follow("button[name=language]")
    window.open("/haicheng/incidents")
    window.look("01-last")
    tall = "it => it.getBoundingClientRect().height"
    assert window.page.locator(".place b").evaluate(tall) < 30, "its name stands in one line beside all that may be switched"
    beyond = "it => it.getBoundingClientRect().right - it.parentElement.getBoundingClientRect().right"
    last = window.page.locator(".tabs [aria-current]")
    assert last.text_content() == window.page.locator(".tabs a").last.text_content()
    assert last.evaluate(beyond) < 1, "but for what is rounded"
