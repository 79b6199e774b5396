"""The door's own words: one language a request, values in place, and escaped where markup is made."""

from __future__ import annotations

import pytest
from flask import Flask, g
from jinja2 import Environment, nodes
from markupsafe import Markup

from engine.web.words import gettext, marked
from tests.architecture.source import ROOT

APP = Flask("words")


@pytest.mark.parametrize(("spoken", "said"), [("zh", "待办"), ("en", "Inbox")])
def test_words_are_said_in_the_readers_language(spoken: str, said: str) -> None:
    with APP.test_request_context():
        g.language = spoken
        assert gettext("待办") == marked("待办") == said
        assert gettext("nobody has translated this") == "nobody has translated this"


def test_values_stand_in_place_and_are_escaped_in_markup() -> None:
    with APP.test_request_context():
        g.language = "zh"
        assert gettext("代%(who)s", who="<b>") == "代<b>"
        assert marked("代%(who)s", who="<b>") == Markup("代&lt;b&gt;")
        assert marked("100%%") == Markup("100%"), "as templates have always written it"
        assert gettext("100%") == "100%"


def said_in_templates() -> list[tuple[str, tuple[str, ...]]]:
    """Every call of ``_`` in a template of the engine or of a shipped plugin: its words, and the values it names."""
    found = []
    for path in sorted((*ROOT.glob("engine/**/templates/**/*.html"), *ROOT.glob("plugins/**/templates/**/*.html"))):
        for call in Environment(extensions=["jinja2.ext.i18n"]).parse(path.read_text(encoding="utf-8")).find_all(nodes.Call):
            if isinstance(call.node, nodes.Name) and call.node.name == "_" and isinstance(call.args[0], nodes.Const):
                found.append((call.args[0].value, tuple(one.key for one in call.kwargs)))
    return found


def test_whatever_a_template_calls_its_values_they_stand_in_place() -> None:
    calls = said_in_templates()
    assert len({name for _, names in calls for name in names}) >= 15
    with APP.test_request_context():
        for g.language in ("zh", "en"):
            for words, names in calls:
                assert "%(" not in marked(words, **dict.fromkeys(names, 7))
