"""The reader's own page: who they are here, language, look, and the way out."""

from __future__ import annotations

from flask import Blueprint, render_template, session

from engine.errors import Unauthenticated
from engine.operations.context import Caller
from engine.operations.reading import read_log
from engine.web.render import slot_of
from engine.web.visit import LOOKS, PLEASE, language, signed_in, site, visit


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
    places, sections, readings = [], [], []
    for member in who.memberships:
        ctx = site().context(member.district)
        places.append((ctx.district, member))
        caller = Caller(member.person, who.account, "web", language())
        if section := slot_of(ctx, caller, "me_section"):
            sections.append((ctx.district, section))
        if found := read_log.about(ctx, caller):
            readings.append((ctx.district, found))
    return render_template("me.html", places=places, sections=sections, readings=readings, looks=LOOKS)
