"""The door's own words: one language a request, values in place, and escaped where markup is made."""

from __future__ import annotations

import pytest
from flask import Flask, g
from markupsafe import Markup

from engine.web.words import gettext, marked

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
