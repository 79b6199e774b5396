"""The personas of a demo: one press each, no password, and a thin bar that changes between them."""

from __future__ import annotations

import pytest

from engine.app import Options, create_app
from engine.i18n import Text
from engine.operations.accounts import accounts
from engine.web.site import Demo, Persona
from tests.integration.web.conftest import Window
from tests.town import Town

CAST = (
    Persona("ann", "安宁", Text("甲社区工作人员", "Staff of 甲"), "甲社区", "town", Text("2件待办", "2 to do")),
    Persona("sun", "孙立", Text("东街负责人", "Head of 东街"), "东街", "town", Text("没有待办", "nothing to do")),
)


@pytest.fixture
def window(town: Town) -> Window:
    """A window before a demo."""

    def enter(key: str) -> str:
        account = accounts.account_of(town.system, "town", key)
        return accounts.open_session(
            town.system, account or accounts.create_account(town.system, f"demo.{key}", key, None, {"town": key})
        )

    demo = Demo(lambda: CAST, enter, lambda: Text("演示停在周五16:40。", "The demo stands at Friday 16:40."))
    return Window(create_app(town.system, Options(secret_key="only for tests", demo=demo)).test_client())


def test_the_first_page_of_a_demo_is_its_cast(window: Window) -> None:
    assert window.get("/").headers["Location"] == "/demo"
    window.get("/demo")
    assert "选一个人，看他今天要做什么" in window.words
    assert "演示停在周五16:40。" in window.words
    assert all(one.title.zh in window.words and one.todo.zh in window.words for one in CAST)


def test_one_press_makes_one_that_person_and_the_next_press_another(window: Window) -> None:
    window.get("/demo")
    assert window.post("/demo", persona="ann").headers["Location"] == "/town/inbox"
    window.get("/town/inbox")
    assert "甲社区" in window.words
    assert 'value="ann" aria-pressed="true"' in window.page
    window.post("/demo", persona="sun")
    window.get("/town/inbox")
    assert 'value="sun" aria-pressed="true"' in window.page


def test_nobody_becomes_who_is_not_in_the_cast(window: Window) -> None:
    window.get("/demo")
    assert window.post("/demo", persona="cai").status_code == 404
    assert window.get("/town/inbox").status_code == 303


def test_becoming_somebody_needs_the_token_of_the_form(window: Window) -> None:
    window.get("/demo")
    assert window.client.post("/demo", data={"persona": "ann"}).status_code == 403
