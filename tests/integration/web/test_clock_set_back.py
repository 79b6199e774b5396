"""A machine whose clock was set back: no page says a negative time, and what is done now and then goes on."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest

from engine.clock import DAY, HOUR, MINUTE
from engine.store.schema import tables
from engine.worker.worker import Worker
from tests.crawl import crawl
from tests.integration.operations.looking import broken, rows
from tests.integration.web.conftest import Window
from tests.town import Town

_NEGATIVE = re.compile(r"[-−]\s?[0-9]+\s?(?:年|个?月|天|小时|分|秒|h\b|d\b|min|day|hour)|for -|在你这里-|已-")


@pytest.mark.parametrize("language", ["zh", "en"])
def test_no_page_says_a_negative_time(language: str, town: Town, at_window: Callable[[str], Window]) -> None:
    held, given_back = town.start("hold"), town.start("hold", seat="2")
    town.start("w1")
    town.act(given_back, "ok", "revise", "sun", opinion="再看")
    town.act(held, "ok", "talk", "sun")
    town.clock.at -= 25 * HOUR
    seen = 0
    for person in ("ann", "sun", "cai"):
        window = at_window(person)
        with window.client.session_transaction() as cookie:
            cookie["language"] = language
        for path, answer in crawl(window.client, "/town/inbox", "/town/cases", "/town/notices", most=40):
            said = re.sub(r"<[^>]+>", " ", answer.text) if answer.mimetype == "text/html" else ""
            assert _NEGATIVE.search(said) is None, (path, _NEGATIVE.search(said))
            seen += bool(said)
    assert seen > 30


def test_a_worker_seals_and_looks_again_though_its_last_time_lies_ahead(town: Town) -> None:
    worker = Worker(town.system)
    town.start()
    worker.once()
    sealed = len(rows(town, tables.checkpoint))
    town.clock.at -= 25 * HOUR
    town.start()
    town.clock.at += 2 * MINUTE
    worker.once()
    assert len(rows(town, tables.checkpoint)) > sealed
    town.clock.at += 2 * DAY
    worker.once()
    assert broken(town) == []
