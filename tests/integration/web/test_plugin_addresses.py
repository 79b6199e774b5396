"""A page of a plugin that nobody could open stops the start and names the plugin."""

from __future__ import annotations

import pytest

from engine.app import Options, create_app
from engine.extend import Page, Text, View
from engine.extend.faults import PluginError
from engine.store.database import open_database
from tests.town import build
from tests.unit.extend.plugins_for_tests import giving, plugin

WORDS = Text("页", "page")


@pytest.mark.parametrize("path", ["/inbox", "/cases", "/cases/<number>", "/start/<what>", "/notices", "/incidents",
                                  "/inbox.xlsx", "nowhere", "/odd/<int:", "/api/<rule:x>"])  # fmt: skip
def test_an_address_that_the_engine_has_or_cannot_serve_is_refused(sqlite_url: str, path: str) -> None:
    page = Page(path, WORDS, lambda ctx: View("x.html", WORDS))
    town = build(open_database(sqlite_url), beside=[plugin("bell", register_pages=giving(page))])
    with pytest.raises(PluginError) as refusal:
        create_app(town.system, Options(secret_key="x"))
    assert refusal.value.details["plugin"] == "bell"
    assert path in refusal.value.text.zh
    town.system.runner.release()


@pytest.mark.parametrize("path", ["/bell", "/bell/<name>", "/bell/<int:n>/more"])
def test_an_address_of_its_own_is_served(sqlite_url: str, path: str) -> None:
    page = Page(path, WORDS, lambda ctx: View("x.html", WORDS))
    town = build(open_database(sqlite_url), beside=[plugin("bell", register_pages=giving(page))])
    create_app(town.system, Options(secret_key="x"))
    town.system.runner.release()


def test_an_icon_that_is_not_there_is_refused_and_those_that_are_are_named(sqlite_url: str) -> None:
    page = Page("/bell", WORDS, lambda ctx: View("x.html", WORDS), icon="coinn")
    town = build(open_database(sqlite_url), beside=[plugin("bell", register_pages=giving(page))])
    with pytest.raises(PluginError, match="there is no icon 'coinn'; use coin") as refusal:
        create_app(town.system, Options(secret_key="x"))
    assert refusal.value.details["place"].startswith("web/test_plugin_addresses.py:")
    town.system.runner.release()
