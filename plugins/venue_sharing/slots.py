"""What the plugin shows on pages that are not its own: how the booking of a case stands."""

from __future__ import annotations

from typing import Final

from markupsafe import Markup

from engine.extend import CaseShown, PageContext, Text, span_words
from plugins.venue_sharing.operations import venues

_STANDS: Final = {
    "held": Text("已锁定，待确认", "held, to be confirmed"),
    "confirmed": Text("预约已生效", "confirmed"),
    "used": Text("已用完交还", "used and handed back"),
    "released": Text("已放开", "let go"),
    "expired": Text("锁定已到期", "the hold lapsed"),
}


def booking(ctx: PageContext, case: CaseShown) -> Markup | None:
    """The last booking that the case made: which venue, when, how it stands, with a link to the venue's week."""
    row = venues.last_booking(ctx, case.id)
    if row is None:
        return None
    when = venues.span_of(row)
    return Markup('<p>{}<a href="{}">{}/{}</a> {} · {}</p>').format(
        Text("场地预约：", "Booking: ").pick(ctx.language),
        ctx.link(f"/venues/{row['venue']}?from={when.start.date()}"),
        ctx.directory.unit_name(row["station"]),
        row["name"],
        span_words(when, ctx.now).pick(ctx.language),
        _STANDS[row["status"]].pick(ctx.language),
    )
