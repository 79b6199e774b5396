"""How a contribution that does not fit is told: with the plugin, and the line where it is written."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from typing import Any

from engine.extend.calls.faults import PluginError, plugin_error
from engine.extend.calls.places import written_at
from engine.extend.loading.discovery import Plugin


class Unsound(Exception):
    """What *hook* of *plugin* gave does not fit; *given* is the contribution, where it is one."""

    def __init__(self, plugin: str, hook: str, zh: str, en: str, given: object = None) -> None:
        super().__init__(en)
        self.plugin, self.hook, self.zh, self.en, self.given = plugin, hook, zh, en, given


def as_plugin_error(fault: Unsound, plugins: Sequence[Plugin]) -> PluginError:
    """The error of a plugin that *fault* is: at the contribution's own function, else at the hook's."""
    hooks = next((plugin.hooks for plugin in plugins if plugin.name == fault.plugin), None)
    written = (*_functions(fault.given), getattr(hooks, fault.hook, None))
    place = next((place for one in written if (place := written_at(one))), "")
    return plugin_error(fault.plugin, fault.zh, fault.en, place)


def _functions(given: Any) -> list[Any]:
    if not dataclasses.is_dataclass(given):
        return []
    held = (getattr(given, field.name) for field in dataclasses.fields(given))
    return [one for one in held if callable(one)]
