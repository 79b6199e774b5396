"""The door as one Flask blueprint: its pages, its safety, its languages, added to the application in one call."""

from __future__ import annotations

from typing import cast

from flask import Blueprint, Flask, Response, jsonify, request
from flask.blueprints import BlueprintSetupState
from jinja2 import ChoiceLoader, FileSystemLoader

from engine.operations.health import database_answers
from engine.web import errors, render, security
from engine.web.pages import (
    cases,
    design,
    inbox,
    incidents,
    login,
    me,
    notices,
    plugin_pages,
    schemas,
    search,
    start,
    tasks,
    uncover,
)
from engine.web.site import Site

PAGES = (login, inbox, incidents, notices, tasks, cases, uncover, search, start, me, design, schemas, errors,
         plugin_pages)  # fmt: skip


def create_blueprint(site: Site) -> Blueprint:
    """The web door of *site*. The application it joins is made with ``static_folder=None`` and a SECRET_KEY."""
    web = Blueprint("web", __name__, template_folder="templates", static_folder="static", static_url_path="/static")
    web.record_once(lambda state: _join(state, site))
    web.before_request(_check_token)
    web.add_url_rule("/healthz", "health", lambda: health(site))
    for pages in PAGES:
        pages.add(web)
    return web


def _join(state: BlueprintSetupState, site: Site) -> None:
    app = cast(Flask, state.app)
    app.extensions["rongtong.web"] = site
    security.secure(app, site)
    render.furnish(app, site)
    own = [FileSystemLoader(str(folder)) for folder in site.plugin_templates]
    app.jinja_loader = ChoiceLoader(own)


def _check_token() -> None:
    """What changes something carries the token."""
    if request.method not in ("GET", "HEAD", "OPTIONS"):
        security.csrf.protect()


def health(site: Site) -> tuple[Response, int]:
    """The process answers, and whether its database does; nothing else about its insides."""
    there = database_answers(site.system)
    return jsonify(status="ok" if there else "no database"), 200 if there else 503
