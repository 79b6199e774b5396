"""Reads what a district sets for a plugin, against the settings the plugin registered."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Mapping, Sequence
from datetime import date, time
from decimal import Decimal, InvalidOperation
from typing import Any, Final

from engine.definition.durations import parse_duration
from engine.definition.types import ValueType
from engine.definition.values import decode, encode
from engine.errors import Problem
from engine.extend.contributions import Setting
from engine.i18n import Text


def read_settings(
    plugin: str, settings: Sequence[Setting], given: Mapping[str, Any]
) -> tuple[dict[str, Any], tuple[Problem, ...]]:
    """What *given* (words as written in ``district.yaml``) sets, in stored form with defaults, and its faults.

    A fault's path is ``plugins.<plugin>.<setting>``.
    """
    known = {setting.name: setting for setting in settings}
    stored = {setting.name: setting.default for setting in settings}
    problems = []
    for name, written in given.items():
        path = f"plugins.{plugin}.{name}"
        if name not in known:
            problems.append(_unknown(plugin, name, path, list(known)))
            continue
        value = _read(known[name], written, path)
        if isinstance(value, Problem):
            problems.append(value)
        else:
            stored[name] = value
    return stored, tuple(problems)


def live_settings(settings: Sequence[Setting], stored: Mapping[str, Any]) -> dict[str, Any]:
    """Live values for ``ctx.settings`` from stored ones; what is not set takes its default."""
    return {s.name: decode(s.type, stored.get(s.name, s.default)) for s in settings}


def _unknown(plugin: str, name: str, path: str, known: list[str]) -> Problem:
    message = Text(f"插件{plugin}没有“{name}”这项设置", f"plugin {plugin} has no setting {name!r}")
    near = difflib.get_close_matches(name, known, 1)
    choice = near[0] if near else ", ".join(known)
    hint = Text(f"可用：{choice}", f"use: {choice}") if choice else Text("删去这一行", "remove this line")
    return Problem("setting-unknown", message, hint, path=path)


def _read(setting: Setting, written: Any, path: str) -> Any:
    """The stored form of what was written, or the Problem with it."""
    try:
        live = _live(setting.type, written)
    except (ValueError, TypeError, KeyError, InvalidOperation):
        kind = setting.type.name
        message = Text(f"“{setting.title.zh}”读不出来：{written}", f"{setting.title.en!r} cannot be read: {written}")
        return Problem("setting-type", message, Text(f"应为{kind}", f"write a value of type {kind}"), path=path)
    stored = encode(setting.type, live)
    if setting.options and stored not in setting.options:
        allowed = "、".join(setting.options)
        message = Text(f"“{setting.title.zh}”没有“{stored}”这一项", f"{setting.title.en!r} cannot be {stored!r}")
        return Problem("setting-option", message, Text(f"可选：{allowed}", f"choose from: {allowed}"), path=path)
    return _outside(setting, live, path) or stored


def _outside(setting: Setting, live: Any, path: str) -> Problem | None:
    low, high = decode(setting.type, setting.min), decode(setting.type, setting.max)
    if (low is None or live >= low) and (high is None or live <= high):
        return None
    title = setting.title
    message = Text(f"“{title.zh}”超出范围", f"{title.en!r} is out of range")
    low_words, high_words = setting.min if low is not None else "", setting.max if high is not None else ""
    hint = Text(f"范围是{low_words}至{high_words}", f"from {low_words} to {high_words}")
    return Problem("setting-range", message, hint, path=path)


def _live(kind: ValueType, written: Any) -> Any:
    """The live value of words (or of lists and mappings of words). Raises where they do not say one."""
    if kind.name == "table":
        return tuple({name: _cell(column, row.get(name)) for name, column in kind.columns} for row in written)
    if kind.name == "choices":
        return tuple(str(item) for item in written)
    words = str(written).strip()
    read = _WORDS.get(kind.name)
    return read(words) if read else words


def _cell(column: ValueType, written: Any) -> Any:
    if written is None:
        if column.optional:
            return None
        raise KeyError(column.name)
    return _live(column, written)


def _duration(words: str) -> Any:
    duration = parse_duration(words)
    if duration is None:
        raise ValueError(words)
    return duration


def _yuan(words: str) -> int:
    fen = Decimal(words) * 100
    if fen != int(fen):
        raise ValueError(words)
    return int(fen)


_WORDS: Final[dict[str, Callable[[str], Any]]] = {
    "integer": int,
    "decimal": Decimal,
    "money": _yuan,
    "boolean": lambda words: {"true": True, "是": True, "false": False, "否": False}[words],
    "date": date.fromisoformat,
    "time": time.fromisoformat,
    "duration": _duration,
}
