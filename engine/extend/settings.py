"""Reads what a district sets for a plugin, against the settings the plugin registered."""

from __future__ import annotations

import difflib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from typing import Any

from engine.definition.district.roles import ANY_ROLE, RoleTable
from engine.definition.fields.schema import other_kind, outside
from engine.definition.problem_codes import problem
from engine.definition.values.forms import decode
from engine.definition.values.inputs import parse_input
from engine.definition.values.kinds.table import kind_of
from engine.definition.values.types import ValueType
from engine.errors import Problem
from engine.extend.calls.faults import told
from engine.extend.contributions import Setting
from engine.extend.loading.away import Away
from engine.i18n import Text, both, joined, listed
from engine.settings import secret_variable


def read_settings(
    plugin: str, settings: Sequence[Setting], given: Mapping[str, Any], roles: RoleTable = ANY_ROLE
) -> tuple[dict[str, Any], tuple[Problem, ...]]:
    """What *given* (words as written in ``district.yaml``) sets, in stored form with defaults, and its faults.

    A fault's path is ``plugins.<plugin>.<setting>``, in a table ``….<row>.<column>``, the first row 0.
    """
    known = {setting.name: setting for setting in settings}
    stored = {setting.name: setting.default for setting in settings if not setting.secret}
    problems = []
    for name, written in given.items():
        path = f"plugins.{plugin}.{name}"
        if name not in known:
            problems.append(_unknown(plugin, name, path, list(known)))
            continue
        if known[name].secret:
            problems.append(_told_openly(plugin, known[name], path))
            continue
        value = _read(known[name], written, path)
        if isinstance(value, Problem):
            problems.append(value)
        else:
            stored[name] = value
            named = value if isinstance(value, list) else [value]
            problems += [roles.fault(one, path=path) for one in named if known[name].roles and not roles.has(one)]
    return stored, tuple(problems)


def _unknown(plugin: str, name: str, path: str, known: list[str]) -> Problem:
    message = Text(f"插件{plugin}没有“{name}”这项设置", f"plugin {plugin} has no setting {name!r}")
    near = difflib.get_close_matches(name, known, 1)
    choice = listed(near or known)
    hint = Text(f"可用：{choice.zh}", f"use: {choice.en}") if known else Text("删去这一行", "remove this line")
    return Problem("setting-unknown", message, hint, path=path)


def _told_openly(plugin: str, setting: Setting, path: str) -> Problem:
    """A secret that stands in a pack is none any more."""
    title = setting.title
    message = Text(f"“{title.zh}”是密钥，不能写在区县包里", f"{title.en!r} is a secret and stands in no pack")
    variable = secret_variable(plugin, setting.name)
    zh = f"删去这一行，换一个新密钥，用环境变量 {variable} 给"
    return Problem("setting-secret", message, Text(zh, f"remove it, make a new one, give it as {variable}"), path=path)


def _read(setting: Setting, written: Any, path: str) -> Any:
    """The stored form of what was written, or the Problem with it."""
    stored = _stored(setting.type, written, setting.title)
    if isinstance(stored, Problem):
        return replace(stored, path=f"{path}.{stored.path}" if kind_of(setting.type).rows and stored.path else path)
    return fault_of(setting, stored, path) or stored


def fault_of(setting: Setting, stored: Any, path: str = "") -> Problem | None:
    """Why the setting cannot have a stored value: its options, its bounds, its own check."""
    if setting.options and stored not in setting.options:
        allowed = listed(setting.options)
        message = Text(f"“{setting.title.zh}”没有“{stored}”这一项", f"{setting.title.en!r} cannot be {stored!r}")
        return Problem("setting-option", message, Text(f"可选：{allowed.zh}", f"choose from: {allowed.en}"), path=path)
    live = decode(setting.type, stored)
    if fault := _objection(setting, live):
        return Problem("setting-check", fault, path=path)
    return _range(setting, path, stored) if outside(setting.type, stored, setting.min, setting.max) else None


def _objection(setting: Setting, live: Any) -> Text | None:
    """What the plugin itself says against a value; that it fails at that is an objection, too."""
    try:
        return setting.check(live) if setting.check else None
    except Exception as reason:
        why, title = told(reason, None).said, setting.title
        return Text(f"插件核对“{title.zh}”时出错（{why.zh}）", f"the plugin failed to check {title.en!r} ({why.en})")


def _stored(kind: ValueType, written: Any, title: Text) -> Any:
    if kind_of(kind).rows:
        return _table(kind, written, title)
    if isinstance(written, list):
        return parse_input(kind, "\n".join(map(str, written)), title)
    return parse_input(kind, str(written), title)


def _table(kind: ValueType, written: Any, title: Text) -> Any:
    """The rows of a table setting, or the first Problem in them."""
    if not isinstance(written, list) or not all(isinstance(row, Mapping) for row in written):
        zh, en = f"“{title.zh}”要写成列表，每行是各列的值", f"{title.en!r} has to be a list of rows with named columns"
        return Problem("setting-type", Text(zh, en))
    rows: list[dict[str, Any]] = []
    for place, row in enumerate(written):
        read = {name: _cell(kind, name, words) for name, words in row.items()}
        read |= {name: _missing(name) for name, column in kind.columns if name not in row and not column.optional}
        for name, cell in read.items():
            if isinstance(cell, Problem):
                return replace(cell, path=f"{place}.{name}" if name in row else str(place))
        rows.append(read)
    return rows


def _cell(table: ValueType, name: str, written: Any) -> Any:
    column = table.column(name)
    if column is None:
        names = listed(known for known, _ in table.columns)
        return Problem(
            "setting-column", Text(f"没有“{name}”这一列，可用：{names.zh}", f"no column {name!r}; use: {names.en}")
        )
    return _stored(column, written, both(name))


def _missing(name: str) -> Problem:
    return Problem("setting-column", Text(f"有一行缺少“{name}”", f"a row lacks {name!r}"))


def _range(setting: Setting, path: str, stored: Any) -> Problem:
    title = setting.title
    for limit in (setting.min, setting.max):
        if units := other_kind(setting.type, stored, limit):
            message = Text(f"“{title.zh}”要用{units.zh}来写", f"{title.en!r} has to be in {units.en}")
            return Problem("setting-range", message, Text(f"它的限制是 {limit}", f"its limit is {limit}"), path=path)
    message = Text(f"“{title.zh}”超出范围", f"{title.en!r} is out of range")
    least, most = _said(setting, setting.min), _said(setting, setting.max)
    bounds = (least and Text(f"最小{least}", f"at least {least}"), most and Text(f"最大{most}", f"at most {most}"))
    hint = joined(bound for bound in bounds if bound)
    return Problem("setting-range", message, hint, path=path)


def _said(setting: Setting, limit: Any) -> str:
    """A limit as people write it; "" where there is none."""
    if limit is None:
        return ""
    return kind_of(setting.type).written(limit)


def no_plugin(name: str, known: Collection[str], away: Away | None) -> Problem:
    """A pack names a plugin that cannot be used, or that nobody has heard of."""
    if away is not None:
        return problem("plugin-away", None, f"plugins.{name}", hint=away.why, name=name)
    near = listed(difflib.get_close_matches(name, known, 1) or sorted(known))
    message = Text(f"没有装“{name}”这个插件", f"plugin {name!r} is not installed")
    hint = Text(f"可用：{near.zh}", f"use: {near.en}") if near.zh else None
    return Problem("plugin-unknown", message, hint, path=f"plugins.{name}")
