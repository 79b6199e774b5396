"""The menu: who finds which pages in it, at a desk and on a phone."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask

from engine.i18n import Text
from engine.web.menu import Item
from engine.web.visit import Visit
from tests.integration.web.conftest import Window

Opens = Callable[[str], Window]
TITLE = Text("公告", "Board")


@pytest.fixture
def board(app: Flask) -> Item:
    """A page that only cai has to do with, and that has no room on the bar of a phone."""

    def is_cai(here: Visit) -> bool:
        return here.caller.person == "cai"

    made = Item("notices", TITLE, "people", open_to=is_cai)
    app.extensions["rongtong.menu"].append(made)
    return made


def rail(window: Window) -> str:
    """What stands in the rail of the page."""
    return window.page.partition('<nav class="rail"')[2].partition("</nav>")[0]


def bar(window: Window) -> str:
    """What stands at the foot of a phone."""
    return window.page.partition('<nav class="tabbar"')[2].partition("</nav>")[0]


def test_the_pages_of_the_engine_stand_in_the_rail_and_on_the_bar_in_one_order(at_window: Opens) -> None:
    window = at_window("ann")
    window.get("/town/inbox")
    for part in (rail(window), bar(window)):
        places = [part.index(words) for words in ("待办", "查件", "发起")]
        assert places == sorted(places)
    assert rail(window).count('aria-current="page"') == bar(window).count('aria-current="page"') == 1
    assert 'href="/town/inbox" aria-current="page"' in rail(window)


def test_a_page_that_is_not_for_everybody_stands_in_the_menu_of_those_it_is_for(board: Item, at_window: Opens) -> None:
    for person, there in (("cai", True), ("ann", False)):
        window = at_window(person)
        window.get("/town/inbox")
        assert (board.title.zh in rail(window)) is there


def test_what_has_no_room_on_the_bar_is_found_on_a_phone_on_ones_own_page(board: Item, at_window: Opens) -> None:
    window = at_window("cai")
    assert board.title.zh not in bar(window)
    assert board.title.zh in window.page.partition('class="onphone"')[2].partition("</nav>")[0]


def test_nobody_has_a_list_of_further_pages_where_there_are_none(at_window: Opens) -> None:
    assert 'class="onphone"' not in at_window("ann").page


def test_the_menu_is_said_in_the_readers_language(board: Item, at_window: Opens) -> None:
    window = at_window("cai")
    with window.client.session_transaction() as cookie:
        cookie["language"] = "en"
    window.get("/town/inbox")
    assert all(words in rail(window) for words in ("Inbox", "Find a case", "Start", board.title.en))
