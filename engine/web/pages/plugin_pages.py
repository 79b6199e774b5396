"""Pages that plugins bring: their address, their view and their template, put into this door's frame."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from flask import Blueprint, abort, render_template, request
from werkzeug.exceptions import NotFound
from werkzeug.routing import Map, RequestRedirect, Rule

from engine.extend.showing import Page
from engine.i18n import Text
from engine.operations.plugin_answers import blamed
from engine.operations.reading import plugin_parts
from engine.web.visit import visit


def add(web: Blueprint) -> None:
    """Add the one address under which all of them are found."""
    web.add_url_rule("/<district>/<path:rest>", "plugin_page", plugin_page)


def plugin_page(district: str, rest: str) -> str:
    """The page of a plugin that this district uses; 404 where there is none or the reader may not see it."""
    here = visit(district)
    found = match(plugin_parts.pages(here.ctx), f"/{rest}")
    if found is None:
        abort(404)
    place, args = found
    view = plugin_parts.page(here.ctx, here.caller, place, args, request.args.to_dict(), f"/{district}")
    page = plugin_parts.pages(here.ctx)[place]
    what = Text(f"页面{page.path}的模板", f"the template of {page.path}")
    with blamed(here.ctx, here.ctx.registry.owner(page), what):
        return render_template(view.template, **{"title": view.title, **view.values})


def match(known: Sequence[Page], path: str) -> tuple[int, Mapping[str, str]] | None:
    """The place among *known* of the page that serves *path*, and the path's own parts."""
    rules = Map([Rule(page.path, endpoint=str(place)) for place, page in enumerate(known)])
    try:
        place, args = rules.bind("").match(path)
    except (NotFound, RequestRedirect, ValueError):  # a number of too many digits
        return None
    return int(place), {name: str(value) for name, value in args.items()}
