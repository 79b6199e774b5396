"""Refusals as pages: one sentence in the reader's language that says what to do, the right status, nothing changed."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from flask import Flask, abort

from engine.errors import Busy, Conflict, Forbidden, KeyReused, NotFound, RongtongError
from engine.i18n import Text, both
from engine.operations import cases
from engine.operations.accounts import accounts
from engine.operations.context import Caller
from engine.rest import problems
from engine.store.accounts import attempts
from engine.web import errors
from tests.integration.operations import test_lost_races as races
from tests.integration.web.conftest import PASSWORD, Window
from tests.integration.web.test_pages import begin, decision, open_task, turns
from tests.town import Town

OpenWindow = Callable[[str], Window]
OURS = Text("先找区管理员。", "Ask the administrator first.")


def answers(app: Flask, fault: Exception | int) -> None:
    """Let ``/design`` fail so."""

    def view() -> str:
        if isinstance(fault, int):
            abort(fault)
        raise fault

    app.view_functions["web.design"] = view


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize(
    ("fault", "status"),
    [
        (Forbidden(OURS), 403), (404, 404), (405, 405), (Conflict(OURS), 409), (413, 413), (429, 429),
        (ZeroDivisionError("secret"), 500), (Busy(OURS), 503), (503, 503), (400, 400),
    ],
)  # fmt: skip
def test_a_refusal_is_a_sentence_with_a_way_on(
    app: Flask, at_window: OpenWindow, fault: Exception | int, status: int, language: str
) -> None:
    answers(app, fault)
    ann = at_window("ann")
    ann.post("/look", language=language, next="/me")
    assert ann.get("/design").status_code == status
    heading = re.search(r"<h1>([^<]+)</h1>", ann.page)
    assert heading is not None
    chinese = bool(re.search("[一-鿿]", heading[1]))
    assert chinese == (language == "zh")
    assert heading[1].rstrip().endswith("。" if chinese else ".")
    assert not re.search("非法|无效|失败|对不起|！|[45]\\d\\d", ann.words)
    assert 'href="/"' in ann.page or "/town/inbox" in ann.page
    assert "secret" not in ann.page


@pytest.mark.parametrize("kind", [NotFound, Forbidden, Conflict, KeyReused, Busy])
def test_a_refusal_has_the_same_status_at_every_door(app: Flask, kind: type[RongtongError]) -> None:
    with app.test_request_context("/town/inbox"):
        page = errors.refused(kind(both("不行。")))
        assert isinstance(page, tuple)
        assert page[1] == problems.of_refusal(kind(both("不行。"))).status_code


def test_a_refusal_inside_a_district_keeps_the_frame(at_window: OpenWindow) -> None:
    ann = at_window("ann")
    assert ann.get("/town/nowhere").status_code == 404
    assert "主菜单" in ann.page


def test_a_database_that_is_away_is_said_in_words(
    at_window: OpenWindow, town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    ann = at_window("ann")
    busy = Busy(Text("数据库忙，没有保存。1分钟后再试。", "The database is busy; nothing was saved."))

    def away(*_given: object, **_named: object) -> None:
        raise busy

    monkeypatch.setattr(type(town.system.runner), "run", away)
    assert ann.get("/town/inbox").status_code == 503
    assert "数据库忙，没有保存。1分钟后再试。" in ann.words
    assert "R-" in ann.words


def test_after_five_wrong_passwords_even_the_right_one_waits(window: Window, town: Town) -> None:
    for _ in range(attempts.TRIES):
        assert window.log_in("ann", "a wrong one").status_code == 422
    assert window.log_in("ann").status_code == 429
    assert "过5分钟再试" in window.words
    assert "<title>错误：" in window.page
    town.clock.advance(attempts.REST)
    assert window.log_in("ann").status_code == 303


def test_a_form_that_is_too_large_is_refused_in_words(at_window: OpenWindow, town: Town) -> None:
    ann = at_window("ann")
    ann.get("/town/start/w1")
    answer = ann.post("/town/start/w1", **{"f-why": "长" * 400_000})
    assert answer.status_code == 413
    assert "减少一些再提交" in ann.words
    assert turns(town) == 0


def test_an_empty_comment_is_named_at_its_box(at_window: OpenWindow) -> None:
    ann = at_window("ann")
    number = begin(ann)
    ann.get(f"/town/cases/{number}")
    assert ann.post(f"/town/cases/{number}/comment", **{"text.comment": " "}).status_code == 422
    assert '<a href="#text.comment">写几个字再留言。</a>' in ann.page
    assert re.search(r'id="text.comment-wrong">.*?<span>写几个字再留言。</span>', ann.page, flags=re.DOTALL)
    assert '<details class="aside-form" id="comment" open>' in ann.page
    assert "<title>错误：" in ann.page


@pytest.mark.parametrize(("verb", "box"), [("comment", "text.comment"), ("cancel", "reason.cancel")])
def test_words_beside_a_case_survive_an_ended_session_and_nothing_is_done_unasked(
    at_window: OpenWindow, window: Window, town: Town, verb: str, box: str
) -> None:
    number = begin(at_window("ann"))
    before = turns(town)
    admin = at_window("cai")
    admin.get(f"/town/cases/{number}")
    with admin.client.session_transaction() as cookie:
        accounts.log_out(town.system, cookie["token"])
    ended = admin.post(f"/town/cases/{number}/{verb}", **{box: "录重了"}, beside="k1")
    assert ended.status_code == 401
    accounts.create_account(town.system, "boss", "boss", PASSWORD, {"town": "cai"})
    carried = {name: admin.input(name) for name in (f"carry.{box}", "carry.beside")}
    admin.post("/login", name="boss", password=PASSWORD, next=admin.input("next"), **carried)
    words = {box: admin.input(box)}
    back = admin.post(f"/town/cases/{number}/{verb}", resume="1", **words, beside=admin.input("beside"))
    assert back.status_code == 200
    assert turns(town) == before
    assert re.search(rf'name="{box}"[^>]*>录重了</textarea>', admin.page)


def test_who_decides_what_a_colleague_has_claimed_meanwhile_is_told_who_did(at_window: OpenWindow, town: Town) -> None:
    town.publish(races.TALK)
    case = cases.start(town.ctx, Caller("bea"), "talk", races.FORM, unit="b")
    bo, n = at_window("bo"), cases.open_serial(town.ctx, case.number, "ok", Caller("bo"))
    path = open_task(bo)
    cases.claim(town.ctx, Caller("bea"), case.number, n)
    assert bo.post(path, **decision(bo, "agree", **{"opinion.agree": "五十人可以"})).status_code == 409
    assert "毕云已于09:00认领此件" in bo.words
    assert "五十人可以" in bo.page
