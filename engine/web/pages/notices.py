"""What the reader was told: the outcome of their cases and what passed to them, newest first."""

from __future__ import annotations

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from engine.definition.values.extents import MOST_NUMBER
from engine.definition.values.plain import whole_number
from engine.extend.loading.pages import own_address
from engine.i18n import Text
from engine.operations import notices as told
from engine.operations.incidents import waiting
from engine.operations.reading.views import NoticeView
from engine.web.pages.inbox import tabs
from engine.web.visit import visit


def add(web: Blueprint) -> None:
    """Add these pages to the door."""
    web.add_url_rule(own_address("notices"), "notices", notices)
    web.add_url_rule(own_address("notices"), "notices_read", read, methods=["POST"])


def notices(district: str) -> str:
    """The last notices; reading them here changes nothing."""
    here = visit(district)
    found = told.mine(here.ctx, here.caller)
    rows = [(notice, happened(notice)) for notice in found]
    listed = tabs(here, "notices", found, failed=waiting(here.ctx, here.caller))
    return render_template("notices.html", rows=rows, tabs=listed)


def happened(notice: NoticeView) -> Text:
    """What a notice tells beyond the case that it is about, which stands above it."""
    about = f"{notice.number} {notice.subject}".strip()
    return Text(*(words.removeprefix(about).lstrip("：: ") or words for words in notice.text))


def read(district: str) -> Response:
    """Those on the page have been read; what came after it was made has not."""
    here = visit(district)
    last = whole_number(request.form.get("upto", ""), MOST_NUMBER)
    told.mark_read(here.ctx, here.caller, upto=last, key=request.form.get("key", ""))
    return redirect(url_for("web.notices", district=district), 303)
