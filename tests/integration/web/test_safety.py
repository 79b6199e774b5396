"""Sessions, cookies, headers and the token in every form."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask

from engine.app import Options, create_app
from engine.clock import HOUR
from engine.operations.accounts import accounts
from tests.integration.web.conftest import PASSWORD, Window
from tests.town import Town

OpenWindow = Callable[[str], Window]


def test_a_person_logs_in_works_and_logs_out(window: Window) -> None:
    assert window.get("/town/inbox").headers["Location"] == "/login?next=/town/inbox"
    window.get("/login?next=/town/inbox")
    left = window.post("/login", name="ann", password=PASSWORD, next="/town/inbox")
    assert (left.status_code, left.headers["Location"]) == (303, "/town/inbox")
    assert window.get("/town/inbox").status_code == 200
    window.post("/logout")
    assert window.get("/town/inbox").status_code == 303


def test_the_same_sentence_refuses_a_wrong_name_and_a_wrong_password(window: Window) -> None:
    wrong = window.log_in("ann", "not the password")
    first = window.words
    unknown = window.log_in("nobody", PASSWORD)
    assert (wrong.status_code, unknown.status_code) == (422, 422)
    assert "账号或密码不对" in first
    assert first == window.words


def test_a_session_is_a_new_one_after_log_in_and_gone_after_log_out(window: Window, town: Town) -> None:
    window.log_in("ann")
    with window.client.session_transaction() as cookie:
        token = cookie["token"]
    window.get("/me")
    window.post("/logout")
    assert accounts.session(town.system, token) is None


@pytest.mark.parametrize("path", ["/logout", "/look", "/login", "/town/start/w1", "/town/notices"])
def test_a_form_without_its_token_changes_nothing(at_window: Callable[[str], Window], path: str) -> None:
    window = at_window("ann")
    refused = window.client.post(path, data={"language": "en"})
    assert refused.status_code == 403
    assert "刷新" in refused.text
    assert window.get("/town/inbox").status_code == 200


@pytest.mark.parametrize("next_", ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:x"])
def test_log_in_leads_to_no_other_host(window: Window, next_: str) -> None:
    window.get("/login")
    assert window.post("/login", name="ann", password=PASSWORD, next=next_).headers["Location"] == "/"


PATHS = ("/login", "/town/inbox", "/town/cases", "/nowhere", "/town/nowhere", "/healthz", "/static/base.css", "/design")


@pytest.mark.parametrize("path", PATHS)
def test_every_answer_carries_the_headers(at_window: Callable[[str], Window], path: str) -> None:
    headers = at_window("ann").get(path).headers
    assert "default-src 'none'" in headers["Content-Security-Policy"]
    assert "unsafe" not in headers["Content-Security-Policy"]
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"
    assert "Strict-Transport-Security" not in headers
    if not path.startswith("/static"):
        assert headers["Cache-Control"] == "no-store"
    if "inbox" in path or "cases" in path:
        assert "Cookie" in headers["Vary"]


def test_only_one_cookie_is_set_and_script_cannot_read_it(window: Window) -> None:
    window.get("/login")
    cookies = window.log_in("ann").headers.getlist("Set-Cookie")
    assert [cookie.partition("=")[0] for cookie in cookies] == ["rt"]
    assert all(part in cookies[0] for part in ("HttpOnly", "SameSite=Lax", "Path=/"))


def test_behind_https_the_cookie_is_bound_to_this_host(town: Town) -> None:
    app = create_app(town.system, Options(secret_key="only for tests", public_url="https://rt.example"))
    answer = app.test_client().get("/login", base_url="https://rt.example")
    cookie = answer.headers["Set-Cookie"]
    assert cookie.startswith("__Host-rt=")
    assert "Secure" in cookie
    assert "Domain" not in cookie
    assert "max-age=31536000" in answer.headers["Strict-Transport-Security"]


def test_a_key_that_signs_no_more_still_opens_what_it_signed(town: Town) -> None:
    accounts.create_account(town.system, "ann", "ann", PASSWORD, {"town": "ann"})
    before = create_app(town.system, Options(secret_key="the key of last year"))
    window = Window(before.test_client())
    window.log_in("ann")
    window.get("/me")
    turned = create_app(town.system, Options(secret_key="the key of now", older_keys=("the key of last year",)))
    window.client.application = turned
    assert window.post("/look", look="dark", next="/me").status_code == 303, "a form of the page before"
    assert window.get("/me").status_code == 200
    window.client.application = create_app(town.system, Options(secret_key="the key of now"))
    assert window.get("/me").status_code == 200, "signed anew since"
    window.client.application = before
    assert window.get("/me").status_code == 303, "the old key alone knows nothing of it"


def test_a_file_of_a_named_version_is_kept_and_any_other_is_not(window: Window) -> None:
    assert "immutable" in window.get("/static/base.css?v=1").headers["Cache-Control"]
    assert "immutable" not in window.get("/static/base.css").headers.get("Cache-Control", "")


def test_an_ended_session_gives_back_what_was_typed(window: Window, town: Town) -> None:
    window.log_in("ann")
    window.get("/town/start/w1")
    key = window.input("key")
    town.clock.advance(13 * HOUR)
    ended = window.post("/town/start/w1", **{"f-seat": "靠窗", "f-people": "4", "f-why": "", "key": key})
    assert ended.status_code == 401
    assert "你填的内容已保存" in window.words
    carried = {name: window.input(name) for name in ("carry.f-seat", "carry.f-people", "carry.key")}
    assert carried == {"carry.f-seat": "靠窗", "carry.f-people": "4", "carry.key": key}
    back = window.post("/login", name="ann", password=PASSWORD, next="/town/start/w1", **carried)
    assert back.status_code == 200
    again = window.post(
        "/town/start/w1", resume="1", **{name: window.input(name) for name in ("f-seat", "f-people", "key")}
    )
    assert again.status_code == 200
    assert window.input("f-people") == "" or "靠窗" in window.page
    assert 'value="4"' in window.page
    assert window.input("key") == key


def test_faults_of_ours_show_a_reference_and_no_trace(app: Flask, at_window: Callable[[str], Window]) -> None:
    def broken() -> str:
        raise ZeroDivisionError("the secret of the house")

    app.view_functions["web.design"] = broken
    window = at_window("ann")
    answer = window.get("/design")
    assert answer.status_code == 500
    assert "没有显示出来；已经保存的内容都在" in window.words
    assert "R-" in window.words
    assert "secret" not in window.page
    assert "Traceback" not in window.page
