"""Coming in and going out: log-in, the choice of a district, the personas of a demo."""

from __future__ import annotations

from flask import Blueprint, abort, redirect, render_template, request, session, url_for
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response

from engine.errors import Busy, Unauthenticated
from engine.i18n import Text
from engine.operations.accounts import accounts
from engine.web.security import here_only
from engine.web.visit import LOOKS, language, look, signed_in, site

KEPT = ("language", "look")


def add(web: Blueprint) -> None:
    """Add these pages to the door."""
    web.add_url_rule("/", "home", home)
    web.add_url_rule("/login", "login", login, methods=["GET", "POST"])
    web.add_url_rule("/logout", "logout", logout, methods=["POST"])
    web.add_url_rule("/look", "choose", choose, methods=["POST"])
    web.add_url_rule("/demo", "demo", demo, methods=["GET", "POST"])


def home() -> Response | str:
    """The inbox of the only district, or the choice of one."""
    who = signed_in()
    if who is None:
        return redirect(url_for("web.demo" if site().demo else "web.login"))
    if len(who.memberships) == 1:
        return redirect(url_for("web.inbox", district=who.memberships[0].district))
    return render_template("places.html", places=[(site().context(m.district).district, m) for m in who.memberships])


def login() -> Response | str | tuple[str, int]:
    """Name and password; what a person had typed before the session ended comes along and is not lost."""
    carried = carry(request.form)
    target = here_only(request.values.get("next", ""), url_for("web.home"))
    if request.method == "GET":
        return render_template("login.html", next=target, carried=carried)
    try:
        typed = request.form.get("name", ""), request.form.get("password", "")
        token = accounts.log_in(site().system, *typed, request.remote_addr or "", site().keys)
    except (Unauthenticated, Busy) as refusal:
        if isinstance(refusal, Busy) and refusal.code != "login_busy":
            raise  # the database is; where the desk is, one logs in again with what came along
        status = {"login_rests": 429, "login_busy": 503}.get(refusal.code, 422)
        return render_template("login.html", next=target, carried=carried, wrong=refusal.text), status
    enter(token)
    if carried:
        return render_template("resume.html", next=target, carried=carried)
    return redirect(target, 303)


def once_more(why: Text) -> str:
    """A log-in from an old page: asked for again with what it carried, or that alone where somebody came in since."""
    carried = carry(request.form)
    target = here_only(request.form.get("next", ""), url_for("web.home"))
    if signed_in() is None:
        return render_template("login.html", next=target, carried=carried, wrong=why)
    return render_template("resume.html", next=target, carried=carried) if carried else ""


def carry(form: MultiDict[str, str]) -> list[tuple[str, str]]:
    """The inputs of an interrupted form, as they come back from the log-in page."""
    return [(name[6:], value) for name, value in form.items(multi=True) if name.startswith("carry.")]


def enter(token: str) -> None:
    """Begin a new session: nothing of the one before stays, but for language and look."""
    kept = {name: session[name] for name in KEPT if name in session}
    session.clear()
    session.update(kept, token=token)
    session.permanent = True


def logout() -> Response:
    """End the session on the server and forget it here."""
    if token := session.get("token"):
        accounts.log_out(site().system, token)
    kept = {name: session[name] for name in KEPT if name in session}
    session.clear()
    session.update(kept)
    return redirect(url_for("web.home"), 303)


def choose() -> Response:
    """Change language or look and go back to where the reader was."""
    wanted = request.form.get("look", look())
    session["look"] = wanted if wanted in LOOKS else "auto"
    session["language"] = "en" if request.form.get("language", language()) == "en" else "zh"
    return redirect(here_only(request.form.get("next", ""), url_for("web.home")), 303)


def demo() -> Response | str:
    """The persona cards; becoming one takes one press and no password. Exists on demo data only."""
    stage = site().demo
    if stage is None:
        abort(404)
    if request.method == "GET":
        return render_template("demo.html", personas=stage.personas(), banner=stage.banner())
    key = request.form.get("persona", "")
    chosen = next((persona for persona in stage.personas() if persona.key == key), None)
    if chosen is None:
        abort(404)
    enter(stage.enter(key))
    session["persona"] = key
    return redirect(url_for("web.inbox", district=chosen.district), 303)
