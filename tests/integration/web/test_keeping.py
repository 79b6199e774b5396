"""What was typed outlives every refusal: an old token, another session, another person, Back, a second press, a fault."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from html import unescape

import pytest
from flask import Flask
from werkzeug.datastructures import MultiDict

from engine.clock import HOUR
from engine.errors import Busy, Conflict, Forbidden, KeyReused, NotFound, RongtongError
from engine.i18n import both
from engine.operations import cases, uncovering
from engine.operations.accounts import accounts
from engine.operations.context import Caller
from engine.operations.verbs import VERBS
from engine.web.forms.keeping import KEEPING
from tests.integration.web.conftest import PASSWORD, Window
from tests.integration.web.sending import fill_in, form_with, forms_on
from tests.integration.web.test_pages import turns
from tests.town import Town

OpenWindow = Callable[[str], Window]
LONG = "写了很久的一段意见，有“引号”和<尖括号>。\r\n第二行。"


@dataclass(frozen=True)
class Writing:
    """A form with words of one's own: its page, where it goes, the input that is written into, and what else it says."""

    endpoint: str
    person: str
    page: str
    goes: str
    box: str
    more: tuple[tuple[str, str], ...] = ()


def writings(number: str, n: int) -> dict[str, Writing]:
    """Every form of the pages in which somebody writes."""
    task, case = f"/town/tasks/{number}.{n}", f"/town/cases/{number}"
    return {
        "start": Writing("web.start_form", "ann", "/town/start/w1", "/town/start/w1", "f-why"),
        "task": Writing("web.task", "sun", task, task, "opinion.refuse", (("outcome", "refuse"),)),
        "task comment": Writing("web.task_verb", "sun", task, f"{task}/comment", "text.comment"),
        "transfer": Writing("web.task_verb", "sun", task, f"{task}/transfer", "note.transfer"),
        "comment": Writing("web.case_verb", "ann", case, f"{case}/comment", "text.comment"),
        "cancel": Writing("web.case_verb", "cai", case, f"{case}/cancel", "reason.cancel"),
        "exit": Writing(
            "web.case", "ann", case, case, f"opinion.{n - 1}-withdraw", (("outcome", f"{n - 1}-withdraw"),)
        ),
        "answer": Writing("web.incident_verb", "cai", "/town/incidents", f"/town/incidents/{number}.{n}/agree_transfer", "note"),
    }


KINDS = tuple(writings("", 0))


@pytest.fixture
def number(town: Town) -> str:
    return town.start("hold").number


@pytest.fixture(params=KINDS)
def writing(
    request: pytest.FixtureRequest, town: Town, number: str, monkeypatch: pytest.MonkeyPatch
) -> Writing:
    if request.param == "transfer":
        monkeypatch.setattr("engine.app.context", lambda *_given: town.handing("reason"))
    n = cases.open_serial(town.ctx, number, "ok")
    if request.param == "answer":
        cases.transfer(town.handing("consent"), Caller("sun"), number, n, "bo", note="出差")
    return writings(number, n)[request.param]


def write(window: Window, writing: Writing) -> MultiDict[str, str]:
    """Open the page and write; what its form would send."""
    window.get(writing.page)
    goes = {unescape(action) or writing.page: sent for action, sent in forms_on(window.page)}
    sent = goes[writing.goes].copy()
    for name, value in ((writing.box, LONG), *writing.more):
        sent.setlist(name, [value])
    return sent


def send(window: Window, writing: Writing, sent: MultiDict[str, str]) -> int:
    """Send the form; the status of the answer, whose page the window shows."""
    answer = window.client.post(writing.goes, data=sent)
    window.page = answer.text
    return answer.status_code


def still_there(window: Window, writing: Writing) -> bool:
    """Whether the input that was written into has the words again."""
    return any(sent.get(writing.box) == LONG for _, sent in forms_on(window.page))


def log_in_again(window: Window, town: Town, person: str) -> None:
    """Come in afresh in another tab of the same browser: a new session, which knows no token of before."""
    account = accounts.account_of(town.system, "town", person)
    account = account or accounts.create_account(town.system, person, person, None, {"town": person})
    with window.client.session_transaction() as cookie:
        cookie.clear()
        cookie["token"] = accounts.open_session(town.system, account)


def test_every_form_with_words_leads_to_a_page_that_keeps_them(
    app: Flask, town: Town, number: str, at_window: OpenWindow
) -> None:
    known = writings(number, cases.open_serial(town.ctx, number, "ok")).values()
    assert {writing.endpoint for writing in known} <= KEEPING
    adapter = app.url_map.bind("localhost")
    for person in ("ann", "sun", "cai"):
        window = at_window(person)
        for path in {writing.page for writing in known} | {"/me", "/town/inbox", "/town/notices", "/town/start"}:
            if window.get(path).status_code != 200:
                continue
            for goes, sent in forms_on(window.page):
                if any(name.startswith(("note", "text.", "reason.", "opinion", "f-")) for name in sent):
                    endpoint, _ = adapter.match(goes or path, method="POST")
                    assert endpoint in KEEPING, path


def test_a_form_of_an_old_session_comes_again_and_is_sent_by_one_more_press(
    town: Town, at_window: OpenWindow, writing: Writing
) -> None:
    window = at_window(writing.person)
    sent = write(window, writing)
    log_in_again(window, town, writing.person)
    before = turns(town)
    assert send(window, writing, sent) == 403
    assert turns(town) == before
    assert still_there(window, writing)
    assert "你填的内容都在" in window.words
    assert "<title>错误：" in window.page
    goes = {unescape(action) or writing.page: each for action, each in forms_on(window.page)}
    again = goes[writing.goes].copy()
    for name, value in writing.more:
        again.setlist(name, [value])
    if writing.endpoint == "web.start_form":
        fill_in(again, {"f-seat": "1", "f-people": "3"})
    assert send(window, writing, again) in (303, 422), window.words


@pytest.mark.parametrize("how", ["expired", "revoked", "logged out"])
def test_a_form_without_a_session_comes_back_after_a_log_in(
    town: Town, at_window: OpenWindow, writing: Writing, how: str
) -> None:
    window = at_window(writing.person)
    sent = write(window, writing)
    if how == "expired":
        town.clock.advance(13 * HOUR)
    elif how == "revoked":
        with window.client.session_transaction() as cookie:
            accounts.log_out(town.system, cookie["token"])
    else:
        window.post("/logout")
    before = turns(town)
    assert send(window, writing, sent) == 401
    accounts.create_account(town.system, "back", "back", PASSWORD, {"town": writing.person})
    form = form_with(window.page, "password")
    fill_in(form, {"name": "back", "password": PASSWORD})
    window.page = window.client.post("/login", data=form).text
    window.page = window.client.post(writing.goes, data=form_with(window.page, "resume")).text
    assert still_there(window, writing)
    assert turns(town) == before


def test_a_log_in_that_is_too_old_itself_keeps_what_it_carried(
    town: Town, at_window: OpenWindow, writing: Writing
) -> None:
    window = at_window(writing.person)
    sent = write(window, writing)
    town.clock.advance(13 * HOUR)
    send(window, writing, sent)
    form = form_with(window.page, "password")
    form["csrf_token"] = "of another page"
    window.page = window.client.post("/login", data=form).text
    assert form_with(window.page, "password")[f"carry.{writing.box}"] == LONG
    log_in_again(window, town, writing.person)
    window.page = window.client.post("/login", data=form).text
    window.page = window.client.post(writing.goes, data=form_with(window.page, "resume")).text
    assert still_there(window, writing)


def test_somebody_else_at_the_same_window_at_least_gets_the_words(
    town: Town, at_window: OpenWindow, writing: Writing
) -> None:
    window = at_window(writing.person)
    sent = write(window, writing)
    log_in_again(window, town, "bo")
    assert send(window, writing, sent) in (403, 404)
    assert unescape(window.page).count(LONG) >= 1


REFUSALS: dict[str, RongtongError] = {
    "conflict": Conflict(both("已经有人接着办了。")),
    "forbidden": Forbidden(both("这里不由你办。")),
    "gone": NotFound(both("没有这一件。")),
    "reused": KeyReused(both("用过了。")),
    "busy": Busy(both("数据库忙。")),
}
FORMS = {"web.start_form": "start", "web.task": "act", "web.case": "act"}


def let(monkeypatch: pytest.MonkeyPatch, verb: str, instead: Callable[..., None]) -> None:
    """Let pages that do *verb* do something else *instead*."""
    row = VERBS[verb]
    monkeypatch.setattr(uncovering if row.on == "field" else cases, row.operation, instead)


@pytest.mark.parametrize("why", REFUSALS)
def test_whatever_is_refused_the_words_stay(
    at_window: OpenWindow, writing: Writing, why: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_given: object, **_named: object) -> None:
        raise REFUSALS[why]

    window = at_window(writing.person)
    sent = write(window, writing)
    let(monkeypatch, FORMS.get(writing.endpoint, writing.goes.rpartition("/")[2]), refuse)
    assert send(window, writing, sent) in (403, 404, 409, 422, 503)
    assert still_there(window, writing)


def test_a_fault_of_ours_gives_the_words_back(
    at_window: OpenWindow, writing: Writing, monkeypatch: pytest.MonkeyPatch
) -> None:
    def break_down(*_given: object, **_named: object) -> None:
        raise ZeroDivisionError

    window = at_window(writing.person)
    sent = write(window, writing)
    for verb in VERBS:
        let(monkeypatch, verb, break_down)
    assert send(window, writing, sent) == 500
    assert LONG in unescape(window.page)


def test_words_on_a_case_that_ended_meanwhile_are_given_back(
    town: Town, at_window: OpenWindow, writing: Writing, number: str
) -> None:
    window = at_window(writing.person)
    sent = write(window, writing)
    cases.cancel(town.ctx, Caller("cai"), number, "录重了")
    if writing.endpoint != "web.start_form":
        assert send(window, writing, sent) in (403, 404, 409)
        assert LONG in unescape(window.page)


def test_back_and_another_text_is_another_sending_and_loses_nothing(
    town: Town, at_window: OpenWindow, number: str
) -> None:
    writing = writings(number, 0)["comment"]
    window = at_window("ann")
    sent = write(window, writing)
    assert send(window, writing, sent) == 303
    assert send(window, writing, sent) == 303, "the same text with the same key is the same comment"
    before = turns(town)
    sent["text.comment"] = other = "又想起一点"
    assert send(window, writing, sent) == 422
    assert "这一页刚才已经提交过" in window.words
    assert turns(town) == before
    again = next(each for action, each in forms_on(window.page) if action == writing.goes)
    assert again["text.comment"] == other
    assert send(window, writing, again) == 303
    assert turns(town) == before + 1


def test_back_and_another_form_starts_another_case_by_one_more_press(town: Town, at_window: OpenWindow) -> None:
    window = at_window("ann")
    window.get("/town/start/w1")
    sent = form_with(window.page, "f-why")
    fill_in(sent, {"f-seat": "1", "f-people": "3", "f-why": "聚会"})
    assert window.client.post("/town/start/w1", data=sent).status_code == 303
    sent["f-people"] = "4"
    refused = window.client.post("/town/start/w1", data=sent)
    assert refused.status_code == 422
    before = turns(town)
    again = form_with(refused.text, "f-why")
    assert (again["f-people"], again["key"] != sent["key"]) == ("4", True)
    assert window.client.post("/town/start/w1", data=again).status_code == 303
    assert turns(town) == before + 1


def test_a_form_that_is_too_large_comes_again_to_be_shortened(at_window: OpenWindow, writing: Writing) -> None:
    window = at_window(writing.person)
    sent = write(window, writing)
    sent[writing.box] = "长" * 400_000
    assert send(window, writing, sent) == 413
    assert "减少一些再提交" in window.words
    assert any(len(each.get(writing.box, "")) == 400_000 for _, each in forms_on(window.page))


def test_an_opinion_that_is_too_long_or_not_to_be_kept_stays_in_its_box(
    at_window: OpenWindow, writing: Writing
) -> None:
    if writing.box.startswith("f-"):
        return
    window = at_window(writing.person)
    sent = write(window, writing)
    sent[writing.box] = LONG + "长" * 2001
    if writing.goes.endswith("transfer"):
        sent["to.transfer"] = "cai"
    assert send(window, writing, sent) == 422
    assert any(each.get(writing.box) == LONG + "长" * 2001 for _, each in forms_on(window.page))
