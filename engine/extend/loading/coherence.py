"""Checks that the contributions of all plugins fit together: one owner per name, whatever is named is there."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from operator import attrgetter
from typing import Any, Final

from engine.definition.values.kinds.table import BUILT_IN
from engine.definition.values.types import ValueType
from engine.extend.actions import Action, Undo
from engine.extend.calls.faults import meant
from engine.extend.loading.discovery import Plugin
from engine.extend.loading.soundness import check_sound
from engine.extend.loading.unsound import Unsound, as_plugin_error
from engine.extend.showing import OUTPUT

Collected = Mapping[str, Sequence[tuple[str, Any]]]

#: Types that are made of others.
_MADE_OF_OTHERS: Final = frozenset({"list", "record"})
#: What speaks of actions, in words.
_SPEAKERS: Final[Mapping[str, tuple[str, str]]] = {
    "register_sentences": ("句子", "a sentence"),
    "register_evidence": ("核对", "evidence"),
}


def check_coherent(plugins: Sequence[Plugin], collected: Collected) -> None:
    """Raise PluginError for the first contribution that does not fit; it names the plugin and the line."""
    try:
        for plugin in plugins:
            check_sound(plugin, collected)
        _check(plugins, collected)
    except Unsound as fault:
        raise as_plugin_error(fault, plugins) from None


def _check(plugins: Sequence[Plugin], collected: Collected) -> None:
    for hook, given in collected.items():
        _one_owner(hook, [(plugin, name, one) for plugin, one in given if (name := _name(one))])
    for hook, given in collected.items():
        for plugin, one in given:
            _begins(hook, plugin, one)
    _types(collected["register_types"])
    _undos(collected["register_actions"])
    _targets(collected)
    _named_types(plugins, collected)


def _one_owner(hook: str, names: Sequence[tuple[str, str, Any]]) -> None:
    owners: dict[str, str] = {}
    seen: set[tuple[str, str]] = set()
    for plugin, name, given in names:
        other = owners.setdefault(name, plugin)
        if other != plugin or (plugin, name) in seen:
            raise Unsound(
                plugin, hook,
                f"{hook}里的“{name}”已由插件“{other}”登记，请换个名字",
                f"{hook}: {name!r} is already registered by plugin {other!r}; choose another name",
                given,
            )  # fmt: skip
        seen.add((plugin, name))


def _name(given: Any) -> str:
    """What nothing else of its hook is called; "" for what has no such name."""
    called = getattr(given, "called", "name")
    return str(attrgetter(called)(given)) if called and hasattr(given, called.partition(".")[0]) else ""


def _begins(hook: str, plugin: str, given: Any) -> None:
    begin, name = getattr(given, "begins", "").format(plugin=plugin), _name(given)
    if not name.startswith(begin):
        zh, en = f"“{name}”要以“{begin}”开头", f"{name!r} has to start with {begin!r}"
        raise Unsound(plugin, hook, zh, en, given)


def _types(types: Sequence[tuple[str, Any]]) -> None:
    for plugin, given in types:
        name = given.spec.name
        if name in BUILT_IN:
            zh, en = f"类型名“{name}”是语言自带的", f"type {name!r} belongs to the language itself"
            raise Unsound(plugin, "register_types", zh, en, given)


def _named_types(plugins: Sequence[Plugin], collected: Collected) -> None:
    """Whatever takes and gives values names types that exist, or one that the manifest takes from another plugin."""
    known = {*BUILT_IN, *(given.spec.name for _, given in collected["register_types"]), *_MADE_OF_OTHERS}
    takes = {plugin.name: plugin.manifest.takes for plugin in plugins}
    for hook, plugin, given, kinds in _typed(collected):
        for zh, en, kind in kinds:
            wild = next((one for one in _within(kind) if one not in known and one not in takes[plugin]), None)
            if wild is not None:
                hint = meant(wild, known)
                raise Unsound(
                    plugin, hook,
                    f"{zh}的类型“{wild}”没有谁登记{hint.zh}（别的插件的类型，在plugin.yaml的takes里写明）",
                    f"{en} is of type {wild!r}, which nobody registers{hint.en} "
                    "(name a type of another plugin under takes in plugin.yaml)",
                    given,
                )  # fmt: skip


def _typed(collected: Collected) -> Iterator[tuple[str, str, Any, list[tuple[str, str, ValueType]]]]:
    """Every contribution that names types, with each type and what is of it."""
    for plugin, given in collected["register_actions"]:
        if isinstance(given, Action):
            spec = given.spec
            pairs = [(one.name, one.type) for one in spec.inputs] + [out for one in spec.results for out in one.outputs]
            kinds = [(f"动作{spec.name}的{name}", f"{name} of action {spec.name}", kind) for name, kind in pairs]
            yield "register_actions", plugin, given, kinds
    for plugin, given in collected["register_types"]:
        name = given.spec.name
        kinds = [(f"类型{name}的{one}", f"{one} of type {name}", kind) for one, kind in given.spec.attributes]
        yield "register_types", plugin, given, kinds
    for plugin, given in collected["register_resolvers"]:
        name = given.spec.name
        kinds = [(f"{name}的{one.name}", f"{one.name} of {name}", one.type) for one in given.spec.parameters]
        yield "register_resolvers", plugin, given, kinds
    for plugin, given in collected["register_functions"]:
        zh, en = f"函数{given.name}", f"function {given.name}"
        yield "register_functions", plugin, given, [(zh, en, one) for one in (*given.parameters, given.returns)]
    for plugin, given in collected["register_settings"]:
        yield "register_settings", plugin, given, [(f"设置{given.name}", f"setting {given.name}", given.type)]


def _within(kind: ValueType) -> Iterator[str]:
    yield kind.name
    for _, column in kind.columns:
        yield from _within(column)


def _undos(actions: Sequence[tuple[str, Any]]) -> None:
    declared = {given.name for _, given in actions if isinstance(given, Undo)} | {"nothing", "impossible"}
    for plugin, given in actions:
        if isinstance(given, Action) and given.spec.undo not in declared:
            name, undo = given.spec.name, given.spec.undo
            raise Unsound(
                plugin, "register_actions",
                f"动作{name}的撤销{undo}没有登记，请用 @undo 声明并一起登记",
                f"the undo {undo} of action {name} is not registered; declare it with @undo and register it too",
                given,
            )  # fmt: skip


def _targets(collected: Collected) -> None:
    """Sentences and evidence speak of actions and outcomes that exist."""
    specs = {a.spec.name: a.spec for _, a in collected["register_actions"] if isinstance(a, Action)}
    for plugin, sentence in collected["register_sentences"]:
        spec = specs.get(sentence.action)
        result = spec.result(sentence.outcome) if spec else None
        if result is None:
            raise _nothing(plugin, "register_sentences", sentence, f"{sentence.action} {sentence.outcome}")
        outputs = {output for output, _ in result.outputs}
        for wild in sorted({one for words in sentence.text for one in OUTPUT.findall(words)} - outputs):
            raise _nothing(plugin, "register_sentences", sentence, f"{sentence.action} {sentence.outcome} {{{wild}}}")
    for plugin, source in collected["register_evidence"]:
        if source.action not in specs:
            raise _nothing(plugin, "register_evidence", source, source.action)


def _nothing(plugin: str, hook: str, given: Any, name: str) -> Unsound:
    zh, en = _SPEAKERS[hook]
    said = f"{zh}所说的“{name}”并不存在", f"{en} is about {name!r}, which does not exist"
    return Unsound(plugin, hook, *said, given)
