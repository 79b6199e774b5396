"""A page of a plugin that nobody could open closes that plugin as it is read, at every door alike."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from jinja2 import Environment

from engine.app import Options, create_app
from engine.extend import Page, Text, View
from engine.extend.loading.pages import OWN
from engine.extend.loading.templates import FILTERS, FRAMES
from engine.extend.registry import Registry
from engine.store.databases.database import open_database
from engine.web import blueprint
from tests.town import build
from tests.unit.extend.plugins_for_tests import giving, plugin

WORDS = Text("页", "page")


@pytest.fixture
def app(sqlite_url: str) -> Iterator[Flask]:
    town = build(open_database(sqlite_url))
    yield create_app(town.system, Options(secret_key="x"))
    town.system.runner.release()


def read(path: str, icon: str = "") -> Registry:
    """What is left of a plugin with a page at *path*."""
    page = Page(path, WORDS, lambda ctx: View("x.html", WORDS), icon=icon)
    return Registry.of_sound([plugin("bell", register_pages=giving(page))])


@pytest.mark.parametrize("path", ["/inbox", "/cases", "/cases/<number>", "/start/<what>", "/notices", "/incidents", "/inbox.xlsx", "/cases.pdf",
                                  "nowhere", "", "/", "/odd/<int:", "/api/<rule:x>", "//bell", "/bell?x", "/b ell"])  # fmt: skip
def test_an_address_that_the_engine_has_or_cannot_serve_closes_its_plugin(path: str) -> None:
    left = read(path)
    assert left.names == set()
    assert f"“{path}”" in left.left["bell"].why.zh
    assert "web/test_plugin_addresses.py:" in left.left["bell"].why.zh


@pytest.mark.parametrize("path", ["/bell", "/bell/<name>", "/bell/<int:n>/more", "/bell/<path:rest>", "/铃/v1.0"])
def test_an_address_of_its_own_is_served(app: Flask, path: str) -> None:
    assert read(path).names == {"bell"}
    address = "/town" + re.sub(r"<[^<>]*>", "1", path)
    assert app.url_map.bind("").match(address)[0] == "web.plugin_page"


def test_every_address_of_the_engine_in_a_district_begins_with_a_word_of_its_own(app: Flask) -> None:
    rules = [rule.rule for rule in app.url_map.iter_rules() if rule.endpoint != "web.plugin_page"]
    assert {re.split(r"[/.]", rule)[2] for rule in rules if rule.startswith("/<district>/")} == OWN


def test_an_icon_that_is_not_there_is_refused_and_those_that_are_are_named() -> None:
    why = read("/bell", "coinn").left["bell"].why.en
    assert "there is no icon 'coinn'; use coin" in why
    assert "web/test_plugin_addresses.py:" in why


def test_every_filter_and_frame_that_a_template_may_name_is_there_and_no_other(app: Flask) -> None:
    assert set(app.jinja_env.filters) - set(Environment().filters) == FILTERS
    folder = Path(blueprint.__file__).parent / "templates"
    layouts = {file.relative_to(folder).as_posix() for file in folder.glob("layout/*.html")}
    assert layouts | {"ui.html"} == FRAMES
