"""A plugin's template says its own words to each reader in theirs, whoever opened the page first."""

from __future__ import annotations

import pytest
from flask import Flask, render_template_string

from engine.web.render import both_ways


@pytest.mark.parametrize("order", [("zh", "en"), ("en", "zh")])
@pytest.mark.parametrize("words", ["{{ '在架'|both('on the shelf') }}", "{% set w = '在架'|both('on the shelf') %}{{ w }}"])
def test_words_of_a_template_are_not_picked_once_for_all_as_it_is_compiled(order: tuple[str, str], words: str) -> None:
    app = Flask("pages")
    app.secret_key = "only for tests"
    app.jinja_env.filters["both"] = both_ways
    said = {}
    for language in order:
        with app.test_request_context(headers={"Accept-Language": language}):
            said[language] = render_template_string(words)
    assert said == {"zh": "在架", "en": "on the shelf"}
