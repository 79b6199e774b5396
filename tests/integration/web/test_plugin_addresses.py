"""A page of a plugin that nobody could open closes that plugin, and says so at the start."""

from __future__ import annotations

import pytest

from engine.app import Options, create_app
from engine.extend import Page, Text, View
from engine.store.database import open_database
from tests.town import build
from tests.unit.extend.plugins_for_tests import giving, plugin

WORDS = Text("页", "page")


@pytest.mark.parametrize("path", ["/inbox", "/cases", "/cases/<number>", "/start/<what>", "/notices", "/incidents",
                                  "/inbox.xlsx", "nowhere", "/odd/<int:", "/api/<rule:x>"])  # fmt: skip
def test_an_address_that_the_engine_has_or_cannot_serve_closes_its_plugin(sqlite_url: str, path: str) -> None:
    page = Page(path, WORDS, lambda ctx: View("x.html", WORDS))
    town = build(open_database(sqlite_url), beside=[plugin("bell", register_pages=giving(page))])
    served = create_app(town.system, Options(secret_key="x")).extensions["rongtong"]
    assert served.registry.names == {"desk"}
    assert path in served.registry.left["bell"].why.zh
    town.system.runner.release()


@pytest.mark.parametrize("path", ["/bell", "/bell/<name>", "/bell/<int:n>/more"])
def test_an_address_of_its_own_is_served(sqlite_url: str, path: str) -> None:
    page = Page(path, WORDS, lambda ctx: View("x.html", WORDS))
    town = build(open_database(sqlite_url), beside=[plugin("bell", register_pages=giving(page))])
    assert create_app(town.system, Options(secret_key="x")).extensions["rongtong"] is town.system
    town.system.runner.release()


def test_an_icon_that_is_not_there_is_refused_and_those_that_are_are_named(sqlite_url: str) -> None:
    page = Page("/bell", WORDS, lambda ctx: View("x.html", WORDS), icon="coinn")
    town = build(open_database(sqlite_url), beside=[plugin("bell", register_pages=giving(page))])
    served = create_app(town.system, Options(secret_key="x")).extensions["rongtong"]
    assert "there is no icon 'coinn'; use coin" in served.registry.left["bell"].why.en
    assert "web/test_plugin_addresses.py:" in served.registry.left["bell"].why.en
    town.system.runner.release()
