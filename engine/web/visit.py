"""One request of one person: who they are, in which district, and in which language and look."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from flask import current_app, g, request, session

from engine.clock import Micros
from engine.edge.reader import reads
from engine.errors import Busy, NotFound, Unauthenticated
from engine.i18n import Text
from engine.operations.accounts import accounts
from engine.operations.context import Caller, Context, District
from engine.web.site import Site

LOOKS: Final = ("auto", "light", "dark", "elder")
NOWHERE: Final = Text("没有找到这个页面。可以回到待办。", "There is no such page. You can go back to your inbox.")
PLEASE: Final = Text("先登录，再接着办。", "Log in first, then go on.")


@dataclass(frozen=True, slots=True)
class Visit:
    """A person at work in one district."""

    ctx: Context
    caller: Caller
    name: str
    unit: str
    now: Micros

    @property
    def place(self) -> District:
        """The district."""
        return self.ctx.district


def site() -> Site:
    """The site of the running application."""
    held: Site = current_app.extensions["rongtong.web"]
    return held


def language() -> str:
    """``zh`` or ``en``: as chosen, else as the browser prefers, else Chinese; found out once a request."""
    held: str | None = g.get("language")
    if held is None:
        chosen = session.get("language")
        if chosen not in ("zh", "en"):
            chosen = request.accept_languages.best_match(("zh", "en"), "zh")
        held = g.language = str(chosen)
        reads(request.environ, held)
    return held


def look() -> str:
    """The look as chosen: ``auto`` follows the system."""
    chosen = session.get("look", "auto")
    return chosen if chosen in LOOKS else "auto"


def signed_in() -> accounts.Session | None:
    """The live session behind the cookie, looked up once a request."""
    if "signed_in" not in g:
        token = session.get("token", "")
        g.signed_in = accounts.session(site().system, token) if token else None
    held: accounts.Session | None = g.signed_in
    return held


def visit(district: str) -> Visit:
    """The visit to *district*; Unauthenticated without a session, NotFound where the reader has no post."""
    if "visit" not in g:
        g.visit = _visit(district)
    held: Visit = g.visit
    return held


def _visit(district: str) -> Visit:
    who = signed_in()
    if who is None:
        raise Unauthenticated(PLEASE)
    member = next((m for m in who.memberships if m.district == district), None)
    if member is None:
        raise NotFound(NOWHERE)
    if session.get("district") != district:
        session["district"] = district
    ctx = site().context(district)
    if request.method == "GET":
        ctx = ctx.still()  # a page is of one moment, and asks nothing twice for the sake of a microsecond
    caller = Caller(person=member.person, account=who.account, door="web", language=language())
    return Visit(ctx, caller, member.name, member.unit, ctx.now)


def visit_or_none() -> Visit | None:
    """The visit if there is one, for frames that also stand on public pages and where the database is away."""
    try:
        return visit(str((request.view_args or {}).get("district", "")))
    except (Unauthenticated, NotFound, Busy):
        return None
