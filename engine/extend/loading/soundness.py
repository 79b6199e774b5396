"""Checks what one plugin registers by itself: its hooks are marked, its tables its own, its settings can be read."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from types import FunctionType
from typing import Any, Final

from sqlalchemy import Table

from engine.definition.values.kinds.narrowed import BASES
from engine.extend import hookspecs
from engine.extend.calls.faults import PluginFault
from engine.extend.contributions import Setting, StoredType
from engine.extend.loading.discovery import Plugin
from engine.extend.loading.pages import check_pages
from engine.extend.loading.tables import metadata_of
from engine.extend.loading.unsound import Unsound
from engine.extend.registers import HOOKS
from engine.extend.settings import fault_of
from engine.extend.stored_settings import stored_so
from engine.i18n import Text, listed

#: How values are stored that are written otherwise, for whoever gives a default.
_SO: Final = {"money": Text("（用分）", " (in fen)"), "duration": Text("（如 2 workdays）", " (such as 2 workdays)")}


def check_sound(plugin: Plugin, collected: Mapping[str, Sequence[tuple[str, Any]]]) -> None:
    """Raise Unsound for the first thing of *plugin* that could never work."""

    def given(hook: str) -> list[Any]:
        return [one for owner, one in collected[hook] if owner == plugin.name]

    _marked(plugin)
    _tables(plugin, given("register_tables"))
    _settings(plugin.name, given("register_settings"))
    check_pages(plugin, given("register_pages"))
    for type_ in given("register_types"):
        if isinstance(type_, StoredType):
            _stored_type(plugin, type_)


def _marked(plugin: Plugin) -> None:
    """A function that is called as a hook is one: without its mark, nobody would ever call it."""
    for name in sorted(vars(plugin.hooks).keys() & HOOKS) if hasattr(plugin.hooks, "__dict__") else ():
        found = vars(plugin.hooks)[name]
        if isinstance(found, FunctionType) and not hasattr(found, f"{hookspecs.PROJECT}_impl"):
            zh, en = f"函数{name}没有标 @hookimpl，不会有人调用", f"function {name} lacks @hookimpl: never called"
            raise Unsound(plugin.name, name, zh, en)


def _tables(plugin: Plugin, tables: Sequence[Table]) -> None:
    """A table is made by ``plugin_table``, carries the plugin's prefix, stands in its manifest and has a migration."""
    name, names = plugin.name, {table.name for table in tables}
    for table in tables:
        if not table.name.startswith(f"{name}_"):
            zh, en = f"表{table.name}要以“{name}_”开头", f"table {table.name} has to start with {name}_"
            raise Unsound(name, "register_tables", zh, en)
        if table.metadata is not metadata_of(name):
            zh, en = f"表{table.name}要用 plugin_table 建", f"table {table.name} has to be made by plugin_table"
            raise Unsound(name, "register_tables", zh, en)
    if names != set(plugin.manifest.tables):
        differing = listed(sorted(names ^ set(plugin.manifest.tables)))
        zh = f"plugin.yaml的tables与登记的表不一致：{differing.zh}"
        en = f"tables in plugin.yaml differ from those registered: {differing.en}"
        raise Unsound(name, "register_tables", zh, en)
    if names and plugin.folder is not None and not any((plugin.folder / "migrations").glob("*.py")):
        zh, en = "有表而没有 migrations/ 里的迁移", "it has tables and no migration in migrations/ that makes them"
        raise Unsound(name, "register_tables", zh, en)


def _stored_type(plugin: Plugin, given: StoredType) -> None:
    """A type with a shape of its own is stored as one that may be, keeps its own sample and has the widget it names."""
    name, base = given.spec.name, given.spec.base
    if base not in BASES:
        among = listed(BASES)
        zh, en = f"类型{name}的base要是{among.zh}之一", f"type {name}: its base has to be one of {among.en}"
        raise Unsound(plugin.name, "register_types", zh, en, given)
    sample, kind = given.spec.sample, given.type.kind
    try:
        keeps = kind is not None and kind.well_formed(sample)
    except PluginFault as fault:
        raise Unsound(plugin.name, "register_types", *fault.said, given) from fault
    if not keeps:
        zh = f"类型{name}自己的样例{sample!r}不合它的形状"
        en = f"type {name}: its own sample {sample!r} does not fit it"
        raise Unsound(plugin.name, "register_types", zh, en, given)
    template = None if plugin.folder is None else plugin.folder / "templates" / given.widget
    own = given.widget.startswith(f"{plugin.name}/") and template is not None and template.is_file()
    if given.widget and not own:
        zh = f"类型{name}的模板{given.widget}不在templates/{plugin.name}/里"
        en = f"type {name}: its template {given.widget} is not in templates/{plugin.name}/"
        raise Unsound(plugin.name, "register_types", zh, en, given)


def _settings(plugin: str, settings: Sequence[Setting]) -> None:
    """A setting has a name of its own, and can have the value that it has when nobody sets it."""
    twice = next((name for name, times in Counter(one.name for one in settings).items() if times > 1), None)
    if twice is not None:
        raise Unsound(plugin, "register_settings", f"设置{twice}登记了两次", f"setting {twice} is registered twice")
    for given in settings:
        kind = given.type.name
        if given.secret and (given.default is not None or kind != "text"):
            zh = f"设置{given.name}是密钥：类型要是 text，不能有默认值"
            en = f"setting {given.name} is secret: it has to be a text without a default"
            raise Unsound(plugin, "register_settings", zh, en, given)
        if given.default is not None and not stored_so(given.type, given.default):
            so = _SO.get(kind, Text("", ""))
            zh = f"设置{given.name}的默认值{given.default!r}不是{kind}存着的样子{so.zh}"
            en = f"setting {given.name}: its default {given.default!r} is no stored {kind}{so.en}"
            raise Unsound(plugin, "register_settings", zh, en, given)
        fault = None if given.default is None else fault_of(given, given.default)
        if fault is not None:
            zh = f"设置{given.name}的默认值不合它自己的范围：{fault.message.zh}"
            en = f"setting {given.name}: its own default does not fit: {fault.message.en}"
            raise Unsound(plugin, "register_settings", zh, en, given)
