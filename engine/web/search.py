"""Finding a case: one box for number, name, unit and initials, and the cases looked at last."""

from __future__ import annotations

import re

from flask import Blueprint, redirect, render_template, request, session, url_for
from werkzeug.wrappers import Response

from engine.operations import reading
from engine.web.visit import visit


def add(web: Blueprint) -> None:
    """Add these pages to the door."""
    web.add_url_rule("/<district>/cases", "search", search)


def search(district: str) -> str | Response:
    """Hits for ``q``; a full number leads straight to its case; without words, the cases looked at last."""
    here = visit(district)
    words = request.args.get("q", "").strip()
    wide = request.args.get("reach") == "all"
    if re.fullmatch(r"[0-9]{6}-[0-9]{5}", words):
        return redirect(url_for("web.case", district=district, number=words))
    recent = session.get("seen", {}).get(district, [])
    hits = reading.search(here.ctx, here.caller, words, wide=wide) if words else ()
    seen = () if words else reading.cases_numbered(here.ctx, here.caller, recent)
    return render_template("search.html", q=words, hits=hits, seen=seen, wide=wide)
