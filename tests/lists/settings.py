"""Every setting of an installation and of a shipped plugin, and every field type: where it is read or drawn, and told."""

from __future__ import annotations

import re
from pathlib import Path
from typing import NamedTuple

from engine.definition.values.kinds.table import BUILT_IN
from engine.extend.contributions import Setting
from engine.extend.loading.discovery import find
from engine.extend.registry import Registry
from engine.settings import SETTINGS
from tests.architecture.source import ROOT, modules

#: What is nowhere read, drawn or told, and why.
WHY: dict[str, str] = {}
_README = ("README.md", "README.zh-CN.md")


class Covered(NamedTuple):
    """What covers a setting or a type: where it is read or how it is typed, and the pages that tell of it."""

    read: tuple[str, ...]
    told: tuple[str, ...]


def found() -> dict[str, Covered]:
    """What covers each setting and type."""
    pages = {path.relative_to(ROOT).as_posix(): path.read_text("utf-8") for path in _pages()}
    sources = {m.place: m.text for m in modules("engine") if m.place != "engine/settings.py"}
    made = {
        one.variable: Covered(
            tuple(place for place, text in sources.items() if re.search(rf'[\["(.]{one.name}\b', text))[:1],
            tuple(place for place, text in pages.items() if one.variable in text),
        )
        for one in SETTINGS
    }
    registry = Registry(find().plugins)
    for plugin in sorted(registry.names):
        told = {place: text for place, text in pages.items() if place.startswith(f"plugins/{plugin}/") or place in _README}
        for setting in registry.given(Setting, [plugin]):
            told_in = tuple(place for place, text in told.items() if re.search(rf"\b{setting.name}\b", text))
            made[f"{plugin}.{setting.name}"] = Covered((setting.type.name,), told_in)
    page = pages["docs/language.md"]
    for name, kind in BUILT_IN.items():
        made[f"type {name}"] = Covered((kind.widget,), ("docs/language.md",) if f"`{name}`" in page else ())
    return made


def _pages() -> list[Path]:
    own = sorted((ROOT / "plugins").glob("*/README*.md")) + sorted((ROOT / "plugins").glob("*/plugin.yaml"))
    return [*sorted((ROOT / "docs").glob("*.md")), *(ROOT / name for name in _README), *own]


def lines() -> list[str]:
    """A line for each, and after it why something is missing."""
    return [
        f"{name} | {' | '.join(', '.join(some) or '-' for some in covered)}{f' | {WHY[name]}' if name in WHY else ''}"
        for name, covered in found().items()
    ]
