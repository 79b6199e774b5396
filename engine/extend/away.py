"""Plugins that cannot be used: which, and why; whoever starts is told, and nothing else stops for it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal

from engine.extend.faults import PluginError, placed
from engine.i18n import Text

#: What a sentence puts in quotes, or says of a hook.
_QUOTED: Final = re.compile(r"['“]([^'”]{1,80})['”]|\b((?:register|check|render|on|migrate)_[a-z_]+|[a-z]\w*[._]\w+)")

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
        fault = placed(fault, str(fault.details["plugin"]), _said_in(fault, folder))
    return Away("broken", fault.text)


def _said_in(fault: PluginError, folder: Path) -> str:
    """The first line of the plugin's own files with what the fault quotes; where none has it, its hooks."""
    said = fault.text.en.partition("cannot be used:")[2]
    quoted = [one or other for one, other in _QUOTED.findall(said) if (one or other) != fault.details["plugin"]]
    files = sorted(file for file in folder.glob("*.py"))
    for words in quoted:
        for file in (*files, folder / "plugin.yaml"):
            lines = file.read_text(encoding="utf-8", errors="replace").splitlines() if file.is_file() else []
            found = next((number for number, line in enumerate(lines, 1) if words in line), 0)
            if found:
                return f"{folder.name}/{file.name}:{found}"
    return f"{folder.name}/hooks.py:1"
