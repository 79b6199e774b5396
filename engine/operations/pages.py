"""What pages need beside tasks and cases: the reader's unit and colleagues, a process as published, plugin pages."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select

from engine.definition.model import Process
from engine.errors import NotFound
from engine.extend.context import PageContext
from engine.extend.contributions import Page, View
from engine.i18n import Text
from engine.operations.context import Caller, Context
from engine.operations.people import Person, people_of
from engine.operations.publish import by_hash
from engine.store.tables import role_grant
from engine.store.transaction import Tx

#: Somebody to hand a task to is chosen from this many at most.
MOST_COLLEAGUES = 200


def home_unit(ctx: Context, caller: Caller) -> str:
    """The id of the caller's own unit, in whose name they start cases."""
    found = ctx.runner.run(lambda tx: people_of(ctx, tx).person(caller.person), write=False)
    return found.unit if found else ""


def colleagues(ctx: Context, caller: Caller) -> tuple[Person, ...]:
    """The other persons of the caller's unit, by name."""

    def read(tx: Tx) -> tuple[Person, ...]:
        people = people_of(ctx, tx)
        mine = people.person(caller.person)
        near = people.persons(MOST_COLLEAGUES, (mine.unit,)) if mine else []
        return tuple(person for person in near if person.id != caller.person)

    return ctx.runner.run(read, write=False)


def process_with(ctx: Context, definition_hash: str) -> Process:
    """The published process with this hash."""
    return ctx.runner.run(lambda tx: by_hash(ctx, tx, definition_hash), write=False).process


def plugin_pages(ctx: Context, caller: Caller) -> tuple[Page, ...]:
    """The pages of this district's plugins that the caller may open, in the order of the menu."""
    pages = ctx.registry.given("register_pages", Page, tuple(ctx.district.plugins))
    if any(page.role for page in pages):
        roles = ctx.runner.run(lambda tx: _roles(ctx, tx, caller.person), write=False)
        pages = tuple(page for page in pages if not page.role or page.role in roles)
    return tuple(sorted(pages, key=lambda page: (page.order, page.path)))


def _roles(ctx: Context, tx: Tx, person: str) -> frozenset[str]:
    g = role_grant.c
    held = select(g.role).where(g.district_id == ctx.id, g.person == person, g.since <= ctx.now, g.until > ctx.now)
    return frozenset(tx.connection.execute(held).scalars())


def open_page(
    ctx: Context, caller: Caller, page: Page, args: Mapping[str, Any], query: Mapping[str, str], base: str
) -> View:
    """What *page* shows the caller; ``base`` starts every link. NotFound if the page is none of theirs."""
    if page not in plugin_pages(ctx, caller):
        raise NotFound(Text("没有找到这个页面。", "There is no such page."))
    plugin = ctx.registry.owner("register_pages", page)

    def read(tx: Tx) -> View:
        people = people_of(ctx, tx)
        reader = people.person(caller.person)
        return page.view(
            PageContext(
                district=ctx.id, db=tx.connection, now=ctx.now, directory=people, settings=ctx.plugin_settings(plugin),
                person=caller.person, unit=reader.unit if reader else "", language=caller.language,
                args={name: str(value) for name, value in args.items()}, query=query, base=base,
            )
        )  # fmt: skip

    return ctx.runner.run(read, write=False)
