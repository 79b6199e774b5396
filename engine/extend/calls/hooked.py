"""The hooks of plugins, as pluggy holds them and as the engine calls them."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from functools import reduce
from operator import or_
from typing import Any, Final

import pluggy

from engine.errors import Problem
from engine.extend import hookspecs
from engine.extend.calls.entering import entered
from engine.extend.calls.faults import meant, plugin_error
from engine.extend.calls.places import written_at
from engine.extend.loading.discovery import Plugin
from engine.extend.registers import HOOKS, REGISTERS

#: A plugin's function for a hook: it takes by name what it wants of what is given.
Hook = Callable[[Mapping[str, Any]], Any]
#: The first words of hooks without which people's work goes on: what one adds to a page, or is told afterwards.
_SPARED: Final = frozenset({"render", "on"})
#: How pluggy names the hook that it complains of.
_HOOK: Final = re.compile(r"hook '(\w+)'")
#: What the other hooks answer, by the first word of their names.
_ANSWERS: Final[Mapping[str, Any]] = {
    "check": Sequence[Problem], "migrate": Mapping[str, Any], "render": str | None, "on": Any,
}  # fmt: skip


def manager_of(plugins: Sequence[Plugin]) -> pluggy.PluginManager:
    """A manager with every plugin's hooks; a misspelt or ill-signed hook is an error."""
    manager = pluggy.PluginManager(hookspecs.PROJECT)
    manager.add_hookspecs(hookspecs)
    for plugin in plugins:
        try:
            manager.register(plugin.hooks, name=plugin.name)
            manager.check_pending()
        except (pluggy.PluginValidationError, ValueError) as reason:
            said, found = str(reason).splitlines()[-1], _HOOK.search(str(reason))
            place = written_at(getattr(plugin.hooks, found[1], None)) if found else ""
            zh, en = f"钩子对不上：{said}", f"a hook does not fit: {said}"
            if found and found[1] not in HOOKS:
                hint = meant(found[1], HOOKS)
                zh, en = f"没有叫{found[1]}的钩子{hint.zh}", f"there is no hook {found[1]!r}{hint.en}"
            raise plugin_error(plugin.name, zh, en, place) from reason
    return manager


def called(plugin: Plugin, hook: str, impl: pluggy.HookImpl) -> Hook:
    """*impl* of *plugin* for *hook* as the engine calls it."""
    spared = hook.partition("_")[0] in _SPARED
    function = entered(plugin.name, plugin.folder, impl.function, hook, _answers(hook), spared=spared)
    return lambda given: function(*(given[name] for name in impl.argnames))


def brought_over(hook: Hook, version: int, stored: Mapping[str, Any]) -> Mapping[str, Any]:
    """What ``migrate_settings`` makes of settings that were stored for *version*."""
    answer: Mapping[str, Any] = hook({"version": version, "stored": stored})
    return answer


def _answers(hook: str) -> Any:
    """What functions for *hook* have to answer."""
    if hook in REGISTERS:
        return Sequence[reduce(or_, REGISTERS[hook])]  # type: ignore[misc]
    return _ANSWERS[hook.partition("_")[0]]
