"""What a plugin's template shows that is not there: an empty place, and a line of the log with file and line, once."""

from __future__ import annotations

import dataclasses
import logging
from collections.abc import Iterator
from pathlib import Path

import pytest
from jinja2 import UndefinedError

from engine.extend import Page, Text, View
from engine.store.databases.database import Database
from engine.testing.pages import render
from tests.integration.web.test_pages import OpenWindow
from tests.town import Town, build
from tests.unit.extend.plugins_for_tests import giving, plugin

W = Text("工具", "Tools")
VIEW = View("tools/x.html", W, {"rows": [{"name": "梯子", "shelf": 1}] * 2})
TEMPLATE = """{% extends "layout/staff.html" %}
{% block main %}
{% if note %}{{ note }}{% endif %}
{% for row in rows %}<p>{{ row.name }}
{{ row.shlef }}</p>{% endfor %}
{% for row in rowz %}{% else %}<p>None</p>{% endfor %}
{% endblock %}
"""


@pytest.fixture
def town(db: Database, tmp_path: Path) -> Iterator[Town]:
    """The town with a plugin whose template misspells what its view gives."""
    folder = tmp_path / "tools"
    (folder / "templates" / "tools").mkdir(parents=True)
    (folder / "templates" / "tools" / "x.html").write_text(TEMPLATE, encoding="utf-8")
    tools = plugin("tools", register_pages=giving(Page("/tools", W, lambda ctx: VIEW)))
    made = build(db, beside=[dataclasses.replace(tools, folder=folder)])
    yield made
    made.system.runner.release()


def test_a_misspelt_value_is_empty_and_told_once_with_file_and_line(
    at_window: OpenWindow, caplog: pytest.LogCaptureFixture
) -> None:
    ann = at_window("ann")
    with caplog.at_level(logging.WARNING, "rongtong.plugins"):
        for _ in range(2):
            assert ann.get("/town/tools").status_code == 200
            assert ann.words.count("梯子") == 2
    said = [record.getMessage() for record in caplog.records if record.name == "rongtong.plugins"]
    begun = "plugin tools (tools/templates/tools/x.html:"
    assert said == [
        f"{begun}5): 'dict object' has no attribute 'shlef', so the page has an empty place there",
        f"{begun}6): 'rowz' is undefined, so the page has an empty place there",
    ], "to ask whether something is there is no fault"


def test_in_the_kit_the_same_is_an_error(town: Town) -> None:
    (folder,) = town.system.registry.templates()
    with pytest.raises(UndefinedError, match="'note' is undefined"):
        render(folder, VIEW)
