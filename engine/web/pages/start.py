"""Starting a process: what the reader may start, then its form on one page."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from engine.extend.loading.pages import own_address
from engine.i18n import Text, both
from engine.operations import cases
from engine.operations.reading import choices, pages, pressed
from engine.web import menu
from engine.web.forms import fill as forms
from engine.web.forms import picking
from engine.web.forms.keeping import bringing_back, form_key, why_again, wrong
from engine.web.visit import Visit, visit


def add(web: Blueprint) -> None:
    """Add these pages to the door."""
    menu.put(web, menu.Item("start", Text("发起", "Start"), "start", bar=True))
    web.add_url_rule(own_address("start"), "start", start)
    web.add_url_rule(own_address("start", "/<process>"), "start_form", form, methods=["GET", "POST"])


def start(district: str) -> str:
    """What the reader may start, most used first."""
    here = visit(district)
    items = pages.startable(here.ctx, here.caller)
    usual = sorted((item for item in items if item.times), key=lambda item: -item.times)[:5]
    return render_template("start.html", items=items, usual=usual if len(items) > 5 else ())


def form(district: str, process: str) -> str | Response:
    """The form; a POST starts the case and opens it, and a refusal shows the page again with everything typed."""
    here = visit(district)
    if request.method == "GET" or (bringing_back() and not picking.finding()):
        return show(here, process)
    sent = pressed.at_start(here.ctx, here.caller, process, request.form.get("unit", ""))
    sections = [(sent.fields, "")]
    if picking.finding():
        return picking.found(sections, asks(here, process))
    receipt = cases.start(
        here.ctx, here.caller, process, picking.settled(sections, request.form), unit=sent.unit,
        key=request.form.get("key", ""),
    )  # fmt: skip
    flash({"number": receipt.number}, "started")  # type: ignore[arg-type]
    return redirect(url_for("web.case", district=district, number=receipt.number), 303)


def asks(here: Visit, process: str) -> picking.Ask:
    """How what is offered here is asked for."""
    unit = request.form.get("unit", "")
    return lambda asked, fill: choices.at_start(here.ctx, here.caller, process, asked, fill=fill, unit=unit)


def show(here: Visit, process: str) -> str:
    """The form with what was typed and what is wrong."""
    again = request.args.get("again", "") if request.method == "GET" else ""
    view = pages.start_form(here.ctx, here.caller, process, again, request.form.get("unit", ""))
    typed, problems = request.form if request.method == "POST" else None, wrong()
    picks = picking.picks([(view.fields, "")], typed, asks(here, process))
    widgets = forms.widgets(view.fields, "", typed, problems, picks)
    return render_template(
        "start_form.html",
        form=view,
        widgets=widgets,
        anchors=forms.anchors(widgets),
        units=[(unit, both(name)) for unit, name in view.units],
        problems=(*view.problems, *problems),
        notice=why_again(),
        key=form_key() or here.ctx.ids.new(),
    )
