"""What a district is told of its plugins: which are away and why, and what today's limits say to its settings."""

from __future__ import annotations

from collections.abc import Iterator

from engine.definition.district.roles import RoleTable
from engine.extend.calls.faults import named
from engine.extend.calls.places import written_at
from engine.extend.calls.watched import left_out
from engine.extend.showing import Endpoint, Page
from engine.i18n import Text
from engine.operations.context import Context


def closings(ctx: Context) -> tuple[Text, ...]:
    """A sentence for each plugin that the district uses and cannot have, and what hung or failed of the others."""
    away = (why for plugin in ctx.district.plugins if (why := ctx.away(plugin)) is not None)
    failed = ctx.system.mishaps.told(ctx.id, ctx.enabled, ctx.now)
    return (*away, *left_out(ctx.enabled), *failed)


def doubts(ctx: Context) -> tuple[Text, ...]:
    """A sentence for each setting that was stored under other limits than those of today, and each page for nobody."""
    return (*_settings(ctx), *_for_nobody(ctx))


def _settings(ctx: Context) -> tuple[Text, ...]:
    return tuple(
        Text(f"插件“{plugin}”在{ctx.district.name.zh}的设置：{doubt.zh}",
             f"A setting of plugin {plugin!r} in {ctx.id}: {doubt.en}")
        for plugin in ctx.enabled
        for doubt in ctx.reading(plugin).doubts
    )  # fmt: skip


def _for_nobody(ctx: Context) -> Iterator[Text]:
    """Pages and endpoints for a role that the district does not have: only administrators may open them."""
    roles = RoleTable(ctx.id, ctx.district.roles)
    for plugin in ctx.enabled:
        given = [(page.path, page.role, page.view) for page in ctx.registry.given(Page, [plugin])]
        given += [(one.path, one.role, one.answer) for one in ctx.registry.given(Endpoint, [plugin])]
        for path, role, function in given:
            if role and not roles.has(role):
                who, name = named(plugin, written_at(function)), ctx.district.name.zh
                zh, en = f"{path}给角色“{role}”用，{name}没有", f"{path} is for role {role!r}, which {ctx.id} has not"
                yield Text(f"{who.zh}：{zh}", f"{who.en}: {en}")
