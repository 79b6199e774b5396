"""What a district is told of its plugins: which are away and why, and what today's limits say to its settings."""

from __future__ import annotations

from engine.i18n import Text
from engine.operations.context import Context


def closings(ctx: Context) -> tuple[Text, ...]:
    """A sentence for each plugin that the district uses and cannot have."""
    return tuple(why for plugin in ctx.district.plugins if (why := ctx.away(plugin)) is not None)


def doubts(ctx: Context) -> tuple[Text, ...]:
    """A sentence for each setting that was stored under other limits than those of today."""
    return tuple(
        Text(f"插件“{plugin}”在{ctx.district.name.zh}的设置：{doubt.zh}",
             f"A setting of plugin {plugin!r} in {ctx.id}: {doubt.en}")
        for plugin in ctx.enabled
        for doubt in ctx.reading(plugin).doubts
    )  # fmt: skip
