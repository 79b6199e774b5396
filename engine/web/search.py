"""Finding a case: one box for number, name, unit and initials, and the cases looked at last."""

from __future__ import annotations

import re

from flask import Blueprint, redirect, render_template, request, session, url_for
from flask import Response as File
from werkzeug.wrappers import Response

from engine.definition.values import to_datetime
from engine.operations import reading
from engine.web import export
from engine.web.visit import visit

#: How many hits are shown: at first, and after each press for more.
SHOWN = (20, 60, 180)


def add(web: Blueprint) -> None:
    """Add these pages to the door."""
    web.add_url_rule("/<district>/cases", "search", search)
    web.add_url_rule("/<district>/cases.<any(xlsx,json):kind>", "search_file", search_file)


def search(district: str) -> str | Response:
    """Hits for ``q``; a full number leads straight to its case; without words, the cases looked at last."""
    here = visit(district)
    words = request.args.get("q", "").strip()
    wide = request.args.get("reach") == "all"
    if re.fullmatch(r"[0-9]{6}-[0-9]{5}", words):
        return redirect(url_for("web.case", district=district, number=words))
    recent = session.get("seen", {}).get(district, [])
    shown = SHOWN[min(max(request.args.get("shown", 0, int), 0), len(SHOWN) - 1)]
    hits = reading.search(here.ctx, here.caller, words, wide=wide, limit=shown + 1) if words else ()
    seen = () if words else reading.cases_numbered(here.ctx, here.caller, recent)
    further = SHOWN.index(shown) + 1 if len(hits) > shown else 0
    return render_template("search.html", q=words, hits=hits[:shown], seen=seen, wide=wide, further=further)


def search_file(district: str, kind: str) -> File:
    """The hits as a file: more of them than a page shows."""
    here = visit(district)
    words, wide = request.args.get("q", "").strip(), request.args.get("reach") == "all"
    hits = reading.search(here.ctx, here.caller, words, wide=wide, limit=SHOWN[-1] + 1) if words else ()
    name = f"{district}-cases-{to_datetime(here.now):%y%m%d}"
    return export.answer(kind, name, export.case_columns(), hits[: SHOWN[-1]], more=len(hits) > SHOWN[-1])
