"""Addresses are the framework's own, letter for letter, whatever stands in them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import flask
import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st
from werkzeug.routing import BuildError

from engine.web import addresses

RULES = {
    "one": "/<district>/tasks/<ref>", "none": "/me", "rest": "/<district>/<path:rest>", "number": "/jobs/<int:n>",
    "kind": "/<district>/inbox.<any(xlsx,json):kind>", "web.static": "/static/<path:filename>",
}  # fmt: skip


def serving(rules: dict[str, str], **more: Any) -> Flask:
    app = Flask("addresses", static_folder=None)
    for endpoint, rule in rules.items():
        app.add_url_rule(rule, endpoint, lambda **_: "", **more)
    addresses.furnish(app)
    return app


APP = serving(RULES)
APP.add_url_rule("/either/<a>", "either", lambda **_: "")
APP.add_url_rule("/or/<a>/<b>", "either")
HELD: addresses.Addresses = APP.extensions["rongtong.addresses"]
ANY = st.text(max_size=12) | st.integers(0, 10**6)


def same(values: dict[str, Any], endpoint: str, under: str = "") -> None:
    with APP.test_request_context("/me", environ_overrides={"SCRIPT_NAME": under}):
        for _ in range(2):  # the first makes the pattern
            assert _of(addresses.url_for, endpoint, values) == _of(flask.url_for, endpoint, values)


def _of(make: Callable[..., str], endpoint: str, values: dict[str, Any]) -> str:
    try:
        return make(endpoint, **values)
    except (BuildError, ValueError, TypeError) as error:
        return type(error).__name__


@given(district=ANY, ref=ANY, q=ANY | st.none() | st.lists(ANY, max_size=2), page=ANY | st.none())
def test_an_address_is_what_the_framework_builds(district: Any, ref: Any, q: Any, page: Any) -> None:
    same({"district": district, "ref": ref, "q": q, "page": page}, "one")
    same({"district": district, "rest": ref, "q": q}, "rest")
    same({"q": q, "page": page}, "none")
    same({"filename": ref, "v": page}, "web.static")


@given(st.sampled_from(["", "/rt", "/r t"]), ANY)
def test_it_stands_under_the_path_that_the_application_is_served_at(under: str, district: Any) -> None:
    same({"district": district, "ref": "1"}, "one", under)


@pytest.mark.parametrize(
    ("endpoint", "values"),
    [
        ("number", {"n": 7}), ("number", {"n": "x"}), ("kind", {"district": "a", "kind": "xlsx"}),
        ("kind", {"district": "a", "kind": "pdf"}), ("either", {"a": "1"}), ("either", {"a": "1", "b": "2"}),
        ("one", {"district": "a"}), ("nowhere", {}), ("none", {"_external": True}), ("none", {"_anchor": "x"}),
        ("one", {"district": "a", "ref": None}), ("one", {"district": "a", "ref": True}), (".one", {}),
    ],
)  # fmt: skip
def test_what_is_not_plain_is_left_to_the_framework(endpoint: str, values: dict[str, Any]) -> None:
    same(values, endpoint)


def test_a_symbol_is_drawn_from_the_file_that_has_it() -> None:
    with APP.test_request_context("/me", environ_overrides={"SCRIPT_NAME": "/rt"}):
        drawn = HELD.icon("search")
        assert HELD.asset("icons.svg") == flask.url_for("web.static", filename="icons.svg", v=addresses.digest("icons.svg"))
    assert drawn.startswith('<svg class="icon"')
    assert f'href="/rt/static/icons.svg?v={addresses.digest("icons.svg")}#search"' in drawn
    with APP.test_request_context("/me"):
        assert 'href="/static/' in HELD.icon("search"), "each path that it is served under has its own"
        assert "&lt;" in HELD.icon("<")
