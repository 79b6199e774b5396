"""Plugins made on the spot: a namespace of hooks with a manifest, as discovery would find them."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

from engine.extend import Text, hookimpl
from engine.extend.discovery import Plugin
from engine.extend.manifest import Manifest


def plugin(name: str, *, tables: tuple[str, ...] = (), **hooks: Callable[..., Any]) -> Plugin:
    """A plugin called *name* whose hooks are these functions."""
    words = Text(name, name)
    marked = {hook: hookimpl(function) for hook, function in hooks.items()}
    return Plugin(Manifest(name, "1", words, words, tables), SimpleNamespace(**marked))


def giving(*contributions: object) -> Callable[[], list[object]]:
    """A ``register_`` hook that answers *contributions*."""
    return lambda: list(contributions)
