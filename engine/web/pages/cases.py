"""A case: with whom it is now and since when, what happened, where it stands, and what may still be done."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from flask import Blueprint, flash, redirect, render_template, request, session, url_for

from engine.definition.values.extents import MOST_NUMBER
from engine.definition.values.plain import whole_number
from engine.errors import Busy, RongtongError
from engine.extend.loading.pages import own_address
from engine.operations.reading import choices, pages, pressed
from engine.operations.reading.read_log_views import Uncovered
from engine.operations.reading.views import CaseView, OutcomeView
from engine.operations.verbs import VERBS
from engine.web import diagram
from engine.web.forms import fill as forms
from engine.web.forms import keeping, picking, presses
from engine.web.forms.keeping import bringing_back, form_key, seen_version, why_again
from engine.web.pages.tasks import Page, pressed_in, said, written
from engine.web.render import drawing, say
from engine.web.visit import Visit, language, site, visit

RECENT = 10


def add(web: Blueprint) -> None:
    """Add these pages to the door."""
    web.add_url_rule(own_address("cases", "/<number>"), "case", case, methods=["GET", "POST"])
    web.add_url_rule(own_address("cases", "/<number>/print"), "case_print", printed)
    verbs = own_address("cases", f"/<number>/{presses.on_pages('case')}")
    web.add_url_rule(verbs, "case_verb", other, methods=["POST"])
    at_steps = own_address("cases", f"/<number>/{presses.among(presses.beside('step'))}")
    web.add_url_rule(at_steps, "case_step", other, methods=["POST"])


def case(district: str, number: str) -> Page:
    """The page of a case; a POST takes one of the exits that it offers."""
    here = visit(district)
    if request.method == "POST":
        return leave(here, number)
    shown = show(here, number)
    remember(district, number)
    return shown


def show(
    here: Visit, number: str, wrote: str = "", sent: str = "", uncovered: Uncovered | None = None,
    view: CaseView | None = None,
) -> str:  # fmt: skip
    """The page with what was typed in it, and with what was wrong with the last press.

    *wrote* is a press beside the exits that was refused, *sent* one that was done. *view* is there if it was read.
    """
    view = view or pages.case(here.ctx, here.caller, number)
    process = pages.process_of(here.ctx, view)
    form, problems = request.form if request.method == "POST" else None, keeping.wrong()
    leaving = exits_of(view.exits)
    taken = pressed_in(press.name for press, _ in leaving) if form else ""
    exits = [
        written(press, form, () if wrote or press.name != taken else problems, sought(here, number, press, n))
        for press, n in leaving
    ]
    pressed = next((own for press, own, *_ in exits if press.name == taken), ())
    return render_template(
        "case.html",
        case=view,
        problems=problems,
        notice=why_again(),
        anchors=presses.anchors(wrote) if wrote else {**forms.anchors(pressed), "opinion": f"opinion.{taken}"},
        wrote=wrote,
        offers=presses.on_case(view, keeping.beside(sent) if form else {}),
        pictures=[
            drawing(diagram.draw(process, view.visited, view.active, view.end, language(), size))
            for size in (diagram.WIDE, diagram.NARROW)
        ],
        exits=exits,
        taken=taken,
        seen=(seen_version() if form else None) or view.version,
        key=(form_key() if form else None) or here.ctx.ids.new(),
        uncovered=uncovered,
    )


def exits_of(exits: Iterable[tuple[int, OutcomeView]]) -> list[tuple[OutcomeView, int]]:
    """The *exits* that the reader may take, each with the place it leaves, which tells those of one name apart."""
    return [(replace(press, name=called(n, press.name)), n) for n, press in exits]


def called(n: int, outcome: str) -> str:
    """What the form calls the exit *outcome* at *n*."""
    return f"{n}-{outcome}"


def sought(here: Visit, number: str, press: OutcomeView, n: int) -> dict[str, forms.Pick]:
    """What was found for the fields of an exit."""
    form = request.form if request.method == "POST" else None
    return picking.picks([(press.fields, press.name)], form, asks(here, number, n))


def asks(here: Visit, number: str, n: int) -> picking.Ask:
    """How what an exit offers is asked for."""
    return lambda asked, fill: choices.at_task(here.ctx, here.caller, number, n, asked, fill=fill)


def remember(district: str, number: str) -> None:
    """Keep the last cases looked at, newest first, in the reader's own cookie."""
    seen = session.get("seen", {})
    numbers = [number, *(held for held in seen.get(district, ()) if held != number)]
    session["seen"] = {**seen, district: numbers[:RECENT]}


def printed(district: str, number: str) -> str:
    """The sheet for paper, with the number and a code that leads back here."""
    here = visit(district)
    view, sums = pages.sheet(here.ctx, here.caller, number)
    path = url_for("web.case", district=district, number=number)
    link = (site().public_url or request.host_url).rstrip("/") + path
    return render_template("print.html", case=view, sums=sums, code=drawing(diagram.code(link)), link=link)


def other(district: str, number: str, verb: str) -> Page:
    """Comment, cancel the whole case, run a failed step again, take back what one did last."""
    here = visit(district)
    if bringing_back():
        return show(here, number, wrote=verb)
    n = numbered(request.form.get("n", ""))
    if verb == "take_back":
        return take_back(here, number, n)
    presses.do(here, VERBS[verb], number, n)
    return gone_on(here, number, verb)


def gone_on(here: Visit, number: str, verb: str) -> Page:
    """The page with what was typed beside the press *verb*, or where nothing was, afresh."""
    if keeping.holds_more(verb):
        view = pages.case(here.ctx, here.caller, number)
        made = (forms.widgets(press.fields, press.name) for press, _ in exits_of(view.exits))
        if keeping.left_behind(verb, (pair for exit_ in made for pair in forms.sends(exit_))):
            return show(here, number, sent=verb, view=view)
    return redirect(url_for("web.case", district=here.place.id, number=number), 303)


def leave(here: Visit, number: str) -> Page:
    """Take an exit of the stage that the case is in, such as 撤回."""
    if bringing_back():
        return found(here, number) if picking.finding() else show(here, number)
    name = request.form.get("outcome", "")
    place, _, outcome = name.partition("-")
    n = numbered(place)
    exits = pressed.at_exits(here.ctx, here.caller, number, (n, outcome)).outcomes
    presses.decide(here, number, n, outcome, [(press.fields, name) for press in exits], name)
    said(here, number, n, exits[0].title if exits else None)
    return redirect(url_for("web.case", district=here.place.id, number=number), 303)


def found(here: Visit, number: str) -> Page:
    """The list for the script, where what it asks about stands with one of the exits."""
    exits = {called(one.n, one.name): one for one in pressed.at_exits(here.ctx, here.caller, number).outcomes}
    name = pressed_in(exits)
    press = exits.get(name)
    return picking.found([(press.fields, name)], asks(here, number, press.n)) if press else show(here, number)


def take_back(here: Visit, number: str, n: int) -> Page:
    """Undo the reader's own last press; where it is too late, say what can be done instead."""
    try:
        receipt = presses.do(here, VERBS["take_back"], number, n)
    except Busy:
        raise  # it may well be taken back in a while
    except RongtongError as refusal:
        flash(say(refusal.text), "soon")
        return gone_on(here, number, "take_back")
    if not receipt.opened:
        return gone_on(here, number, "take_back")
    return redirect(url_for("web.task", district=here.place.id, ref=f"{number}.{receipt.opened[0]}"), 303)


def numbered(typed: str) -> int:
    """The place in the case that a form names; 0 where it names none."""
    return whole_number(typed, MOST_NUMBER) or 0
