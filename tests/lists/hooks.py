"""Every hook: where it is told, where it is tried, and which shipped plugin uses it."""

from __future__ import annotations

import re
from typing import NamedTuple

from engine.extend.registers import HOOKS
from tests.architecture.source import ROOT, modules

#: Hooks that are not told, not tried or not used, and why.
WHY: dict[str, str] = {
    "register_functions": "no formula of a shipped process needs one",
    "migrate_settings": "no shipped plugin has changed its settings since it was first published",
    "register_senders": "nothing shipped leaves the machine: where to is a district's own",
    "register_reactions": "what a shipped plugin does follows from its actions",
    "check_start": "a shipped plugin refuses in its actions",
    "check_act": "a shipped plugin refuses in its actions",
    "on_committed": "for measuring and mirroring, which is an installation's own",
    **dict.fromkeys(
        (
            "render_page_notice", "render_inbox_row_note", "render_task_before_form", "render_task_aside",
            "render_case_aside", "render_start_before_form", "render_start_done", "render_print_foot",
        ),
        "one hook per slot; the shipped plugins fill two of them",
    ),
}  # fmt: skip


class Covered(NamedTuple):
    """What covers a hook: pages, files of tests, plugins."""

    told: tuple[str, ...]
    tried: tuple[str, ...]
    used: tuple[str, ...]


def found() -> dict[str, Covered]:
    """What covers each hook, in the order in which they stand."""
    pages = {page.relative_to(ROOT).as_posix(): page.read_text("utf-8") for page in sorted((ROOT / "docs").glob("*.md"))}
    tests = {module.place: module.text for module in modules("tests") if module.path.name.startswith("test_")}
    hooks = {m.path.parts[1]: m.text for m in modules("plugins") if m.path.name == "hooks.py"}
    return {
        hook: Covered(
            tuple(place for place, text in pages.items() if re.search(rf"\b{hook}\b", text)),
            tuple(place for place, text in tests.items() if re.search(rf"\bdef test_{hook}\b", text)),
            tuple(plugin for plugin, text in hooks.items() if re.search(rf"^def {hook}\b", text, re.MULTILINE)),
        )
        for hook in HOOKS
    }


def lines() -> list[str]:
    """A line for each hook, and after it why something is missing."""
    return [f"{hook} | {' | '.join(map(_said, covered))}{_why(hook)}" for hook, covered in found().items()]


def _said(places: tuple[str, ...]) -> str:
    return ", ".join(places) or "-"


def _why(hook: str) -> str:
    return f" | {WHY[hook]}" if hook in WHY else ""
