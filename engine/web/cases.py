"""A case: with whom it is now and since when, what happened, where it stands, and what may still be done."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, session, url_for
from werkzeug.wrappers import Response

from engine.definition.inputs import MOST_NUMBER
from engine.definition.plain import whole_number
from engine.errors import Invalid, Problem, RongtongError
from engine.operations import cases, reading
from engine.operations.showing import choosing
from engine.operations.showing.readings import Uncovered
from engine.operations.views import CaseView, OutcomeView
from engine.web import diagram, forms, picking
from engine.web.keeping import bringing_back, seen_version, why_again
from engine.web.render import drawing, say
from engine.web.tasks import said
from engine.web.visit import Visit, language, site, visit

RECENT = 10


def add(web: Blueprint) -> None:
    """Add these pages to the door."""
    web.add_url_rule("/<district>/cases/<number>", "case", case)
    web.add_url_rule("/<district>/cases/<number>/print", "case_print", printed)
    verbs = "/<district>/cases/<number>/<any(comment,cancel,retry,takeback):verb>"
    web.add_url_rule(verbs, "case_verb", other, methods=["POST"])
    web.add_url_rule("/<district>/cases/<number>/exits/<int:n>", "case_exit", leave, methods=["POST"])


def case(district: str, number: str) -> str:
    """The page of a case."""
    here = visit(district)
    remember(district, number)
    return show(here, number)


def show(
    here: Visit, number: str, problems: tuple[Problem, ...] = (), wrote: str = "", uncovered: Uncovered | None = None
) -> str:
    """The page, with what was wrong with the last press; *wrote* names the form whose words are kept."""
    view = reading.case(here.ctx, here.caller, number)
    process = reading.process_of(here.ctx, view)
    at = (request.view_args or {}).get("n") if request.endpoint == "web.case_exit" else None
    taken = request.form.get("outcome", "") if at is not None else ""
    exits = [
        (n, press, *(written(here, view, n, press, problems) if (n, press.name) == (at, taken) else unwritten(press)))
        for n, press in view.exits
    ]
    pressed = next((own for _, press, own, _ in exits if press.name == taken), ())
    return render_template(
        "case.html",
        case=view,
        problems=problems,
        notice=why_again(),
        anchors={
            **forms.anchors(pressed),
            "opinion": "cancel-why" if wrote == "cancel" else f"opinion.{taken}",
            "comment": "note",
        },
        wrote=wrote,
        pictures=[
            drawing(diagram.draw(process, view.visited, view.active, view.end, language(), size))
            for size in (diagram.WIDE, diagram.NARROW)
        ],
        exits=exits,
        taken=taken,
        seen=(seen_version() if taken else None) or view.version,
        key=here.ctx.ids.new(),
        uncovered=uncovered,
    )


def unwritten(press: OutcomeView) -> tuple[tuple[forms.Widget, ...], str]:
    """The form of an exit as it stands at first."""
    return forms.widgets(press.fields, press.name), ""


def written(
    here: Visit, view: CaseView, n: int, press: OutcomeView, problems: tuple[Problem, ...]
) -> tuple[tuple[forms.Widget, ...], str]:
    """The form of an exit with what was typed into it."""
    form = request.form
    picks = picking.picks([(press.fields, press.name)], form, asks(here, view, n))
    widgets = forms.widgets(press.fields, press.name, form, problems, picks)
    return widgets, form.get(f"opinion.{press.name}", "")


def asks(here: Visit, view: CaseView, n: int) -> picking.Ask:
    """How what an exit offers is asked for."""
    return lambda asked, fill: choosing.at_task(here.ctx, here.caller, view.number, n, asked, fill=fill)


def remember(district: str, number: str) -> None:
    """Keep the last cases looked at, newest first, in the reader's own cookie."""
    seen = session.get("seen", {})
    numbers = [number, *(held for held in seen.get(district, ()) if held != number)]
    session["seen"] = {**seen, district: numbers[:RECENT]}


def printed(district: str, number: str) -> str:
    """The sheet for paper, with the number and a code that leads back here."""
    here = visit(district)
    view, sums = reading.sheet(here.ctx, here.caller, number)
    path = url_for("web.case", district=district, number=number)
    link = (site().public_url or request.host_url).rstrip("/") + path
    return render_template("print.html", case=view, sums=sums, code=drawing(diagram.code(link)), link=link)


def other(district: str, number: str, verb: str) -> Response | tuple[str, int]:
    """Comment, cancel the whole case, run a failed step again, take back what one did last."""
    here, form = visit(district), request.form
    if bringing_back():
        return show(here, number, wrote=verb), 200
    key = form.get("key", "")
    try:
        if verb == "comment":
            cases.comment(here.ctx, here.caller, number, form.get("note", "").strip(), key=key)
        elif verb == "cancel":
            cases.cancel(here.ctx, here.caller, number, form.get("note", "").strip(), key=key)
        elif verb == "retry":
            cases.retry(here.ctx, here.caller, number, whole_number(form.get("n", ""), MOST_NUMBER) or 0, key=key)
        else:
            return take_back(here, number)
    except Invalid as refusal:
        return show(here, number, refusal.problems, wrote=verb), 422
    return redirect(url_for("web.case", district=district, number=number), 303)


def leave(district: str, number: str, n: int) -> Response | tuple[str, int]:
    """Take an exit of the stage that the case is in, such as 撤回."""
    here, form = visit(district), request.form
    view, outcome = reading.case(here.ctx, here.caller, number), form.get("outcome", "")
    press = next((press for at, press in view.exits if at == n and press.name == outcome), None)
    if picking.finding() and press is not None:
        return picking.found([(press.fields, outcome)], asks(here, view, n))
    if bringing_back():
        return show(here, number), 200
    if press is not None and (open_ := picking.unsettled(press.fields, form, outcome)):
        return show(here, number, open_), 422
    opinion = form.get(f"opinion.{outcome}", "").strip()
    fill = forms.read(press.fields, form, outcome) if press else {}
    try:
        receipt = cases.act(
            here.ctx, here.caller, number, n, outcome, fill=fill, opinion=opinion, key=form.get("key", ""),
            seen_version=seen_version(),
        )  # fmt: skip
    except Invalid as refusal:
        return show(here, number, refusal.problems), 422
    said(receipt, n, press)
    return redirect(url_for("web.case", district=district, number=number), 303)


def take_back(here: Visit, number: str) -> Response:
    """Undo the reader's own last press; where it is too late, say what can be done instead."""
    n, key = whole_number(request.form.get("n", ""), MOST_NUMBER) or 0, request.form.get("key", "")
    try:
        receipt = cases.take_back(here.ctx, here.caller, number, n, key=key)
    except RongtongError as refusal:
        flash(say(refusal.text), "soon")
        return redirect(url_for("web.case", district=here.place.id, number=number), 303)
    if not receipt.opened:
        return redirect(url_for("web.case", district=here.place.id, number=number), 303)
    return redirect(url_for("web.task", district=here.place.id, ref=f"{number}.{receipt.opened[0]}"), 303)
