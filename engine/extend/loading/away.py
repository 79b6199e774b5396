"""Plugins that cannot be used: which, and why; whoever starts is told, and nothing else stops for it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from engine.extend.calls.faults import PluginError, placed
from engine.extend.calls.places import quoted_at
from engine.i18n import Text

#: ``left out`` by whoever runs the installation, ``broken`` by a fault of its own.
State = Literal["left out", "broken"]


@dataclass(frozen=True, slots=True)
class Away:
    """Why a plugin cannot be used, in a sentence that names it."""

    state: State
    why: Text


def left_out(plugin: str) -> Away:
    """The installation leaves *plugin* out."""
    zh = f"插件“{plugin}”没有启用：RONGTONG_WITHOUT 里写了它"
    return Away("left out", Text(zh, f"plugin {plugin!r} is left out by RONGTONG_WITHOUT"))


def broken(fault: PluginError, folder: Path | None = None) -> Away:
    """The plugin in *folder* cannot be used because of *fault*, placed where a file of it says what that is about."""
    if "place" not in fault.details and folder is not None:
        plugin = str(fault.details["plugin"])
        fault = placed(fault, plugin, quoted_at(fault.said.en, folder, plugin))
    return Away("broken", fault.text)
