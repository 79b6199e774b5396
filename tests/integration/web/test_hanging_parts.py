"""A part of a page that hangs costs one page its time: those after it come without the part, and somebody is told."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from engine.extend import Committed, Evidence, EvidenceSource, Page, PageContext, ReadContext, RowShown, Text, View
from engine.extend.calls.watched import REST
from engine.hanging import GivenUp
from engine.store.databases.database import Database
from tests.hanging import ByHand, Hanging
from tests.integration.web.test_pages import OpenWindow, begin, open_task
from tests.town import Town, build
from tests.unit.extend.plugins_for_tests import giving, plugin

INSTEAD = "插件“slow”的这一块暂时显示不了。"
RESTS = "）：刚才没有办完，5分钟内不再调用"
AWAY = "）：前面的调用还没有停下来，停下以前这个进程不再调用它"


class Hangs:
    """Hangs in one *way* where it is told to, and counts how often it was asked."""

    def __init__(self, code: Hanging) -> None:
        self.code, self.way, self.what, self.asked = code, "spin", "", 0

    def at(self, what: str) -> None:
        """Hang, if that is what hangs."""
        self.asked += what == self.what
        if what == self.what:
            getattr(self.code, self.way)()


@pytest.fixture
def hangs(code: Hanging) -> Hangs:
    return Hangs(code)


@pytest.fixture
def town(db: Database, hangs: Hangs) -> Iterator[Town]:
    """The town with a plugin whose parts hang."""

    def notice(ctx: PageContext) -> str:
        hangs.at("notice")
        return "so is it"

    def note(ctx: PageContext, row: RowShown) -> None:
        hangs.at("note")

    def gather(ctx: ReadContext, inputs: Any, receipt: Any) -> list[Evidence]:
        hangs.at("evidence")
        return []

    def committed(event: Committed) -> None:
        hangs.at("committed")

    def view(ctx: PageContext) -> View:
        hangs.at("page")
        return View("slow/none.html", Text("慢", "slow"))

    slow = plugin("slow", register_pages=giving(Page("/slow", Text("慢", "slow"), view)), render_page_notice=notice, render_inbox_row_note=note, on_committed=committed,
                  register_evidence=giving(EvidenceSource("desk.note", gather)))  # fmt: skip
    made = build(db, beside=[slow])
    yield made
    made.system.runner.release()


@pytest.fixture
def pool(code: Hanging) -> Iterator[ThreadPoolExecutor]:
    """A thread of the server."""
    with ThreadPoolExecutor(1) as made:
        yield made
        code.free.set()


@pytest.mark.parametrize("what", ["notice", "note", "evidence", "committed"])
def test_a_part_that_hung_is_left_out_of_the_pages_that_follow_and_administrators_are_told(
    what: str, at_window: OpenWindow, hangs: Hangs, dog: ByHand, pool: ThreadPoolExecutor
) -> None:
    ann, sun, cai = at_window("ann"), at_window("sun"), at_window("cai")
    if what != "committed":
        begin(ann)
    path = open_task(sun) if what == "evidence" else "/town/inbox"
    hangs.what = what
    page = pool.submit(begin, ann) if what == "committed" else pool.submit(sun.get, path)
    assert hangs.code.inside.wait(60)
    dog.call_back()
    page.result(60)
    hangs.code.free.set()
    assert hangs.asked == 1
    for _ in range(2):
        assert sun.get(path).status_code == 200
        assert sun.words.count(INSTEAD) == (what in ("notice", "note"))
        begin(ann)
    assert hangs.asked == 1, "it is not even called"
    cai.get("/town/incidents")
    assert RESTS in cai.words
    dog.now += REST
    dog.look()
    sun.get(path)
    begin(ann)
    assert hangs.asked >= 2
    cai.get("/town/incidents")
    assert RESTS not in cai.words


def test_while_its_thread_is_lost_it_is_left_out_however_long_that_is(
    at_window: OpenWindow, hangs: Hangs, dog: ByHand, pool: ThreadPoolExecutor
) -> None:
    sun, cai = at_window("sun"), at_window("cai")
    hangs.what, hangs.way = "notice", "wait"
    page = pool.submit(sun.get, "/town/inbox")
    assert hangs.code.inside.wait(60)
    dog.call_back()
    dog.give_up()
    dog.now += 10 * REST
    dog.look()
    cai.get("/town/incidents")
    assert (hangs.asked, cai.words.count(INSTEAD), AWAY in cai.words) == (1, 1, True)
    hangs.code.free.set()
    with pytest.raises(GivenUp):
        page.result(60)
    cai.get("/town/incidents")
    assert (hangs.asked, cai.words.count("so is it"), AWAY in cai.words) == (2, 1, False)


@pytest.mark.parametrize("way", ["spin", "wait"])
def test_a_page_that_hung_is_told_to_administrators_however_it_was_ended(
    way: str, at_window: OpenWindow, hangs: Hangs, dog: ByHand, pool: ThreadPoolExecutor
) -> None:
    sun, cai = at_window("sun"), at_window("cai")
    hangs.what, hangs.way = "page", way
    page = pool.submit(sun.get, "/town/slow")
    assert hangs.code.inside.wait(60)
    dog.call_back()
    if way == "wait":
        dog.give_up()
        hangs.code.free.set()
        with pytest.raises(GivenUp):
            page.result(60)
    else:
        assert page.result(60).status_code == 503
    cai.get("/town/incidents")
    assert cai.words.count("页面/slow出错：插件“slow”") == 1
    assert "10秒没有办完" in cai.words


@pytest.mark.parametrize(("browser", "language"), [("en", "en"), ("zh-CN", "zh"), ("fr", "zh")])
def test_the_door_says_which_language_is_read_before_it_asks_a_plugin(
    at_window: OpenWindow, hangs: Hangs, dog: ByHand, browser: str, language: str
) -> None:
    """Whoever answers in place of a thread that hangs reads no cookies."""
    sun, reader = at_window("sun"), dict[str, str]()
    seen: list[str] = []
    hangs.at = lambda what: seen.append(reader.get("language", "none"))
    sun.client.get("/town/inbox", environ_overrides={"rongtong.reader": reader}, headers={"Accept-Language": browser})
    assert set(seen) == {language}
