"""Every page that a persona of the demo can reach by its links stands, whole and without a fault in the log."""

from __future__ import annotations

import logging
import re
from collections import deque
from html import unescape
from urllib.parse import urljoin, urlsplit

import pytest
from flask.testing import FlaskClient

from engine.app import Options, create_app
from engine.cli import personas
from engine.demo.plan import Plan
from engine.operations.context import System

#: Many pages differ by nothing but the case or the day: so many of a kind are enough.
ENOUGH = 12
#: What pages say where something of ours broke.
BROKEN = re.compile("这次没能|系统出错|没有找到这个页面|undefined|Traceback|None")
_LINK = re.compile(r'(?:href|hx-get)="(/[^"#]*)')
_WORDS = re.compile(r"<(?:script|style|svg|option).*?</(?:script|style|svg|option)>|<[^>]+>", re.DOTALL)


def kind_of(url: str) -> str:
    """A page's address without what tells one case, person or day from another."""
    return re.sub(r"[0-9a-f]{8}-[0-9a-f-]{27}|[0-9]+|=[^&]*", "#", url)


def crawl(client: FlaskClient, start: str, enough: int = ENOUGH) -> dict[str, tuple[int, str]]:
    """What stands at each address that links lead to from *start*: its status and, of a page, its words."""
    seen: dict[str, tuple[int, str]] = {}
    kinds: dict[str, int] = {}
    waiting = deque([start])
    while waiting:
        url = waiting.popleft()
        if url in seen or kinds.get(kind_of(url), 0) >= enough:
            continue
        kinds[kind_of(url)] = kinds.get(kind_of(url), 0) + 1
        with client.get(url) as answer:
            is_page = answer.mimetype == "text/html"
            seen[url] = answer.status_code, unescape(_WORDS.sub(" ", answer.text)) if is_page else ""
            if 300 <= answer.status_code < 400:
                waiting.append(urljoin(url, answer.headers["Location"]))
            found = _LINK.findall(answer.text) if is_page else ()
        waiting.extend(unescape(link) for link in found if not urlsplit(link).path.startswith("/static"))
    return seen


def test_every_page_of_every_persona_stands(made: System, plan: Plan, caplog: pytest.LogCaptureFixture) -> None:
    demo = personas.stage(made, lambda: plan, "127.0.0.1", "")
    assert demo is not None
    app = create_app(made, Options(secret_key="only for tests", demo=demo))
    caplog.set_level(logging.WARNING)
    kinds: set[str] = set()
    for persona in plan.personas:
        client = app.test_client()
        with client.session_transaction() as cookie:
            cookie["token"] = demo.enter(persona.key)
        for url, (status, words) in crawl(client, f"/{persona.district}/inbox").items():
            assert status in (200, 204, 302, 303), (persona.key, url, status)
            assert not BROKEN.search(words), (persona.key, url, BROKEN.search(words))
            kinds.add(kind_of(url))
    assert [record.getMessage() for record in caplog.records] == []
    assert len(kinds) > 25
