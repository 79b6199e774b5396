"""异常: what the engine could not do by itself, for administrators: what happened, and the presses that mend it."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from engine.errors import Conflict, NotFound
from engine.operations import cases, notices, reading
from engine.operations import incidents as operations
from engine.web.inbox import tabs
from engine.web.render import say
from engine.web.tasks import split
from engine.web.visit import Visit, visit


def add(web: Blueprint) -> None:
    """Add these pages to the door."""
    web.add_url_rule("/<district>/incidents", "incidents", incidents)
    verbs = "/<district>/incidents/<ref>/<any(retry,drop,agree,decline):verb>"
    web.add_url_rule(verbs, "incident_verb", mend, methods=["POST"])


def incidents(district: str) -> str:
    """Every open incident of the district."""
    here = visit(district)
    found = operations.incidents(here.ctx, here.caller)
    told = notices.mine(here.ctx, here.caller)
    return render_template("incidents.html", incidents=found, tabs=tabs(here, "incidents", told, failed=len(found)))


def mend(district: str, ref: str, verb: str) -> Response:
    """Let a step or a job run again, let a job be, let a task be handed on or not."""
    here, key = visit(district), request.form.get("key", "")
    try:
        if verb == "drop":
            operations.drop_job(here.ctx, here.caller, ref, key=key)
            flash(_("不再处理这一项"), "done")
        elif verb in ("agree", "decline"):
            number, n = split(ref)
            cases.answer_transfer(here.ctx, here.caller, number, n, verb == "agree", key=key)
            flash(_("已转办") if verb == "agree" else _("没有转办，仍由原来的人办理"), "done")
        elif "." in ref:
            flash(*_retry(here, *split(ref), key))
        else:
            operations.retry_job(here.ctx, here.caller, ref, key=key)
            flash(_("已重新排队，系统马上再试"), "done")
    except (Conflict, NotFound) as late:
        flash(say(late.text), "soon")
    return redirect(url_for("web.incidents", district=district), 303)


def _retry(here: Visit, number: str, n: int, key: str) -> tuple[str, str]:
    """Let a step run again; whether it did what it should, as a strip."""
    cases.retry(here.ctx, here.caller, number, n, key=key)
    if any(holder.incident for holder in reading.case(here.ctx, here.caller, number).holders):
        return _("%(number)s又试了一次，还是没有办成", number=number), "soon"
    return _("%(number)s已继续办理", number=number), "done"
