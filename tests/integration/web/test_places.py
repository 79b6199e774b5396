"""Several districts and several doors: who belongs to two, what hosts and forms from elsewhere may do."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from flask import Flask

from engine.app import Options, create_app
from engine.operations.accounts import accounts
from tests.integration.web.conftest import PASSWORD, Window
from tests.integration.web.test_pages import begin, turns
from tests.town import Town

OpenWindow = Callable[[str], Window]


def test_every_form_of_the_pages_carries_the_token(app: Flask, at_window: OpenWindow) -> None:
    ann = at_window("ann")
    number = begin(ann)
    for path in ("/me", "/town/inbox", "/town/notices", "/town/start/w1", f"/town/cases/{number}", "/login"):
        ann.get(path)
        forms = re.findall(r'<form[^>]*method="post".*?</form>', ann.page, flags=re.DOTALL)
        assert forms, path
        assert all('name="csrf_token"' in form for form in forms), path


def test_every_address_that_changes_something_asks_for_the_token(
    app: Flask, at_window: OpenWindow, town: Town
) -> None:
    ann = at_window("ann")
    number = begin(ann)
    before = turns(town)
    given = {
        "district": "town", "process": "w1", "number": number, "ref": f"{number}.2", "n": 2, "verb": "comment",
        "rest": "x", "filename": "base.css", "kind": "json",
    }  # fmt: skip
    tried = 0
    for rule in app.url_map.iter_rules():
        if not rule.endpoint.startswith("web.") or "POST" not in (rule.methods or ()):
            continue
        verb = re.search(r"any\((\w+)", rule.rule)
        asked = {name: given[name] for name in rule.arguments}
        path = app.url_map.bind("").build(rule.endpoint, asked | ({"verb": verb[1]} if verb else {}), method="POST")
        assert ann.client.post(path, data={"note": "x"}).status_code == 403, path
        assert ann.client.post(path, data={"note": "x", "csrf_token": "forged"}).status_code == 403, path
        tried += 1
    assert tried >= 10
    assert turns(town) == before


def test_a_session_chosen_by_somebody_else_is_not_taken_over(window: Window) -> None:
    window.get("/login")
    with window.client.session_transaction() as cookie:
        cookie["token"] = "chosen by somebody else"
        cookie["seen"] = {"town": ["260610-00001"]}
    window.log_in("ann")
    with window.client.session_transaction() as cookie:
        assert cookie["token"] != "chosen by somebody else"
        assert "seen" not in cookie
    assert window.get("/town/inbox").status_code == 200


def test_two_log_ins_are_two_sessions_and_one_log_out_ends_one(app: Flask, window: Window) -> None:
    other = Window(app.test_client())
    window.log_in("ann")
    other.log_in("ann")
    with window.client.session_transaction() as mine, other.client.session_transaction() as theirs:
        assert mine["token"] != theirs["token"]
    window.get("/me")
    window.post("/logout")
    assert window.get("/town/inbox").status_code == 303
    assert other.get("/town/inbox").status_code == 200


def test_a_host_name_that_somebody_sent_stands_in_no_address(town: Town) -> None:
    number = town.start().number
    account = accounts.create_account(town.system, "ann", "ann", None, {"town": "ann"})
    client = create_app(town.system, Options(secret_key="only for tests", public_url="https://rt.example")).test_client()
    own = "https://rt.example"
    assert client.get("/town/inbox", base_url="https://evil.example").status_code == 400
    assert client.get("/town/inbox", base_url=own).headers["Location"] == "/login?next=/town/inbox"
    with client.session_transaction(base_url=own) as cookie:
        cookie["token"] = accounts.open_session(town.system, account)
    paper = client.get(f"/town/cases/{number}/print", base_url=own, headers={"X-Forwarded-Host": "evil.example"})
    assert paper.status_code == 200
    assert f"https://rt.example/town/cases/{number}" in paper.text
    assert "evil" not in paper.text


@pytest.mark.parametrize("path", ["/look", "/login"])
def test_no_form_leads_to_another_host(window: Window, path: str) -> None:
    window.get("/login")
    answer = window.post(path, name="ann", password=PASSWORD, language="zh", next="https://evil.example/x")
    assert answer.headers["Location"] == "/"


def test_a_person_of_one_district_is_led_straight_to_it_and_sees_no_switch(at_window: OpenWindow) -> None:
    ann = at_window("ann")
    assert ann.get("/").headers["Location"] == "/town/inbox"
    ann.get("/town/inbox")
    assert "换区" not in ann.words


def test_who_has_no_post_in_a_district_does_not_learn_that_it_is_there(app: Flask, town: Town) -> None:
    account = accounts.create_account(town.system, "nobody", "nobody", None, {})
    window = Window(app.test_client())
    with window.client.session_transaction() as cookie:
        cookie["token"] = accounts.open_session(town.system, account)
    there, nowhere = window.get("/town/inbox"), window.get("/elsewhere/inbox")
    assert there.status_code == nowhere.status_code == 404
    assert window.get("/me").status_code == 200
