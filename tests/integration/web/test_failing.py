"""异常 shows what failed at its first failure, and many are tried again after a look."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

import pytest

from engine.clock import HOUR
from engine.operations import incidents
from engine.operations.background.inner import run_jobs
from engine.operations.context import Caller
from engine.store.databases.database import Database
from engine.store.schema import tables
from tests.integration.operations.looking import rows
from tests.integration.operations.test_failing import fail
from tests.integration.operations.test_senders import PIGEON, TELEGRAPH, at_work
from tests.integration.web.conftest import Window
from tests.town import Town


@pytest.fixture
def town(db: Database) -> Iterator[Town]:
    """A live town in which two notices could not be telegraphed."""
    made = at_work(db, "live", TELEGRAPH, PIGEON)
    for seat in "12":
        made.act(made.start("hold", seat=seat), "ok", "refuse", "sun", opinion="没有")
    made.clock.advance(HOUR)
    run_jobs(made.ctx)
    fail(made)
    yield made
    made.system.runner.release()


def test_what_failed_is_listed_in_words_and_all_of_it_is_tried_again_after_a_look(
    town: Town, at_window: Callable[[str], Window]
) -> None:
    cai = at_window("cai")
    cai.get("/town/incidents")
    assert "“telegraph”没有送出，已试1次，系统6月10日10:00再试。" in cai.page
    assert " · 6月10日10:00起 · 给技术人员看：" in cai.page, "in the same way of dates"
    assert "HTTPError: HTTP Error 500 (post/sending.py:31)" in cai.page
    assert "“telegraph”有2项没有办成" in cai.page
    cai.get("/town/incidents/all?job=send:post.telegraph")
    assert "2项没有办成的会马上再办一次" in cai.page
    assert len(incidents.incidents(town.ctx, Caller("cai"))) == 2, "looking changes nothing"
    answer = cai.post("/town/incidents/all", job="send:post.telegraph", key="k")
    assert (answer.status_code, answer.headers["Location"]) == (303, "/town/incidents")
    cai.get("/town/incidents")
    assert "2项已重新排队，系统马上再试" in cai.page
    assert [row["attempts"] for row in rows(town, tables.job)] == [0, 0]
    cai.post("/town/incidents/all", job="send:post.telegraph", key="other")
    cai.get("/town/incidents")
    assert "没有这个异常，可能已经有人处理。" in cai.page
    assert cai.get("/town/incidents/all?job=send:post.telegraph").status_code == 404


def test_the_page_of_all_incidents_is_called_so_in_english(at_window: Callable[[str], Window]) -> None:
    cai = at_window("cai")
    cai.client.get("/town/incidents", headers={"Accept-Language": "en"})
    page = cai.client.get("/town/incidents", headers={"Accept-Language": "en"}).text
    assert "<title>Incidents" in page
    assert re.search(r'href="/town/incidents"[^>]*>\s*Incidents', page)
    assert re.search(r'class="status incident">.*?</svg>\s*Incident</span>', page, re.DOTALL), "of one"


def test_who_is_no_administrator_does_not_get_there(town: Town, at_window: Callable[[str], Window]) -> None:
    ann = at_window("ann")
    assert ann.get("/town/incidents/all?job=send:post.telegraph").status_code == 403
    ann.get("/town/inbox")
    assert ann.post("/town/incidents/all", job="send:post.telegraph", key="k").status_code == 403
    assert [row["attempts"] for row in rows(town, tables.job)] == [1, 1]
