"""What the plugin shows on pages that are not its own: the reader's points on 我的."""

from __future__ import annotations

from markupsafe import Markup

from engine.extend import PageContext, Text
from plugins.points_exchange.operations import reports
from plugins.points_exchange.rules import shown
from plugins.points_exchange.settings import Policy


def mine(ctx: PageContext) -> Markup | None:
    """What the reader can spend of each kind, with a link to their account; nothing for who never had points."""
    points = reports.spendable(ctx, f"person:{ctx.person}")
    if not points:
        return None
    lines = [
        Markup("<div><dt>{}</dt><dd>{}</dd></div>").format(kind.title, shown(points[kind.id]))
        for kind in Policy(ctx.settings).kinds
        if kind.id in points
    ]
    words = Text("看积分明细", "See the account").pick(ctx.language)
    return Markup('<dl class="facts">{}</dl><p><a href="{}">{}</a></p>').format(
        Markup().join(lines), ctx.link("/points"), words
    )
