"""``plugins``: which plugins there are, what each brings, which districts use it, and why one cannot be used."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

import click

from engine.cli import options, say
from engine.i18n import Text, listed

if TYPE_CHECKING:
    from engine.extend.loading.discovery import Plugin
    from engine.extend.registry import Registry

_STATES = {
    "broken": Text("不能用", "broken"),
    "left out": Text("没有启用", "left out"),
    "missing": Text("没有装", "not installed"),
}


@click.command()
@options.options(options.other_database_option)
def plugins(url: str | None, as_json: bool) -> None:
    """列出装了哪些插件、各带来什么。 List the plugins and what each brings.

    加 --db 看哪些区县在用。 With --db, say which districts use them.
    """
    if url is None:
        told = _told(options.plugins(tell=False), {})
    else:
        from engine.cli.published import users

        registry, used = users(url)
        told = _told(registry, used)
        for one in told:
            districts = used.get(one["name"], {})
            one["districts"] = sorted(districts)
            one["away"] = {district: why._asdict() for district, why in sorted(districts.items()) if why}
    if as_json:
        say.as_json(told)
        return
    for one in told:
        _say_plugin(one)


def _told(registry: Registry, used: Mapping[str, Any]) -> list[dict[str, Any]]:
    return [*(_brought(registry, plugin) for plugin in registry.plugins), *_left(registry, used)]


def _brought(registry: Registry, plugin: Plugin) -> dict[str, Any]:
    """A plugin that can be used, and what it brings."""
    from engine.extend.registers import HOOKS, REGISTERS

    calls = [hook for hook in HOOKS if hook not in REGISTERS and registry.implements(plugin.name, hook)]
    manifest = plugin.manifest
    return {"name": plugin.name, "state": "here", "version": manifest.version, "title": manifest.title._asdict(),
            "summary": manifest.summary._asdict(), "brings": registry.brings(plugin.name), "called": calls}  # fmt: skip


def _left(registry: Registry, used: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """Those that cannot be used: installed or, where districts are known, wanted by one and not there."""
    for name in sorted({*registry.left, *used} - registry.names):
        state = registry.left[name].state if name in registry.left else "missing"
        why = registry.away(name)
        yield {"name": name, "state": state, "why": why._asdict() if why else None}


def _say_plugin(one: dict[str, Any]) -> None:
    if one["state"] == "here":
        told_of = Text(**one["title"]), Text(**one["summary"])
        say.out(f"{one['name']} {one['version']}  {say.said(told_of[0])}  {say.said(told_of[1])}")
        brought = [f"{name} {count}" for name, count in one["brings"].items()]
        say.out(f"    {say.said(listed([*brought, *one['called']]))}")
    else:
        say.out(f"{one['name']}  {say.picked(_STATES[one['state']], ' ')}")
        say.out(f"    {say.said(Text(**one['why']))}")
    if "districts" in one:
        names = listed(one["districts"])
        say.line(f"    在用：{names.zh or '无'}。", f"Used by: {names.en or 'nobody'}.")
        for district, why in one["away"].items() if one["state"] == "here" else ():
            say.out(f"    {district}  {say.said(Text(**why))}")
