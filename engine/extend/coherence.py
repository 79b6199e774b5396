"""Checks that the contributions of all plugins fit together: one owner per name, every undo declared."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from difflib import get_close_matches
from typing import Any, Final

from engine.definition.field_schema import FORMATS, well_formed
from engine.definition.types import BUILT_IN, ValueType
from engine.extend.actions import Action
from engine.extend.contributions import OUTPUT
from engine.extend.discovery import Plugin
from engine.extend.faults import PluginError, plugin_error
from engine.extend.settings import fault_of

Collected = Mapping[str, Sequence[tuple[str, Any]]]

_NAMES: Final[Mapping[str, Callable[[Any], str]]] = {
    "register_types": lambda given: str(given.spec.name),
    "register_functions": lambda given: str(given.name),
    "register_actions": lambda given: str(given.spec.name if isinstance(given, Action) else given.name),
    "register_resolvers": lambda given: str(given.spec.name),
    "register_data": lambda given: str(given.name),
    "register_pages": lambda given: str(given.path),
    "register_endpoints": lambda given: str(given.path),
    "register_cards": lambda given: str(given.key),
    "register_scenario_verbs": lambda given: str(given.name),
    "register_invariants": lambda given: str(given.name),
    "register_senders": lambda given: str(given.name),
    "register_reactions": lambda given: str(given.name),
}
_PREFIXED: Final = (
    "register_actions",
    "register_resolvers",
    "register_scenario_verbs",
    "register_invariants",
    "register_reactions",
    "register_senders",
)

#: How alike a name is to another that was meant.
_SLIP: Final = 0.75
#: What stored values of a type are, where they are no text.
_STORED: Final[Mapping[str, type]] = {
    "integer": int, "money": int, "boolean": bool, "choices": list, "table": list,
}  # fmt: skip


def check_coherent(plugins: Sequence[Plugin], collected: Collected) -> None:
    """Raise PluginError for the first contribution that does not fit; it names the plugin."""
    for hook, name_of in _NAMES.items():
        _one_owner(hook, [(plugin, name_of(given)) for plugin, given in collected[hook]])
    for hook in _PREFIXED:
        for plugin, given in collected[hook]:
            _prefixed(plugin, _NAMES[hook](given))
    for plugin, given in collected["register_endpoints"]:
        _below(plugin, given.path)
    _types(collected["register_types"])
    _defaults(collected["register_settings"])
    _undos(collected["register_actions"])
    _tables(plugins, collected["register_tables"])
    _targets(collected)
    _named_types(collected)


def _one_owner(hook: str, names: Iterable[tuple[str, str]]) -> None:
    owners: dict[str, str] = {}
    for plugin, name in names:
        other = owners.setdefault(name, plugin)
        if other != plugin or list(names).count((plugin, name)) > 1:
            raise plugin_error(
                plugin,
                f"{hook}里的“{name}”已由插件“{other}”登记，请换个名字",
                f"{hook}: {name!r} is already registered by plugin {other!r}; choose another name",
            )


def _prefixed(plugin: str, name: str) -> None:
    if not name.startswith(f"{plugin}."):
        raise plugin_error(plugin, f"“{name}”要以“{plugin}.”开头", f"{name!r} has to start with {plugin!r} and a dot")


def _below(plugin: str, path: str) -> None:
    if not path.startswith(f"/{plugin}/"):
        raise plugin_error(plugin, f"“{path}”要以“/{plugin}/”开头", f"{path!r} has to start with /{plugin}/")


def _types(types: Sequence[tuple[str, Any]]) -> None:
    for plugin, given in types:
        if given.spec.name in BUILT_IN:
            name = given.spec.name
            raise plugin_error(plugin, f"类型名“{name}”是语言自带的", f"type {name!r} belongs to the language itself")


def _defaults(settings: Sequence[tuple[str, Any]]) -> None:
    """A setting can have the value that it has when nobody sets it."""
    for plugin, given in settings:
        kind = given.type.name
        if given.default is not None and not _stored_so(given.type, given.default):
            zh = f"设置{given.name}的默认值{given.default!r}不是{kind}存着的样子（金额是分，时长如 2 workdays）"
            en = f"setting {given.name}: its default {given.default!r} is no stored {kind} (money in fen, 2 workdays)"
            raise plugin_error(plugin, zh, en)
        fault = None if given.default is None else fault_of(given, given.default)
        if fault is not None:
            zh = f"设置{given.name}的默认值不合它自己的范围：{fault.message.zh}"
            raise plugin_error(plugin, zh, f"setting {given.name}: its own default does not fit: {fault.message.en}")


def _named_types(collected: Collected) -> None:
    """Actions take and give values of types that exist, or of a plugin that is not installed here.

    What nearly is a type of the plugin's own, or of the language, is a slip of the pen.
    """
    known = {*BUILT_IN, *(given.spec.name for _, given in collected["register_types"]), "list", "record"}
    for plugin, given in collected["register_actions"]:
        if not isinstance(given, Action):
            continue
        spec, own = given.spec, {*BUILT_IN, *(one.spec.name for of, one in collected["register_types"] if of == plugin)}
        pairs = [(one.name, one.type) for one in spec.inputs] + [pair for one in spec.results for pair in one.outputs]
        for name, kind in pairs:
            if kind.name not in known and get_close_matches(kind.name, own, 1, _SLIP):
                zh, en = f"动作{spec.name}的{name}", f"{name} of action {spec.name}"
                raise _nothing(plugin, zh, en, f"Of({kind.name!r})")


def _stored_so(kind: ValueType, value: Any) -> bool:
    if kind.name in FORMATS:
        return well_formed(kind)(value)
    wanted = _STORED.get(kind.name, str)
    return isinstance(value, wanted) and (wanted is bool or not isinstance(value, bool))


def _undos(actions: Sequence[tuple[str, Any]]) -> None:
    declared = {given.name for _, given in actions if not isinstance(given, Action)} | {"nothing", "impossible"}
    for plugin, given in actions:
        if isinstance(given, Action) and given.spec.undo not in declared:
            name, undo = given.spec.name, given.spec.undo
            raise plugin_error(
                plugin,
                f"动作{name}的撤销{undo}没有登记，请用 @undo 声明并一起登记",
                f"the undo {undo} of action {name} is not registered; declare it with @undo and register it too",
            )


def _tables(plugins: Sequence[Plugin], tables: Sequence[tuple[str, Any]]) -> None:
    """A table carries its plugin's prefix and stands in its manifest, and the other way round."""
    for plugin in plugins:
        names = {table.name for owner, table in tables if owner == plugin.name}
        wild = next((name for name in names if not name.startswith(f"{plugin.name}_")), None)
        if wild:
            zh, en = f"表{wild}要以“{plugin.name}_”开头", f"table {wild} has to start with {plugin.name}_"
            raise plugin_error(plugin.name, zh, en)
        if names != set(plugin.manifest.tables):
            differing = "、".join(sorted(names ^ set(plugin.manifest.tables)))
            zh = f"plugin.yaml的tables与登记的表不一致：{differing}"
            raise plugin_error(plugin.name, zh, f"tables in plugin.yaml differ from those registered: {differing}")


def _targets(collected: Collected) -> None:
    """Sentences and evidence speak of actions and outcomes that exist."""
    specs = {a.spec.name: a.spec for _, a in collected["register_actions"] if isinstance(a, Action)}
    for plugin, sentence in collected["register_sentences"]:
        spec = specs.get(sentence.action)
        result = spec.result(sentence.outcome) if spec else None
        if result is None:
            name = f"{sentence.action} {sentence.outcome}"
            raise _nothing(plugin, "句子", "a sentence", name)
        outputs = {output for output, _ in result.outputs}
        for wild in sorted({one for words in sentence.text for one in OUTPUT.findall(words)} - outputs):
            raise _nothing(plugin, "句子", "a sentence", f"{sentence.action} {sentence.outcome} {{{wild}}}")
    for plugin, source in collected["register_evidence"]:
        if source.action not in specs:
            raise _nothing(plugin, "核对", "evidence", source.action)


def _nothing(plugin: str, zh: str, en: str, name: str) -> PluginError:
    return plugin_error(plugin, f"{zh}所说的“{name}”并不存在", f"{en} is about {name!r}, which does not exist")
