"""Refusals and faults as pages: one sentence that says what is wrong and what to do, and the right status."""

from __future__ import annotations

import logging
from typing import Final

from flask import Blueprint, g, make_response, redirect, render_template, request, url_for
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException, MethodNotAllowed
from werkzeug.wrappers import Response

from engine import errors
from engine.edge import answers, watch
from engine.i18n import Text
from engine.web.forms import keeping
from engine.web.pages import login
from engine.web.visit import NOWHERE, signed_in, site, visit_or_none

STATUS: Final[dict[type[errors.RongtongError], int]] = {
    errors.NotFound: 404,
    errors.Forbidden: 403,
    errors.Conflict: 409,
    errors.KeyReused: 422,
    errors.Invalid: 422,
    errors.UnknownVersion: 500,
    errors.Busy: 503,
    errors.Unanswered: 503,
}
KEPT: Final = Text(
    "这个页面打开得太久，或者你在别处重新登录过，这次没有提交。你填的内容都在，不用刷新，看过后再提交一次。",
    "This page is old, or you have logged in again since, and nothing was sent. All you wrote is here: send it again.",
)
SENT: Final = Text(
    "这一页刚才已经提交过，这次改动的内容还没有提交。确实要另外提交，就再按一次。",
    "This page has been sent already, and what you changed since has not. To send it as well, press once more.",
)
GONE: Final = Text(
    "你填的内容不能从这里提交了，都在下面，需要的话可以复制。",
    "What you wrote cannot be sent from here any more. It stands below, to be copied.",
)
STALE: Final = Text(
    "这个页面打开得太久，没有提交。回到上一页刷新后再提交一次。",
    "This page was open for too long and nothing was sent. Go back, reload and send it again.",
)
ODD: Final = Text("这个地址不能这样打开。回到待办再试。", "This address cannot be used so. Go back to your inbox.")
OFTEN: Final = Text("请求太密。过1分钟再试。", "Too many requests. Try again in a minute.")
FAULT: Final = Text(
    "系统出错，没有保存成功。过1分钟再试；还不行，把编号告诉管理员。",
    "Something broke and nothing was saved. Try again in a minute, or give the reference to your administrator.",
)
UNSHOWN: Final = Text(
    "系统出错，这一页没有显示出来；已经保存的内容都在。过1分钟再试；还不行，把编号告诉管理员。",
    "This page could not be shown; nothing that was saved is lost. Try again in a minute, or give the reference "
    "to your administrator.",
)
_log = logging.getLogger("rongtong.web")


def add(web: Blueprint) -> None:
    """Answer refusals and faults of this door, and addresses that nobody serves."""
    web.register_error_handler(errors.Unauthenticated, ended)
    web.register_error_handler(errors.RongtongError, refused)
    web.register_error_handler(CSRFError, stale)
    web.register_error_handler(HTTPException, odd)
    web.register_error_handler(Exception, broken)
    web.after_request(given_back)


def ended(_refusal: errors.RongtongError) -> Response | tuple[str, int]:
    """No session: log in; a form that was being sent is carried along."""
    if request.path.startswith("/_/"):
        return "", 204
    if request.method == "GET":
        return redirect(url_for("web.login", next=request.full_path.rstrip("?")), 303)
    held = keeping.keeps()
    carried = [pair for pair in request.form.items(multi=True) if pair[0] != "csrf_token"] if held else []
    target = request.path if held or request.endpoint == "web.notices_read" else url_for("web.home")
    return render_template("login.html", next=target, carried=carried, ended=True), 401


def refused(refusal: errors.RongtongError) -> Response | tuple[str, int]:
    """A refusal in its own words, on the page whose form was refused if there is one."""
    if (who := g.get("signed_in")) is not None:
        watch.log_refusal(refusal, who.account, request.endpoint, request.remote_addr)
    status = next((code for kind, code in STATUS.items() if isinstance(refusal, kind)), 400)
    reused = isinstance(refusal, errors.KeyReused)
    why, told = SENT if reused else refusal.text, refusal.details.get("told")
    wrong = refusal.problems if isinstance(refusal, errors.Invalid) else ()
    shown = keeping.again(None if wrong else why, status, wrong=wrong, key_is_used=reused, told=told)
    if shown is not None:
        return shown
    reference = site().system.ids.reference() if status == 503 else ""
    if reference:
        _log.warning("%s %s %s", refusal.details.get("failure", refusal.code), reference, request.endpoint)
    return page(refusal.text, status, reference)


def stale(_refusal: CSRFError) -> Response | str | tuple[str, int]:
    """A form without a good token: of another session, or of none."""
    if request.endpoint == "web.login" and (form := login.once_more(STALE)):
        return form, 403
    if signed_in() is None and "district" in (request.view_args or {}):
        return ended(errors.Unauthenticated(STALE))
    return keeping.again(KEPT, 403) or page(STALE, 403)


def odd(fault: HTTPException) -> Response:
    """What the web framework refused."""
    status = fault.code or 400
    words = {404: NOWHERE, 413: answers.LARGE.text, 429: OFTEN, 503: FAULT}
    answer = make_response(keeping.again(words.get(status, ODD), status) or page(words.get(status, ODD), status))
    if isinstance(fault, MethodNotAllowed):
        answer.allow.update(fault.valid_methods or ())
    return answer


def broken(_fault: Exception) -> tuple[str, int]:
    """A fault of ours: no trace for the reader, a reference that leads to it in the log."""
    reference = site().system.ids.reference()
    _log.exception("fault %s %s", reference, request.endpoint)
    return page(UNSHOWN if request.method in ("GET", "HEAD") else FAULT, 500, reference)


def given_back(answer: Response) -> Response:
    """Where a page that comes again has no place for what was typed, a page of its own gives it back."""
    page_of_words = answer.mimetype == "text/html" and answer.status_code not in (303, 401)
    if not page_of_words or not keeping.keeps() or not (keeping.bringing_back() or "sent" in g):
        return answer
    if keeping.lost(answer.get_data(as_text=True)):
        answer.set_data(page(keeping.why_again() or GONE, answer.status_code)[0])
    return answer


def page(text: Text, status: int, reference: str = "") -> tuple[str, int]:
    """The page of an error; where even the frame cannot be read from the database, without one."""
    shown = {"text": text, "status": status, "reference": reference, "typed": keeping.typed()}
    try:
        return render_template("error.html", **shown, at=visit_or_none()), status
    except Exception:
        _log.warning("no frame for an error page", exc_info=True)
        g.bare = True
        return render_template("error.html", **shown, at=None), status
