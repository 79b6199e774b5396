"""What plugins show people: the pages they bring, as far as the reader may open them."""

from __future__ import annotations

from collections.abc import Mapping

from engine.extend.context import PageContext
from engine.extend.contributions import Page, View
from engine.operations.access import home_units, is_admin
from engine.operations.context import Caller, Context
from engine.operations.people import directory
from engine.operations.perform import no_case
from engine.store import people
from engine.store.transaction import Tx


def pages(ctx: Context) -> tuple[Page, ...]:
    """The pages of the district's plugins, in the order of menus."""
    return ctx.registry.pages(tuple(ctx.district.plugins))


def menu(ctx: Context, caller: Caller) -> tuple[Page, ...]:
    """The pages that stand in the caller's menu: those of plugins, without what only another role may open."""
    found = [page for page in pages(ctx) if page.menu]
    if not any(page.role for page in found):
        return tuple(found)

    def work(tx: Tx) -> tuple[Page, ...]:
        return tuple(page for page in found if _may_open(ctx, tx, caller, page.role))

    return ctx.runner.run(work, write=False)


def page(
    ctx: Context, caller: Caller, place: int, args: Mapping[str, str], query: Mapping[str, str], base: str
) -> View:
    """What page number *place* of ``pages`` shows to the caller; ``NotFound`` without its role."""
    found = pages(ctx)[place]
    plugin = ctx.registry.owner("register_pages", found)

    def work(tx: Tx) -> View:
        if not _may_open(ctx, tx, caller, found.role):
            raise no_case()
        return found.view(page_context(ctx, tx, caller, plugin, base=base, args=args, query=query))

    return ctx.runner.run(work, write=False)


def page_context(
    ctx: Context, tx: Tx, caller: Caller, plugin: str, *, base: str,
    args: Mapping[str, str] | None = None, query: Mapping[str, str] | None = None,
) -> PageContext:  # fmt: skip
    """What a page or slot of *plugin* is handed for the caller."""
    units = home_units(ctx, tx, caller.person)
    return PageContext(
        district=ctx.id, db=tx.connection, now=ctx.now, directory=directory(tx, ctx),
        settings=ctx.plugin_settings(plugin), person=caller.person, unit=units[0] if units else "",
        posts=_posts(ctx, tx, caller.person), language=caller.language, args=dict(args or {}),
        query=dict(query or {}), base=base,
    )  # fmt: skip


def _posts(ctx: Context, tx: Tx, person: str) -> frozenset[tuple[str, str]]:
    """The roles that *person* has or stands in for, each with its unit."""
    keys = people.audience_keys(tx, ctx.id, person, ctx.now)
    named = (key.removeprefix("role:").split("@", 1) for key in keys if key.startswith("role:"))
    return frozenset((role, unit) for role, unit in named)


def _may_open(ctx: Context, tx: Tx, caller: Caller, role: str) -> bool:
    if not role or is_admin(ctx, tx, caller.person):
        return True
    return any(held == role for held, _ in _posts(ctx, tx, caller.person))
