"""The pages on a real database: what they show, what a press does, and what a mistake is answered."""

from __future__ import annotations

import json
import re
from collections.abc import Callable

import pytest
from sqlalchemy import func, select

from engine.clock import DAY, HOUR
from engine.operations import cases
from engine.operations.clockwork import pass_time
from engine.operations.context import Caller
from engine.store.schema.tables import journal
from tests.integration.web.conftest import Window
from tests.town import Town

OpenWindow = Callable[[str], Window]
FORM = {"f-seat": "靠窗", "f-people": "4", "f-why": "聚会", "f-mood": ""}


def turns(town: Town) -> int:
    """How many commands on cases the journal holds."""
    count = select(func.count()).select_from(journal).where(
        journal.c.stream.not_in(["definition", "org"]), ~journal.c.stream.startswith("account:")
    )
    return int(town.ctx.runner.run(lambda tx: tx.connection.execute(count).scalar_one(), write=False))


def begin(window: Window, **typed: str) -> str:
    """Start a case by its form; its number."""
    window.get("/town/start/w1")
    answer = window.post("/town/start/w1", **{**FORM, "key": window.input("key"), **typed})
    assert answer.status_code == 303, window.words
    return answer.headers["Location"].rsplit("/", 1)[1]


def open_task(window: Window) -> str:
    """The address of the first task in the inbox, with its page opened."""
    window.get("/town/inbox")
    path = re.search(r'class="subject" href="([^"]+)"', window.page)
    assert path is not None, window.words
    window.get(path[1])
    return path[1]


def decision(window: Window, outcome: str, **typed: str) -> dict[str, str]:
    """What the page's form sends when *outcome* is pressed."""
    return {"key": window.input("key"), "seen": window.input("seen"), "outcome": outcome, **typed}


def test_a_case_is_started_found_decided_and_read(at_window: OpenWindow) -> None:
    ann, bea = at_window("ann"), at_window("sun")
    number = begin(ann)
    ann.get(f"/town/cases/{number}")
    assert "现在在谁手里" in ann.words
    path = open_task(bea)
    assert "到你这里，因为" in bea.words
    assert "同意后：" in bea.words
    done = bea.post(path, **decision(bea, "agree"))
    assert (done.status_code, done.headers["Location"]) == (303, "/town/inbox")
    bea.get("/town/inbox")
    assert f"已办理：同意 {number}" in bea.words
    ann.get(f"/town/cases/{number}")
    assert "办成" in ann.words
    ann.get("/town/cases?q=靠窗")
    assert number in ann.words
    assert ann.get(f"/town/cases?q={number}").headers["Location"] == f"/town/cases/{number}"
    ann.get("/town/cases")
    assert number in ann.words


def test_pressing_twice_is_one_act(at_window: OpenWindow, town: Town) -> None:
    ann, sun = at_window("ann"), at_window("sun")
    begin(ann)
    path = open_task(sun)
    form = decision(sun, "agree")
    token = sun.token
    first = sun.client.post(path, data={"csrf_token": token, **form})
    before = turns(town)
    second = sun.client.post(path, data={"csrf_token": token, **form})
    assert (first.status_code, second.status_code) == (303, 303)
    assert turns(town) == before


def test_a_form_sent_twice_starts_one_case(at_window: OpenWindow, town: Town) -> None:
    ann = at_window("ann")
    ann.get("/town/start/w1")
    form = {**FORM, "key": ann.input("key")}
    token = ann.token
    places = {
        ann.client.post("/town/start/w1", data={"csrf_token": token, **form}).headers["Location"] for _ in range(2)
    }
    assert len(places) == 1
    assert turns(town) == 1


def test_every_fault_of_a_form_is_told_at_once_and_nothing_typed_is_lost(at_window: OpenWindow, town: Town) -> None:
    ann = at_window("ann")
    ann.get("/town/start/w1")
    wrong = {"f-seat": "", "f-people": "许多", "f-why": "聚会<b>", "key": ann.input("key")}
    answer = ann.post("/town/start/w1", **wrong)
    assert answer.status_code == 422
    assert "<title>错误：" in ann.page
    assert "有2处要改" in ann.words
    summary = re.findall(r'<li><a href="#(f-[a-z]+)">([^<]+)</a>', ann.page)
    assert [place for place, _ in summary] == ["f-seat", "f-people"]
    for place, said in summary:
        assert re.search(rf'id="{place}-wrong">.*?<span>{re.escape(said)}</span>', ann.page, flags=re.DOTALL)
    assert 'value="许多"' in ann.page
    assert "聚会&lt;b&gt;" in ann.page
    assert turns(town) == 0


def test_who_comes_second_is_told_who_was_first(at_window: OpenWindow) -> None:
    ann, sun, again = at_window("ann"), at_window("sun"), at_window("sun")
    begin(ann)
    path = open_task(sun)
    open_task(again)
    sun.post(path, **decision(sun, "agree"))
    late = again.post(path, **decision(again, "refuse", **{"opinion.refuse": "人太多"}))
    assert late.status_code == 409
    assert "人太多" in again.words


def test_a_decision_can_be_taken_back_from_the_strip(at_window: OpenWindow, town: Town) -> None:
    sun, number = at_window("sun"), town.start("hold").number
    path = open_task(sun)
    sun.post(path, **decision(sun, "agree"))
    sun.get("/town/inbox")
    assert "撤回这一步" in sun.words
    n = path.rpartition(".")[2]
    back = sun.post(f"/town/cases/{number}/take_back", n=n, beside=sun.input("beside"))
    assert back.headers["Location"].startswith(f"/town/tasks/{number}.")
    sun.get(back.headers["Location"])
    assert "同意后：" in sun.words


def test_what_ended_a_case_is_not_offered_to_be_taken_back(at_window: OpenWindow, town: Town) -> None:
    ann, number = at_window("ann"), town.start("hold").number
    path = f"/town/cases/{number}"
    ann.get(path)
    (outcome,) = re.findall(r'name="outcome" value="([^"]+)"', ann.page)
    assert ann.post(path, key=ann.input("key"), outcome=outcome).status_code == 303
    ann.get(path)
    assert f"已办理：撤回 {number}" in ann.words
    assert "/take_back" not in ann.page and "撤回这一步" not in ann.words


def test_a_press_that_is_none_of_the_step_s_is_refused(at_window: OpenWindow, town: Town) -> None:
    ann, sun = at_window("ann"), at_window("sun")
    begin(ann)
    path = open_task(sun)
    before = turns(town)
    answer = sun.post(path, **decision(sun, "explode"))
    assert answer.status_code == 422
    assert turns(town) == before


def test_a_comment_is_read_by_both_sides_as_it_was_written(at_window: OpenWindow) -> None:
    ann, sun = at_window("ann"), at_window("sun")
    number = begin(ann)
    ann.get(f"/town/cases/{number}")
    ann.post(f"/town/cases/{number}/comment", **{"text.comment": "<script>alert(1)</script>谢谢"}, beside=ann.input("beside"))
    open_task(sun)
    assert "&lt;script&gt;alert(1)&lt;/script&gt;谢谢" in sun.page
    assert "<script>alert" not in sun.page


def test_a_task_is_claimed_and_given_back(at_window: OpenWindow, town: Town) -> None:
    ann, sun = at_window("ann"), at_window("sun")
    begin(ann)
    path = open_task(sun)
    assert f'formaction="{path}/claim"' in sun.page
    sun.post(f"{path}/claim", beside="k1")
    sun.get(path)
    assert f'formaction="{path}/claim"' not in sun.page
    assert f'formaction="{path}/unclaim"' in sun.page
    sun.post(f"{path}/unclaim", beside="k2")
    sun.get(path)
    assert f'formaction="{path}/claim"' in sun.page


def test_the_inbox_asks_for_news_and_hears_nothing_until_there_are_some(at_window: OpenWindow) -> None:
    ann, sun = at_window("ann"), at_window("sun")
    begin(ann)
    sun.get("/town/inbox")
    path = re.search(r'hx-get="([^"]+)"', sun.page)
    assert path is not None
    news = path[1].replace("&amp;", "&")
    assert sun.client.get(news).status_code == 204
    begin(ann)
    told = sun.client.get(news)
    assert told.status_code == 200
    assert "新到1件，点此显示" in told.text
    assert "<html" not in told.text


def test_news_of_an_ended_session_are_quiet(window: Window) -> None:
    assert window.get("/_/town/inbox/news?seen=x").status_code == 204


@pytest.mark.parametrize(
    "path",
    [
        "/nowhere", "/town/nowhere", "/other/inbox", "/town/cases/260610-99999", "/town/tasks/260610-99999.1",
        "/town/tasks/nonsense", "/town/tasks/1.1", "/town/start/nothing", "/town/cases/%00", "/town/cases?q=%00",
    ],
)  # fmt: skip
def test_what_is_not_there_and_what_is_not_ours_look_alike(at_window: OpenWindow, path: str) -> None:
    window = at_window("ann")
    answer = window.get(path)
    assert answer.status_code == 404
    assert "<h1>" in window.page


def test_letters_that_no_database_keeps_are_refused_in_words(window: Window) -> None:
    window.get("/login")
    answer = window.post("/login", name="an\x00n", password="x" * 8)
    assert answer.status_code == 422
    assert "删掉后再提交" in window.words


def test_a_case_of_others_is_not_there(at_window: OpenWindow) -> None:
    number = begin(at_window("ann"))
    stranger = at_window("bo")
    assert stranger.get(f"/town/cases/{number}").status_code == 404
    assert stranger.get(f"/town/cases/{number}/print").status_code == 404
    stranger.get("/town/cases?q=靠窗")
    assert number not in stranger.words
    assert stranger.get(f"/town/cases?q={number}").status_code == 200
    assert "没有找到" in stranger.words


def test_an_administrator_cancels_with_a_reason(at_window: OpenWindow) -> None:
    number = begin(at_window("ann"))
    admin = at_window("cai")
    admin.get(f"/town/cases/{number}")
    assert "取消办件" in admin.words
    empty = admin.post(f"/town/cases/{number}/cancel", **{"reason.cancel": ""}, beside="k1")
    assert empty.status_code == 422
    done = admin.post(f"/town/cases/{number}/cancel", **{"reason.cancel": "录重了"}, beside="k2")
    assert done.status_code == 303
    admin.get(f"/town/cases/{number}")
    assert "录重了" in admin.words


def test_paper_carries_number_parties_and_a_code(at_window: OpenWindow) -> None:
    ann = at_window("ann")
    number = begin(ann)
    assert ann.get(f"/town/cases/{number}/print").status_code == 200
    assert number in ann.words
    assert 'class="qr"' in ann.page


def test_every_page_reads_in_english(at_window: OpenWindow) -> None:
    ann = at_window("ann")
    number = begin(ann)
    ann.get("/me")
    ann.post("/look", language="en", next="/town/inbox")
    for path in ("inbox", "start", "start/w1", "cases", f"cases/{number}", "notices"):
        assert ann.get(f"/town/{path}").status_code == 200
        assert '<html lang="en"' in ann.page
        assert not re.search("待办|查件|办理|现在在谁手里", ann.words), path


def test_the_look_is_remembered_over_log_out(at_window: OpenWindow) -> None:
    ann = at_window("ann")
    ann.get("/me")
    ann.post("/look", look="elder", next="/me")
    ann.get("/me")
    assert 'data-look="elder"' in ann.page
    ann.post("/logout")
    ann.get("/login")
    assert 'data-look="elder"' in ann.page
    ann.post("/look", look="purple", next="/login")
    ann.get("/login")
    assert 'data-look="auto"' in ann.page


def test_reading_changes_nothing(at_window: OpenWindow, town: Town) -> None:
    ann, sun = at_window("ann"), at_window("sun")
    number = begin(ann)
    path = open_task(sun)
    before = turns(town)
    for page in ("/town/inbox", path, f"/town/cases/{number}", "/town/start/w1", "/town/cases", "/town/notices", "/me"):
        assert sun.get(page).status_code in (200, 403)
    assert turns(town) == before


def test_there_are_no_personas_outside_a_demo(at_window: OpenWindow) -> None:
    window = at_window("ann")
    assert window.get("/demo").status_code == 404
    window.get("/me")
    assert window.post("/demo", persona="anybody").status_code == 404


def test_a_late_task_stands_first_and_says_how_late(at_window: OpenWindow, town: Town) -> None:
    begin(at_window("ann"))
    town.clock.advance(3 * DAY)
    sun = at_window("sun")
    sun.get("/town/inbox")
    assert "逾期1件" in sun.words
    assert re.search("逾期[1-9]天", sun.words)


def test_who_runs_the_district_is_told_that_a_year_has_no_calendar_yet(at_window: OpenWindow) -> None:
    cai, ann = at_window("cai"), at_window("ann")
    cai.get("/town/inbox")
    assert "2026年的放假安排还没有全部核对" in cai.words
    ann.get("/town/inbox")
    assert "放假安排" not in ann.words


def test_a_notice_stands_under_its_subject_and_is_new_until_it_was_read(at_window: OpenWindow, town: Town) -> None:
    case = town.start("hold", seat="窗边")
    town.act(case, "ok", "refuse", "sun", opinion="那天没人")
    pass_time(town.ctx, town.clock, town.clock.now() + HOUR)
    ann = at_window("ann")
    ann.get("/town/notices")
    assert "1条新消息" in ann.words
    assert re.search(rf'class="subject" href="/town/cases/{case.number}">窗边</a><div class="told">未成</div>', ann.page)
    ann.post("/town/notices", upto=ann.input("upto"), key=ann.input("key"))
    ann.get("/town/notices")
    assert "没有新消息" in ann.words


def test_an_administrator_finds_reads_and_mends_what_failed(at_window: OpenWindow, town: Town) -> None:
    cai = at_window("cai")
    cai.get("/town/incidents")
    assert "没有异常" in cai.words
    case = town.start("hold", seat="靠窗", mood="fail")
    cai.get("/town/inbox")
    assert '/town/incidents">异常<span class="n">1</span>' in cai.page
    cai.get("/town/incidents")
    assert "1处异常等你处理" in cai.words
    assert "已试1次" in cai.words
    action = re.search(r'action="(/town/incidents/[^"]+/retry)"', cai.page)
    assert action is not None
    cai.post(action[1], key="k1")
    cai.get("/town/incidents")
    assert f"{case.number}又试了一次，还是没有办成" in cai.words
    assert "已试2次" in cai.words
    cai.post(f"/town/cases/{case.number}/cancel", **{"reason.cancel": "修不好了"}, beside="k2")
    cai.post(action[1], key="k3")
    cai.get("/town/incidents")
    assert "此件已经办结" in cai.words
    assert "没有异常" in cai.words


SENT_ON = """
process: sent_on
title: 派单
fields: {why: {type: text, title: 事由}}
start: {who: role staff, fill: [why]}
steps:
- step: give
  title: 派单
  ask: role head of start.unit
  outcomes:
    team:
      title: 派给队伍
      steps: [{step: takes, title: 队伍接单, ask: role head of start.unit, outcomes: {yes: next}}]
      then: next
ends: {done: {title: 办成}}
"""


def test_the_picture_marks_the_small_step_that_is_open_and_not_the_one_that_led_to_it(
    at_window: OpenWindow, town: Town
) -> None:
    town.publish(SENT_ON)
    case = cases.start(town.ctx, Caller("ann"), "sent_on", {"why": "x"}, unit="a")
    ann, path = at_window("ann"), f"/town/cases/{case.number}"
    for before, now in (([], "派单"), (["派单"], "队伍接单")):
        ann.get(path)
        drawn = ann.page[ann.page.index('class="diagram broad"') : ann.page.index('class="diagram slim"')]
        marked = re.findall(r'<g class="(now|seen)"><rect[^>]*/><text[^>]*>([^<]*)<', drawn)
        assert marked == [("seen", "发起"), *(("seen", title) for title in before), ("now", now)]
        if now == "派单":
            town.act(case, "give", "team", "sun")


def test_incidents_are_no_page_of_staff(at_window: OpenWindow) -> None:
    ann = at_window("ann")
    ann.get("/town/inbox")
    assert "异常" not in ann.words
    assert ann.get("/town/incidents").status_code == 403
    assert "由区管理员办理" in ann.words


@pytest.mark.parametrize("name", ["process.schema.json", "district.schema.json"])
def test_an_editor_gets_the_schema_of_what_it_edits(window: Window, name: str) -> None:
    answer = window.get(f"/schema/{name}")

    assert answer.mimetype == "application/schema+json"
    assert json.loads(window.page)["$id"] == f"/schema/{name}"


def test_no_other_file_is_served_as_a_schema(window: Window) -> None:
    assert window.get("/schema/keys.py").status_code == 404
