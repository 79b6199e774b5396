"""The page of points and the board's card: a balance with its last movements, and the district's figures."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from engine.extend import (
    Card,
    Endpoint,
    Figure,
    NotFound,
    Page,
    PageContext,
    Text,
    View,
    date_words,
    moment_words,
    to_datetime,
)
from plugins.points_exchange.operations import reports
from plugins.points_exchange.rules import decimal, shown
from plugins.points_exchange.settings import NEVER

TITLE = Text("积分", "Points")
REASONS = {
    "earn": Text("服务记分", "credited for service"),
    "redeem": Text("兑换核销", "redeemed"),
    "reverse": Text("冲正", "reversed"),
    "expire": Text("到期清零", "expired"),
}


def points(ctx: PageContext) -> View:
    """The reader's own account, or that of the person asked for where they may see it, and the district's figures."""
    asked = ctx.query.get("member", "").strip()
    person = _whose(ctx, asked)
    holder = f"person:{person}"
    found = reports.movements(ctx, holder) if person else ()
    ctx.directory.want(persons=[each.actor for each in found if each.actor])
    return View(
        "points_exchange/points.html",
        TITLE,
        {
            "asked": asked,
            "may_ask": any(role in ctx.settings["lookup"] for role, _ in ctx.posts),
            "name": ctx.directory.person_name(person) if person else "",
            "balances": [_balance(each) for each in reports.balances(ctx, holder)] if person else [],
            "movements": [_movement(ctx, each) for each in found],
            "totals": [_total(each) for each in reports.totals(ctx)],
            "action": ctx.link("/points"),
        },
    )


def account(ctx: PageContext) -> Mapping[str, Any]:
    """For programs: what the caller, or a member they may ask about, has of each kind; in decimal points."""
    asked = ctx.query.get("member", "").strip()
    person = _whose(ctx, asked)
    if person is None:
        raise NotFound(Text("没有查到这个人，或不由你查。", "There is nobody of that name whom you may ask about."))
    found = [(each.kind, each.available, each.held) for each in reports.balances(ctx, f"person:{person}")]
    figures = [
        {"kind": kind.id, "title": kind.title, "available": decimal(available), "held": decimal(held)}
        for kind, available, held in found
    ]
    return {"member": person, "name": ctx.directory.person_name(person), "balances": figures}


def _whose(ctx: PageContext, asked: str) -> str | None:
    """The person whose account is shown: the reader, or somebody of a unit that a role of the reader looks after.

    None where there is nobody of that name, and the same where the reader may not ask.
    """
    person = ctx.directory.find_person(asked) if asked else ctx.person
    if person is None or person == ctx.person:
        return person
    home = ctx.directory.person_unit(person)
    return person if any(ctx.has(role, home) for role in ctx.settings["lookup"]) else None


def _balance(each: reports.Balance) -> dict[str, Any]:
    held = shown(each.held)
    return {
        "title": each.kind.title,
        "available": shown(each.available),
        "held": Text(f"另有{held}分冻结", f"{held} more are held") if each.held else None,
        "soon": _soon(each),
    }


def _soon(each: reports.Balance) -> Text | None:
    """How many points expire next, and on which day; None where none does."""
    if each.soon_at is None or each.soon_at >= NEVER:
        return None
    day, points = date_words(to_datetime(each.soon_at - 1), None), shown(each.soon)
    return Text(f"其中{points}分{day.zh}到期", f"{points} of them expire on {day.en}")


def _movement(ctx: PageContext, each: reports.Movement) -> dict[str, Any]:
    return {
        "words": REASONS.get(each.reason, Text(each.reason, each.reason)),
        "points": f"+{shown(each.points)}" if each.points > 0 else shown(each.points),
        "credit": each.points > 0,
        "at": each.at,
        "day": moment_words(to_datetime(each.at), ctx.now).pick(ctx.language),
        "who": ctx.directory.person_name(each.actor) if each.actor else "",
    }


def _total(each: reports.Totals) -> dict[str, str]:
    figures = ("issued", "redeemed", "expired", "outstanding", "held")
    return {"title": each.kind.title, **{name: shown(getattr(each, name)) for name in figures}}


def figures(ctx: PageContext) -> Sequence[Figure]:
    """How many points are out and how many were redeemed."""
    found = []
    for each in reports.totals(ctx):
        if each.issued:
            title, href = each.kind.title, ctx.link("/points")
            found.append(Figure(shown(each.outstanding), Text(f"{title}结余", f"{title} outstanding"), href))
            found.append(Figure(shown(each.redeemed), Text(f"{title}已兑", f"{title} redeemed"), href))
    return found


PAGES = (Page("/points", TITLE, points, icon="coin", order=20),)
ENDPOINTS = (
    Endpoint("/points_exchange/account", "the points of the caller or of a member", account, query=("member",)),
)
CARDS = (Card("points", TITLE, figures, Text("还没有记过积分。", "No points have been credited yet."), order=20),)
