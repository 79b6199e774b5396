"""Checks the pages that a plugin brings as it is read: where they lie, what they look like, what fills them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from difflib import get_close_matches
from typing import Final, Literal, get_args

from engine.content import icons
from engine.extend.loading.discovery import Plugin
from engine.extend.loading.templates import check_templates
from engine.extend.loading.unsound import Unsound
from engine.extend.showing import Page
from engine.i18n import listed

#: What the engine's own addresses in a district begin with, up to a dot.
Own = Literal["cases", "inbox", "incidents", "notices", "start", "tasks"]
OWN: Final = frozenset(get_args(Own))
_PART: Final = r"<(?:(?:string|int|float|path|uuid):)?[A-Za-z_]\w*>"
_PATH: Final = re.compile(rf"(?:/(?:[\w.~-]|{_PART})+)+")


def own_address(first: Own, more: str = "") -> str:
    """The rule of a page of the engine's own in a district, which no page of a plugin can meet."""
    return f"/<district>/{first}{more}"


def check_pages(plugin: Plugin, pages: Sequence[Page]) -> None:
    """Raise Unsound or PluginError for the first page that could not be opened or shown."""
    known = icons() if pages else frozenset()
    for page in pages:
        if not _PATH.fullmatch(page.path) or page.path.split("/")[1].partition(".")[0] in OWN:
            zh = f"页面地址“{page.path}”打不开：写成以“/”开头、引擎没有用的地址"
            en = f"nothing would open the page {page.path!r}: begin with “/” and choose an address the engine has not"
            raise Unsound(plugin.name, "register_pages", zh, en, page)
        if page.icon and page.icon not in known:
            near = listed(get_close_matches(page.icon, known, 3, 0.5) or sorted(known))
            zh, en = f"页面{page.path}的图标“{page.icon}”没有", f"page {page.path}: there is no icon {page.icon!r}"
            raise Unsound(plugin.name, "register_pages", f"{zh}，可用：{near.zh}", f"{en}; use {near.en}", page)
    if pages and plugin.folder is not None:
        check_templates(plugin.name, plugin.folder)
