"""Plugins made on the spot: a namespace of hooks with a manifest, as discovery would find them."""

from __future__ import annotations

import dataclasses
import inspect
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

from engine.extend import Text, hookimpl
from engine.extend.loading.discovery import Plugin
from engine.extend.loading.manifest import Manifest


def plugin(name: str, *, tables: tuple[str, ...] = (), **hooks: Callable[..., Any]) -> Plugin:
    """A plugin called *name* whose hooks are these functions."""
    words = Text(name, name)
    marked = {hook: hookimpl(function) for hook, function in hooks.items()}
    return Plugin(Manifest(name, "1", words, words, tables), SimpleNamespace(**marked))


def giving(*contributions: object) -> Callable[[], list[object]]:
    """A ``register_`` hook that answers *contributions*."""
    return lambda: list(contributions)


def as_given(thing: Any) -> Any:
    """*thing* of a registry as its plugin gave it: without what the engine puts round a plugin's functions."""
    if isinstance(thing, tuple):
        return tuple(as_given(one) for one in thing)
    if isinstance(thing, dict):
        return {name: as_given(one) for name, one in thing.items()}
    if dataclasses.is_dataclass(thing) and not isinstance(thing, type):
        held = {field.name: getattr(thing, field.name) for field in dataclasses.fields(thing)}
        return dataclasses.replace(thing, **{name: as_given(one) for name, one in held.items()})
    return inspect.unwrap(thing) if callable(thing) else thing
