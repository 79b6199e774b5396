"""The menu: the engine's own pages, each named by its module, and the pages that plugins add."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from flask import Blueprint, current_app

from engine.extend.showing import Page
from engine.i18n import Text
from engine.operations.reading import plugin_parts
from engine.web.visit import Visit

_KEY = "rongtong.menu"


@dataclass(frozen=True, slots=True)
class Item:
    """A page of the engine's own in the menu, at *endpoint* of this door.

    One on the ``bar`` stands at the foot of a phone, where there is room for few; any other is found there on the
    reader's own page, with those of plugins. ``open_to`` asks who it is for; without it, for everybody.
    """

    endpoint: str
    title: Text
    icon: str
    bar: bool = False
    open_to: Callable[[Visit], bool] | None = None


def put(web: Blueprint, item: Item) -> None:
    """Put *item* into the menu, after those that are there."""
    web.record(lambda state: state.app.extensions.setdefault(_KEY, []).append(item))


def own(here: Visit | None) -> tuple[Item, ...]:
    """The engine's own pages that stand in the reader's menu."""
    known: list[Item] = current_app.extensions[_KEY] if here else []
    return tuple(one for one in known if here and (one.open_to is None or one.open_to(here)))


def of_plugins(here: Visit | None) -> tuple[Page, ...]:
    """The pages that plugins add to it."""
    return plugin_parts.menu(here.ctx, here.caller) if here else ()
