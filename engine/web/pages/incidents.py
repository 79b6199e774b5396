"""异常: what the engine could not do by itself, for administrators: what happened, and the presses that mend it."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from engine.errors import Conflict, NotFound
from engine.extend.loading.pages import own_address
from engine.i18n import Text
from engine.operations import cases, notices
from engine.operations import incidents as operations
from engine.operations.background.failing import queued_words, since_words
from engine.operations.closings import closings, doubts
from engine.operations.reading import pages
from engine.operations.verbs import VERBS
from engine.web.forms import presses
from engine.web.forms.keeping import bringing_back, why_again, wrong
from engine.web.pages.inbox import INCIDENTS, tabs
from engine.web.pages.tasks import split
from engine.web.render import say
from engine.web.visit import Visit, visit
from engine.web.words import gettext as _

#: What an administrator says to a request to hand a task on.
ANSWERS = presses.beside("request")


def add(web: Blueprint) -> None:
    """Add these pages to the door."""
    web.add_url_rule(own_address("incidents"), "incidents", incidents)
    verbs = own_address("incidents", f"/<ref>/{presses.among(('retry', 'drop', *ANSWERS))}")
    web.add_url_rule(verbs, "incident_verb", mend, methods=["POST"])
    web.add_url_rule(own_address("incidents", "/all"), "incidents_all", confirm)
    web.add_url_rule(own_address("incidents", "/all"), "incidents_retried", retry_all, methods=["POST"])


def incidents(district: str) -> str:
    """Every open incident of the district."""
    return show(visit(district))


def show(here: Visit, wrote: str = "") -> str:
    """The page, with what was wrong with the last press; *wrote* names the incident whose words are kept."""
    found = operations.incidents(here.ctx, here.caller)
    told = notices.mine(here.ctx, here.caller)
    return render_template(
        "incidents.html", incidents=found, tabs=tabs(here, "incidents", told, failed=len(found)), wrote=wrote,
        problems=wrong(), notice=why_again(), batches=operations.batches(here.ctx, here.caller),
        closed=(*closings(here.ctx), *doubts(here.ctx)), since=since_words, page=INCIDENTS,
    )  # fmt: skip


def mend(district: str, ref: str, verb: str) -> Response | str:
    """Let a step or a job run again, let a job be, let a task be handed on or not."""
    here, key = visit(district), request.form.get("key", "")
    if bringing_back():
        return show(here, ref)
    try:
        if verb == "drop":
            operations.drop_job(here.ctx, here.caller, ref, key=key)
            flash(_("不再处理这一项"), "done")
        elif verb in ANSWERS:
            VERBS[verb].run(here.ctx, here.caller, *split(ref), note=request.form.get("note", ""), key=key)
            flash(_("已转办") if verb == "agree_transfer" else _("没有转办，仍由原来的人办理"), "done")
        elif "." in ref:
            flash(*_retry(here, *split(ref), key))
        else:
            kind = operations.retry_job(here.ctx, here.caller, ref, key=key)
            flash(say(queued_words(here.ctx, kind, 1)), "done")
    except (Conflict, NotFound) as late:
        if verb in ANSWERS:
            raise  # the page comes again, with the word that was written
        flash(say(late.text), "soon")
    return redirect(url_for("web.incidents", district=district), 303)


def confirm(district: str) -> str:
    """What retrying every job of a kind would do, before it is done."""
    here, job = visit(district), request.args.get("job", "")
    batch = next((one for one in operations.batches(here.ctx, here.caller) if one.job == job), None)
    if batch is None:
        raise NotFound(Text("没有这一类异常，可能已经处理完了。", "There is none of this kind any more."))
    return render_template("incidents_all.html", batch=batch)


def retry_all(district: str) -> Response:
    """Let every job of a kind run at once."""
    here, key = visit(district), request.form.get("key", "")
    try:
        kind = request.form.get("job", "")
        count = operations.retry_jobs(here.ctx, here.caller, kind, key=key)
        flash(say(queued_words(here.ctx, kind, count)), "done")
    except NotFound as late:
        flash(say(late.text), "soon")
    return redirect(url_for("web.incidents", district=district), 303)


def _retry(here: Visit, number: str, n: int, key: str) -> tuple[str, str]:
    """Let a step run again; whether it did what it should, as a strip."""
    cases.retry(here.ctx, here.caller, number, n, key=key)
    if any(holder.incident for holder in pages.case(here.ctx, here.caller, number).holders):
        return _("%(number)s又试了一次，还是没有办成", number=number), "soon"
    return _("%(number)s已继续办理", number=number), "done"
