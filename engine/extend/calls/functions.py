"""Pure functions of plugins, as the engine calls them: what one raises or answers amiss is a fault with its place."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import replace
from functools import wraps
from pathlib import Path
from typing import Any, Final

from engine.definition.catalogue import FunctionSpec
from engine.definition.values.types import ValueType
from engine.extend.calls.entering import entered
from engine.extend.calls.faults import AnswerError, LeftOutError, PluginFault, log_of, plugin_fault, told
from engine.extend.calls.places import written_at
from engine.extend.contributions import StoredType
from engine.extend.shapes import fits
from engine.i18n import Text

_LOG: Final = logging.getLogger("rongtong.plugins")


def checked(plugin: str, folder: Path | None, spec: FunctionSpec) -> FunctionSpec:
    """*spec* with a call that raises nothing but AnswerError, and answers a value of its type or None."""
    written = spec.call
    if written is None:
        return spec
    call = entered(plugin, folder, written)

    def held_to(*given: Any) -> Any:
        try:
            found = call(*given)
        except PluginFault:
            raise
        except Exception as reason:
            why, place = told(reason, folder)
            zh, en = f"函数{spec.name}出错（{why.zh}）", f"function {spec.name} failed: {why.en}"
            raise plugin_fault(AnswerError, plugin, zh, en, place) from reason
        if found is None or fits(spec.returns, found):
            return found
        zh = f"函数{spec.name}答的是{type(found).__name__}，应为{spec.returns.name}"
        en = f"function {spec.name} answered {type(found).__name__}, not {spec.returns.name}"
        raise plugin_fault(AnswerError, plugin, zh, en, written_at(written))

    @wraps(written)
    def answer(*given: Any) -> Any:
        try:
            return held_to(*given)
        except PluginFault as fault:
            if not isinstance(fault, LeftOutError):
                log_of(_LOG, fault, folder, plugin, "plugin %s raised in %s", plugin, spec.name)
            raise

    return replace(spec, call=answer)


def held(plugin: str, folder: Path | None, given: StoredType) -> StoredType:
    """*given* with a ``settle`` that raises nothing but AnswerError, and a ``say`` that says nothing where it fails."""
    name, wanted = given.spec.name, ValueType(given.spec.base)
    settle = entered(plugin, folder, given.settle)

    @wraps(given.settle)
    def settled(stored: Any) -> Any:
        try:
            found = settle(stored)
        except PluginFault:
            raise
        except Exception as reason:
            why, place = told(reason, folder)
            zh, en = f"类型{name}的settle出错（{why.zh}）", f"settle of type {name} failed: {why.en}"
            raise plugin_fault(AnswerError, plugin, zh, en, place) from reason
        if isinstance(found, Text) or fits(wanted, found):
            return found
        zh = f"类型{name}的settle答的是{type(found).__name__}，应为{wanted.name}"
        en = f"settle of type {name} answered {type(found).__name__}, not {wanted.name}"
        raise plugin_fault(AnswerError, plugin, zh, en, written_at(given.settle))

    return replace(given, settle=settled, say=_saying(plugin, folder, given))


def _saying(plugin: str, folder: Path | None, given: StoredType) -> Callable[[Any], Text | None] | None:
    if given.say is None:
        return None
    say = entered(plugin, folder, given.say, "StoredType.say", Text | None)

    @wraps(given.say)
    def said(stored: Any) -> Text | None:
        """Its words; a page that cannot say one value is no worse for the others."""
        try:
            words: Text | None = say(stored)
        except Exception:
            _LOG.exception("plugin %s cannot say a value of type %s", plugin, given.spec.name)
            return None
        return words

    return said
