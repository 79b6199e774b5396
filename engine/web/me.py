"""The reader's own page: who they are here, language, look, and the way out."""

from __future__ import annotations

from flask import Blueprint, render_template, session

from engine.errors import Unauthenticated
from engine.web.visit import LOOKS, PLEASE, signed_in, site, visit


def add(web: Blueprint) -> None:
    """Add this page to the door."""
    web.add_url_rule("/me", "me", me)


def me() -> str:
    """Districts and units of the account, and how pages look to it."""
    who = signed_in()
    if who is None:
        raise Unauthenticated(PLEASE)
    known = [member.district for member in who.memberships]
    last = session.get("district")
    if known:
        visit(last if last in known else known[0])
    places = [(site().context(member.district).district, member) for member in who.memberships]
    return render_template("me.html", places=places, looks=LOOKS)
