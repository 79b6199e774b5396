"""What plugins show people: the pages they bring, as far as the reader may open them, and parts of other pages."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from typing import Any, Final

from markupsafe import Markup

from engine.audience import RoleAt, parse_audience
from engine.clock import SECOND
from engine.definition.values.plain import sought
from engine.errors import NotFound
from engine.extend.calls import beside
from engine.extend.context import PageContext
from engine.extend.showing import Endpoint, Page, View
from engine.extend.shown import CaseShown, FormShown, RowShown, TaskShown
from engine.i18n import Text, both
from engine.operations import plugin_contexts
from engine.operations.access import home_units
from engine.operations.context import Caller, Context, no_case, no_district
from engine.operations.plugin_answers import blamed, heeding
from engine.operations.reading.start_views import StartForm
from engine.operations.reading.views import CaseView, TaskRow, TaskView
from engine.store import answering
from engine.store.transactions.runner import Tx

_LOG: Final = logging.getLogger("rongtong.plugins")
#: A part of a page that takes longer is told of in the log.
_SLOW: Final = SECOND // 50


def pages(ctx: Context) -> tuple[Page, ...]:
    """The pages of the district's plugins, in the order of menus."""
    return ctx.registry.pages(ctx.enabled)


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
    plugin = ctx.registry.owner(found)

    def work(tx: Tx) -> View:
        if not _may_open(ctx, tx, caller, found.role):
            raise no_case()
        with blamed(ctx, plugin, Text(f"页面{found.path}", f"page {found.path}"), tx):
            return found.view(page_context(ctx, tx, caller, plugin, base=base, args=args, query=query))

    return ctx.runner.run(work, write=False)


def slot(
    ctx: Context, caller: Caller, name: str, view: CaseView | TaskView | TaskRow | StartForm | None, base: str
) -> list[Markup]:
    """What plugins show in slot *name* of a page that shows *view*; one that fails spoils no reading after it."""
    hook, enabled = f"render_{name}", ctx.enabled
    if not ctx.registry.implementations(hook, enabled):
        return []

    def given_to(tx: Tx, plugin: str, work: Callable[[PageContext], Markup | None]) -> Markup | None:
        try:
            given = page_context(ctx, tx, caller, plugin, base=base)
        except NotFound:
            return None
        return work(given)

    def reading(plugin: str, work: Callable[[PageContext], Markup | None]) -> Markup | None:
        began = ctx.clock.wall()
        with heeding(ctx, plugin, both(hook)):
            part = ctx.runner.run(lambda tx: given_to(tx, plugin, work), write=False)
        if ctx.clock.wall() - began > _SLOW:
            _LOG.warning("plugin %s took %d ms for slot %s", plugin, (ctx.clock.wall() - began) // 1000, name)
        return part

    return beside.slot(ctx.registry, enabled, hook, _shown(view), reading, caller.language)


def _shown(view: CaseView | TaskView | TaskRow | StartForm | None) -> dict[str, object]:
    """The argument that the hooks of a slot take for *view*."""
    match view:
        case CaseView():
            return {"case": _case(view)}
        case TaskView():
            task = TaskShown(_case(view.case), view.n, view.step, view.open, view.due_at, view.can_act)
            return {"task": task}
        case TaskRow():
            return {"row": RowShown(view.case, view.number, view.process, view.step, view.n, view.subject)}
        case StartForm():
            return {"form": FormShown(view.process, tuple(unit for unit, _ in view.units))}
    return {}


def _case(view: CaseView) -> CaseShown:
    parties = tuple((party.name, party.unit) for party in view.parties)
    return CaseShown(view.id, view.number, view.process, view.subject, view.status, view.end, parties)


def answer(ctx: Context, caller: Caller, endpoint: Endpoint, query: Mapping[str, str], base: str) -> Any:
    """What a plugin's endpoint answers the caller; ``NotFound`` without its role, or where the district has it not."""
    plugin = ctx.registry.owner(endpoint)

    def work(tx: Tx) -> Any:
        if plugin not in ctx.enabled or not _may_open(ctx, tx, caller, endpoint.role):
            raise NotFound(Text("没有这个接口，或不由你使用。", "There is no such address, or it is not for you."))
        asked = {name: query[name] for name in endpoint.query if name in query}
        with blamed(ctx, plugin, Text(f"接口{endpoint.path}", f"endpoint {endpoint.path}"), tx):
            return endpoint.answer(page_context(ctx, tx, caller, plugin, base=base, query=asked))

    return ctx.runner.run(work, write=False)


def page_context(
    ctx: Context, tx: Tx, caller: Caller, plugin: str, *, base: str,
    args: Mapping[str, str] | None = None, query: Mapping[str, str] | None = None,
) -> PageContext:  # fmt: skip
    """What a page, endpoint or slot of *plugin* is handed for the caller: nothing of a plugin is shown without it.

    So here it is asked whether the caller is still one of the district's people, whatever the plugin forgets; raises
    ``NotFound``, the same as for no such district, for who is not.
    """
    units = home_units(ctx, tx, caller.person)
    if not units:
        raise no_district(ctx.id)
    return plugin_contexts.page_context(
        ctx, tx, plugin, person=caller.person, unit=units[0] if units else "",
        posts=_posts(ctx, tx, caller.person), language=caller.language, args=dict(args or {}),
        query={name: sought(value) for name, value in (query or {}).items()}, base=base,
    )  # fmt: skip


def _posts(ctx: Context, tx: Tx, person: str) -> frozenset[tuple[str, str]]:
    """The roles that *person* has or stands in for, each with its unit."""
    found = map(parse_audience, answering.audience_keys(tx, ctx.id, person, ctx.now))
    return frozenset((one.role, one.unit) for one in found if isinstance(one, RoleAt))


def _may_open(ctx: Context, tx: Tx, caller: Caller, role: str) -> bool:
    """Whether the caller is one of the district's people, with *role* if there is one, or an administrator."""
    answers = answering.answers(tx, ctx.id, caller.person, ctx.now, above=False)
    held = (one.role for one in map(parse_audience, answers.keys) if isinstance(one, RoleAt))
    return bool(answers.own) and (not role or answers.admin or role in held)
