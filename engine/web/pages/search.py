"""Finding a case: one box for number, name, unit and initials, and the cases looked at last."""

from __future__ import annotations

from flask import Blueprint, redirect, render_template, request, session, url_for
from flask import Response as File
from werkzeug.wrappers import Response

from engine.definition.values.moments import to_datetime
from engine.definition.values.plain import sought, whole_number
from engine.extend.loading.pages import own_address
from engine.i18n import Text
from engine.operations.reading import pages
from engine.operations.reading import search as searching
from engine.operations.reading.views import CaseRow
from engine.web import export, menu
from engine.web.visit import Visit, visit

#: How many hits are shown: at first, and after each press for more.
SHOWN = (20, 60, 180)


def add(web: Blueprint) -> None:
    """Add these pages to the door."""
    menu.put(web, menu.Item("search", Text("查件", "Find a case"), "search", bar=True))
    web.add_url_rule(own_address("cases"), "search", search)
    web.add_url_rule(own_address("cases", ".<any(xlsx,json):kind>"), "search_file", search_file)


def search(district: str) -> str | Response:
    """Hits for ``q``, or the cases of a process; the number of one leads to it; else the cases looked at last."""
    here = visit(district)
    words = sought(request.args.get("q", ""))
    wide = request.args.get("reach") == "all"
    if searching.number_in(words) and (hit := _hits(here, words, wide=True, process="", limit=1)):
        return redirect(url_for("web.case", district=district, number=hit[0].number))
    recent = session.get("seen", {}).get(district, [])
    shown = SHOWN[whole_number(request.args.get("shown", "0"), len(SHOWN) - 1) or 0]
    process = request.args.get("process", "")
    looked = bool(words or process)
    hits = _hits(here, words, wide=wide, process=process, limit=shown + 1) if looked else ()
    return render_template(
        "search.html",
        q=words,
        process=process,
        processes=searching.processes(here.ctx, here.caller),
        hits=hits[:shown],
        near=searching.near(here.ctx, here.caller, words) if words and not hits else "",
        seen=() if looked else pages.cases_numbered(here.ctx, here.caller, recent),
        wide=wide,
        further=SHOWN.index(shown) + 1 if len(hits) > shown else 0,
    )


def _hits(here: Visit, words: str, *, wide: bool, process: str, limit: int) -> tuple[CaseRow, ...]:
    return pages.search(here.ctx, here.caller, words, wide=wide, process=process, limit=limit)


def search_file(district: str, kind: str) -> File:
    """The hits as a file: more of them than a page shows."""
    here = visit(district)
    words, wide = sought(request.args.get("q", "")), request.args.get("reach") == "all"
    process = request.args.get("process", "")
    looked = bool(words or process)
    hits = _hits(here, words, wide=wide, process=process, limit=SHOWN[-1] + 1) if looked else ()
    name = f"{district}-cases-{to_datetime(here.now):%y%m%d}"
    return export.answer(
        kind, name, export.case_columns(), hits[: SHOWN[-1]], at=here.now, more=len(hits) > SHOWN[-1]
    )
