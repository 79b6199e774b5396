"""A demo goes on without any one of its plugins: every page stands, every press is answered, nothing is lost."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from pathlib import Path

import pytest

from engine.app import Options, create_app
from engine.cli import stage
from engine.extend.discovery import discover
from engine.operations import reading
from engine.operations.context import ENGINE, Context, System
from engine.operations.demo.plan import Plan
from tests.integration.demo.living import without
from tests.integration.demo.test_crawl import BROKEN, crawl

SHIPPED = tuple(plugin.name for plugin in discover())


@pytest.fixture(params=SHIPPED)
def lacking(request: pytest.FixtureRequest) -> str:
    """Each shipped plugin in turn."""
    return str(request.param)


@pytest.fixture
def left(made: System, tmp_path: Path, lacking: str) -> Iterator[System]:
    """The demo without it."""
    system = without(made, tmp_path / "left.db", lacking)
    yield system
    system.runner.release()
    system.database.close()


def numbers(ctx: Context) -> list[str]:
    """Every case of the district."""
    return [row.number for row in reading.search(ctx, ENGINE, "", limit=10_000).rows]


def test_every_page_stands_for_everybody(
    left: System, plan: Plan, lacking: str, caplog: pytest.LogCaptureFixture
) -> None:
    demo = stage.stage(left, lambda: plan, "127.0.0.1", "")
    assert demo is not None
    app = create_app(left, Options(secret_key="only for tests", demo=demo))
    caplog.set_level(logging.ERROR)
    for persona in plan.personas:
        client = app.test_client()
        with client.session_transaction() as cookie:
            cookie["token"] = demo.enter(persona.key)
        for url, (status, words) in crawl(client, f"/{persona.district}/inbox", enough=4).items():
            assert status in (200, 204, 302, 303), (persona.key, url, status)
            assert not BROKEN.search(words), (persona.key, url, BROKEN.search(words))
            assert f"/{lacking}/" not in url
    assert [record.getMessage() for record in caplog.records] == []
