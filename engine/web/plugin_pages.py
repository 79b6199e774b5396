"""Pages that plugins bring: their address, their view and their template, put into this door's frame."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from difflib import get_close_matches

from flask import Blueprint, Flask, abort, render_template, request
from werkzeug.exceptions import HTTPException, NotFound
from werkzeug.routing import Map, RequestRedirect, Rule

from engine.extend.contributions import Page
from engine.extend.faults import plugin_error
from engine.extend.places import written_at
from engine.extend.registry import Registry
from engine.operations.plugin_answers import blamed
from engine.operations.showing import plugin_views
from engine.web.addresses import icons
from engine.web.visit import visit

#: A part of an address that a page reads: ``<name>``.
_PART = re.compile(r"<[^<>]*>")


def add(web: Blueprint) -> None:
    """Add the one address under which all of them are found."""
    web.add_url_rule("/<district>/<path:rest>", "plugin_page", plugin_page)


def check(app: Flask, registry: Registry) -> None:
    """Raise PluginError for a page that nothing would open, or that has an icon which is not there."""
    addresses = app.url_map.bind("")
    for page in registry.given(Page):
        try:
            Map([Rule(page.path)])
            served = addresses.match(f"/district{_PART.sub('x', page.path)}")[0]
        except (HTTPException, LookupError, ValueError):
            served = ""
        if served != "web.plugin_page":
            raise plugin_error(
                registry.owner(page),
                f"页面地址“{page.path}”打不开：写成以“/”开头、引擎没有用的地址",
                f"nothing would open the page {page.path!r}: begin with “/” and choose an address the engine has not",
                written_at(page.view),
            )
        if page.icon and page.icon not in icons():
            near = "、".join(get_close_matches(page.icon, icons(), 3, 0.5) or sorted(icons()))
            zh, en = f"页面{page.path}的图标“{page.icon}”没有", f"page {page.path}: there is no icon {page.icon!r}"
            raise plugin_error(
                registry.owner(page), f"{zh}，可用：{near}", f"{en}; use {near}", written_at(page.view)
            )


def plugin_page(district: str, rest: str) -> str:
    """The page of a plugin that this district uses; 404 where there is none or the reader may not see it."""
    here = visit(district)
    found = match(plugin_views.pages(here.ctx), f"/{rest}")
    if found is None:
        abort(404)
    place, args = found
    view = plugin_views.page(here.ctx, here.caller, place, args, request.args.to_dict(), f"/{district}")
    page = plugin_views.pages(here.ctx)[place]
    with blamed(here.ctx.registry.owner(page), f"the template of {page.path}"):
        return render_template(view.template, **{"title": view.title, **view.values})


def match(known: Sequence[Page], path: str) -> tuple[int, Mapping[str, str]] | None:
    """The place among *known* of the page that serves *path*, and the path's own parts."""
    rules = Map([Rule(page.path, endpoint=str(place)) for place, page in enumerate(known)])
    try:
        place, args = rules.bind("").match(path)
    except (NotFound, RequestRedirect, ValueError):  # a number of too many digits
        return None
    return int(place), {name: str(value) for name, value in args.items()}
