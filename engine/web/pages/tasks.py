"""A task: what it is about, why it is with the reader, and the press that decides it; then the next one opens."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from engine.errors import Invalid, NotFound, Problem
from engine.extend.loading.pages import own_address
from engine.i18n import Text
from engine.operations.reading import choices, pages, pressed
from engine.operations.reading.pressed import SentForm
from engine.operations.reading.read_log_views import Uncovered
from engine.operations.reading.views import OutcomeView, Receipt, TaskView
from engine.operations.verbs import VERBS
from engine.web.forms import fill as forms
from engine.web.forms import keeping, picking, presses
from engine.web.forms.inputs import Form
from engine.web.forms.keeping import bringing_back, form_key, seen_version, why_again
from engine.web.forms.tables import TURN
from engine.web.render import say
from engine.web.visit import NOWHERE, Visit, visit

Page = str | tuple[str, int] | Response
AGAIN = Text("此件你已办理，不用再办。", "You have dealt with this already; nothing is left to do.")
HANDED_ON = Text("转办", "handed on")
ASKED = Text("已申请转办，区管理员同意后转出", "Asked: it goes once an administrator has agreed")
_REF = re.compile(r"([0-9]{6}-[0-9]{1,12})\.([0-9]{1,9})")
PICK = Text("先选一个结果，再提交。", "Choose an outcome before you send the form.")


def add(web: Blueprint) -> None:
    """Add these pages to the door."""
    web.add_url_rule(own_address("tasks", "/<ref>"), "task", task, methods=["GET", "POST"])
    verbs = own_address("tasks", f"/<ref>/{presses.on_pages('task')}")
    web.add_url_rule(verbs, "task_verb", other, methods=["POST"])


def split(ref: str) -> tuple[str, int]:
    """``260616-48273.5`` as a case number and a task's n."""
    found = _REF.fullmatch(ref)
    if found is None:
        raise NotFound(NOWHERE)
    return found[1], int(found[2])


def task(district: str, ref: str) -> Page:
    """The page of a task; a POST decides it, unless it only brings back what was typed before a log-in."""
    number, n = split(ref)
    here = visit(district)
    if request.method == "GET":
        return show(here, pages.task(here.ctx, here.caller, number, n))
    if picking.finding():
        return picking.found(sections(pressed.at_task(here.ctx, here.caller, number, n)), asks(here, number, n))
    if bringing_back():
        return once_more(here, number, n, typed=True)
    return decide(here, number, n)


def show(
    here: Visit, view: TaskView, *, typed: bool = False, notice: Text | None = None, wrote: str = "", sent: str = "",
    uncovered: Uncovered | None = None,
) -> str:  # fmt: skip
    """The page, with everything *typed* in it kept; *wrote* is a press beside the decision that was refused, *sent*
    one that was done.
    """
    form, problems = request.form if typed else None, keeping.wrong()
    taken, wrong = pressed_in(press.name for press in view.outcomes) if typed else "", () if wrote else problems
    picks = picking.picks(sections(view), form, asks(here, view.case.number, view.n))
    decided = [written(press, form, wrong if press.name == taken else (), picks) for press in view.outcomes]
    common = forms.widgets(view.fields, "", form, wrong, picks)
    own = next((own for press, own, *_ in decided if press.name == taken), ())
    asked = {**forms.anchors(common, own), "opinion": f"opinion.{taken}"}
    values: dict[str, Any] = {
        "task": view,
        "case": view.case,
        "ref": f"{view.case.number}.{view.n}",
        "widgets": common,
        "presses": decided,
        "seen": (seen_version() if typed else None) or view.case.version,
        "key": (form_key() if typed else None) or here.ctx.ids.new(),
        "taken": taken,
        "anchors": presses.anchors(wrote) if wrote else asked,
        "wrote": wrote,
        "offers": presses.on_task(view, keeping.beside(sent) if typed else {}),
        "problems": problems,
        "notice": notice,
        "uncovered": uncovered,
    }
    return render_template("task.html", **values)


def pressed_in(outcomes: Iterable[str]) -> str:
    """The press that was taken, or beside whose fields something was asked for."""
    inside = request.form.get(picking.FIND) or request.form.get(TURN, "")
    beside = (name for name in outcomes if inside.startswith(forms.name_of(name, "")))
    return request.form.get("outcome") or next(beside, "")


def written(
    press: OutcomeView, form: Form | None, problems: Sequence[Problem], picks: Mapping[str, forms.Pick]
) -> tuple[OutcomeView, tuple[forms.Widget, ...], str, bool]:
    """A press with its fields and its opinion as typed, and whether anything was typed for it."""
    opinion = form.get(f"opinion.{press.name}", "") if form else ""
    widgets = forms.widgets(press.fields, press.name, form, problems, picks)
    untouched = forms.sends(forms.widgets(press.fields, press.name))
    return press, widgets, opinion, bool(opinion.strip()) or set(forms.sends(widgets)) != set(untouched)


def sections(view: TaskView | SentForm) -> list[picking.Section]:
    """The parts of the form: what the whole page asks, and what each press asks beside."""
    return [(view.fields, ""), *((press.fields, press.name) for press in view.outcomes)]


def asks(here: Visit, number: str, n: int) -> picking.Ask:
    """How what is offered here is asked for."""
    return lambda asked, fill: choices.at_task(here.ctx, here.caller, number, n, asked, fill=fill)


def decide(here: Visit, number: str, n: int) -> Page:
    """Take the outcome that was pressed; a refusal shows the page again with everything typed."""
    outcome = request.form.get("outcome", "")
    form = pressed.at_task(here.ctx, here.caller, number, n, outcome)
    press = next((one for one in form.outcomes if one.name == outcome), None)
    if press is None and form.open:
        raise Invalid((), PICK)
    receipt = presses.decide(here, number, n, outcome, sections(form))
    return onward(here, receipt, n, press.title if press else None)


def once_more(here: Visit, number: str, n: int, *, typed: bool = False, wrote: str = "") -> Page:
    """The page as it is now with what was typed, or who was faster if nothing can be sent from it any more."""
    view, why = pages.task(here.ctx, here.caller, number, n), why_again()
    if why is None or (view.open and view.can_act):
        return show(here, view, typed=typed, wrote=wrote, notice=why)
    text = why if form_key() else AGAIN
    return render_template("race.html", task=view, case=view.case, text=text)


def said(here: Visit, number: str, n: int, did: Text | None) -> tuple[str, int] | None:
    """Leave the strip for the next page: what was done at *n*, and 撤回 where it would be carried out. What is next."""
    back, following = pages.after(here.ctx, here.caller, number, n)
    flash({"number": number, "n": n, "did": did._asdict() if did else {}, "back": back}, "did")  # type: ignore[arg-type]
    return following


def onward(here: Visit, receipt: Receipt, n: int, did: Text | None) -> Response:
    """Say what was done, offer to take it back, and open what is next."""
    following = said(here, receipt.number, n, did)
    if following is None:
        return redirect(url_for("web.inbox", district=here.place.id), 303)
    number, following_n = following
    return redirect(url_for("web.task", district=here.place.id, ref=f"{number}.{following_n}"), 303)


def gone_on(here: Visit, number: str, n: int, verb: str) -> Page:
    """What follows a press beside the decision: the page with what was typed in it, or where nothing was, afresh.

    A task that was handed on has gone with its form; the strip offers to take it back.
    """
    place = here.place.id
    if verb == "transfer":
        if not pages.can_act(here.ctx, here.caller, number, n):
            said(here, number, n, HANDED_ON)
            return redirect(url_for("web.inbox", district=place), 303)
        flash(say(ASKED), "done")
    if keeping.holds_more(verb):
        view = pages.task(here.ctx, here.caller, number, n)
        fresh = (pair for fields, prefix in sections(view) for pair in forms.sends(forms.widgets(fields, prefix)))
        if keeping.left_behind(verb, fresh):
            return show(here, view, typed=True, sent=verb)
    return redirect(url_for("web.task", district=place, ref=f"{number}.{n}"), 303)


def other(district: str, ref: str, verb: str) -> Page:
    """Claim, give back, hand over, comment: the presses beside the decision."""
    number, n = split(ref)
    here = visit(district)
    if bringing_back():
        return once_more(here, number, n, typed=True, wrote=verb)
    presses.do(here, VERBS[verb], number, n)
    return gone_on(here, number, n, verb)
