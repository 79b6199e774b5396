"""Pages that plugins bring: their address, their view and their template, put into this door's frame."""

from __future__ import annotations

from flask import Blueprint, abort, render_template, request
from werkzeug.exceptions import NotFound
from werkzeug.routing import Map, RequestRedirect, Rule

from engine.operations import reading
from engine.web.visit import Visit, visit


def add(web: Blueprint) -> None:
    """Add the one address under which all of them are found."""
    web.add_url_rule("/<district>/<path:rest>", "plugin_page", plugin_page)


def plugin_page(district: str, rest: str) -> str:
    """The page of a plugin that this district uses; 404 where there is none or the reader may not see it."""
    here = visit(district)
    found = match(here, f"/{rest}")
    if found is None:
        abort(404)
    place, args = found
    view = reading.plugin_page(here.ctx, here.caller, place, args, request.args.to_dict(), f"/{district}")
    return render_template(view.template, title=view.title, **view.values)


def match(here: Visit, path: str) -> tuple[int, dict[str, str]] | None:
    """The place of the page in the district's list that serves *path*, and the path's own parts."""
    pages = reading.plugin_pages(here.ctx)
    rules = Map([Rule(page.path, endpoint=str(i)) for i, page in enumerate(pages)], strict_slashes=False)
    try:
        endpoint, args = rules.bind("").match(path)
    except (NotFound, RequestRedirect):
        return None
    return int(endpoint), args
