"""The page of partners, a roster with search, and the board's card."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import RowMapping

from engine.extend import Card, Figure, Page, PageContext, Text, View, listed
from plugins.partner_registry import rules
from plugins.partner_registry.operations import register

TITLE = Text("合伙人", "Partners")
_SHOWN = 50


def roster(ctx: PageContext) -> View:
    """Partners by words and kind, the first fifty."""
    words, kind = ctx.query.get("q", "").strip(), rules.kind_of(ctx.query.get("kind", "")) or ""
    rows = register.search(ctx, words, _SHOWN + 1, kind=kind)
    ctx.directory.want(units=[row["unit"] for row in rows], persons=[row["contact"] for row in rows])
    skills = register.skills_of(ctx, [row["id"] for row in rows])
    counts = register.enrolled_by_kind(ctx)
    return View(
        "partner_registry/partners.html",
        TITLE,
        {
            "q": words,
            "kind": kind,
            "rows": [_row(ctx, row, skills.get(row["id"], ())) for row in rows[:_SHOWN]],
            "more": len(rows) > _SHOWN,
            "kinds": [(key, Text(*names), counts.get(key, 0)) for key, names in rules.KINDS.items()],
            "action": ctx.link("/partners"),
        },
    )


def _row(ctx: PageContext, row: RowMapping, skills: Sequence[str]) -> dict[str, Any]:
    return {
        "id": row["id"],
        "name": row["name"],
        "kind": Text(*rules.KINDS[row["kind"]]),
        "unit": ctx.directory.unit_name(row["unit"]),
        # Whom to reach is for who works here, and for the person.
        "contact": ctx.directory.person_name(row["contact"]) if ctx.posts or ctx.person == row["contact"] else "",
        "skills": listed(skills),
        "status": Text(*rules.STATUSES[row["status"]]),
        "active": row["status"] == "active",
        "valid_until": row["valid_until"] or "",
    }


def figures(ctx: PageContext) -> Sequence[Figure]:
    """Partners by kind."""
    counts = register.enrolled_by_kind(ctx)
    return [
        Figure(str(counts[key]), Text(*names), ctx.link(f"/partners?kind={key}"))
        for key, names in rules.KINDS.items()
        if counts.get(key)
    ]


PAGES = (Page("/partners", TITLE, roster, icon="people", order=30),)
CARDS = (Card("partners", TITLE, figures, Text("还没有合伙人入库。", "No partner is enrolled yet."), order=30),)
