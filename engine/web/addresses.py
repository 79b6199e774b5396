"""The addresses of pages and files: what stands in one whatever it leads to is built once, by the framework's rules."""

from __future__ import annotations

from functools import lru_cache
from hashlib import sha256
from pathlib import Path
from typing import Any, Final, NamedTuple
from urllib.parse import quote, urlencode

import flask
from flask import Flask, current_app, request
from markupsafe import Markup
from werkzeug.routing import BuildError

from engine.content import icons

_STATIC: Final = Path(__file__).parent / "static"
#: What the framework leaves as it is in a path and in a query.
_IN_PATH, _IN_QUERY = "!$&'()*+,/:;=@", "!$'()*,/:;?@"
#: Stands for a value while a pattern is made; no route has it.
_GAP: Final = "0gap{}gap0"
_ICON: Final = '<svg class="icon" aria-hidden="true" focusable="false"><use href="{}#{}"></use></svg>'


class Pattern(NamedTuple):
    """The parts of an address that never change, and between them the names of those that do."""

    fixed: tuple[str, ...]
    names: tuple[str, ...]

    def fits(self, values: dict[str, Any]) -> bool:
        """Whether all *values* stand in an address as they are said, and mean nothing to the framework."""
        path = (values.get(name) for name in self.names)
        if any(value in (None, "") or str(value)[0] == "/" for value in path):
            return False
        return all(name[0] != "_" and (value is None or type(value) in (str, int)) for name, value in values.items())

    def filled(self, values: dict[str, Any]) -> str:
        """The address for *values*; what is no part of the path is asked in the query, unless it is None."""
        made = self.fixed[0]
        for name, after in zip(self.names, self.fixed[1:], strict=True):
            made += quote(str(values.pop(name)), safe=_IN_PATH) + after
        asked = [(name, value) for name, value in values.items() if value is not None]
        return f"{made}?{urlencode(asked, safe=_IN_QUERY)}" if asked else made


class Addresses:
    """What is known of the addresses of one application, by the path that it is served under."""

    def __init__(self) -> None:
        self._patterns: dict[tuple[str, str], Pattern | None] = {}
        self._files: dict[tuple[str, str], str] = {}
        self._icons: dict[tuple[str, str], Markup] = {}

    def url_for(self, endpoint: str, **values: Any) -> str:
        """The address of a page, as the framework builds it; None leaves a value out."""
        root = request.script_root
        if (root, endpoint) not in self._patterns:
            self._patterns[root, endpoint] = _pattern(endpoint)
        pattern = self._patterns[root, endpoint]
        if pattern is None or not pattern.fits(values):
            return flask.url_for(endpoint, **values)
        return pattern.filled(values)

    def asset(self, name: str) -> str:
        """The address of a static file, with its version."""
        key = request.script_root, name
        if key not in self._files:
            self._files[key] = flask.url_for("web.static", filename=name, v=digest(name))
        return self._files[key]

    def icon(self, name: str) -> Markup:
        """A symbol, drawn."""
        key = request.script_root, name
        if key not in self._icons:
            self._icons[key] = Markup(_ICON).format(self.asset("icons.svg"), name)  # noqa: S704 - ours, and filled escaped
        return self._icons[key]


def _pattern(endpoint: str) -> Pattern | None:
    """The pattern of *endpoint*; None where it has several addresses, or takes values of one kind alone."""
    try:
        (rule,) = current_app.url_map.iter_rules(endpoint)
    except (KeyError, ValueError):
        return None
    gaps: dict[str, Any] = {name: _GAP.format(at) for at, name in enumerate(rule.arguments)}
    try:
        left = flask.url_for(endpoint, **gaps)
    except (BuildError, ValueError):
        return None
    names, fixed = sorted(gaps, key=lambda name: left.index(gaps[name])), []
    for name in names:
        before, _, left = left.partition(gaps[name])
        fixed.append(before)
    return Pattern((*fixed, left), tuple(names))


def url_for(endpoint: str, **values: Any) -> str:
    """The address of a page of the running application."""
    held: Addresses = current_app.extensions["rongtong.addresses"]
    return held.url_for(endpoint, **values)


@lru_cache(maxsize=64)
def digest(name: str) -> str:
    """The first letters of a static file's hash: a new content is a new address."""
    return sha256((_STATIC / name).read_bytes()).hexdigest()[:10]


def furnish(app: Flask) -> None:
    """Give the templates of *app* its addresses, before any is loaded: a macro keeps the names of when it was."""
    held = app.extensions["rongtong.addresses"] = Addresses()
    app.jinja_env.globals.update(url_for=held.url_for, asset=held.asset, icon=held.icon, icons=icons())
