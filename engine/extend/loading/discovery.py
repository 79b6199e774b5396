"""Finds plugins: those in a package folder, those that other distributions announce, and the engine's own."""

from __future__ import annotations

import importlib
import importlib.metadata
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from types import ModuleType
from typing import Any, Final

from engine.errors import Problem, RongtongError
from engine.extend import builtin
from engine.extend.calls.entering import Entering
from engine.extend.calls.faults import ExitError, PluginError, placed, plugin_error, told
from engine.extend.calls.places import imported_at
from engine.extend.loading.away import Away, broken, left_out
from engine.extend.loading.manifest import API, Manifest, load_manifest
from engine.i18n import Text, joined

GROUP: Final = "rongtong.plugins"
ENGINE: Final = "engine"


@dataclass(frozen=True, slots=True)
class Plugin:
    """A plugin that was found: its manifest, the object that holds its hooks, its folder."""

    manifest: Manifest
    hooks: Any
    folder: Path | None = None

    @property
    def name(self) -> str:
        """The name that prefixes its actions and tables."""
        return self.manifest.name


def built_in() -> Plugin:
    """The engine's own contributions, through the same hooks as everybody's."""
    title = Text("引擎自带", "built in")
    summary = Text("告知等通用动作", "actions every process may use, such as telling somebody")
    return Plugin(Manifest(ENGINE, str(API), title, summary), builtin)


@dataclass(frozen=True, slots=True)
class FoundPlugins:
    """The plugins of an installation that could be loaded, by name, and those that could not."""

    plugins: tuple[Plugin, ...]
    away: Mapping[str, Away]


def find(package: str = "plugins", group: str = GROUP, without: Collection[str] = ()) -> FoundPlugins:
    """Every plugin in *package* and of entry point *group*, by name; one that is broken only closes itself.

    Those of *without* are not even loaded. Raises RongtongError where one of these is not installed: the one that was
    meant would run.
    """
    found = _Finding(package, group, without)
    for name in sorted(set(without) - found.left_out):
        raise _not_installed(name, {plugin.name for plugin in found.plugins} | found.faults.keys())
    away = {name: broken(fault) for name, fault in found.faults.items()}
    return FoundPlugins(found.plugins, {**away, **{name: left_out(name) for name in found.left_out}})


def _not_installed(name: str, known: Collection[str]) -> RongtongError:
    near = get_close_matches(name, known, 1)
    hint = Text(f"是不是 {near[0]}？", f" Did you mean {near[0]}?") if near else Text("", "")
    zh, en = f"RONGTONG_WITHOUT 里的“{name}”没有装。", f"RONGTONG_WITHOUT names {name!r}, which is not installed."
    return RongtongError(Text(zh + hint.zh, en + hint.en), code="setting")


class _Finding:
    """Loads what a folder and entry points name, each on its own."""

    def __init__(self, package: str, group: str, without: Collection[str] = ()) -> None:
        self._loaded: dict[str, Plugin] = {}
        self.faults: dict[str, PluginError] = {}
        self.left_out: set[str] = set()
        for module_name in (*_in_folder(package), *self._announced(group)):
            name = _name_of(module_name)
            if name in without:
                self.left_out.add(name)
                continue
            try:
                self._add(load_plugin(module_name))
            except PluginError as fault:
                self.faults[str(fault.details["plugin"])] = fault

    @property
    def plugins(self) -> tuple[Plugin, ...]:
        """Those that could be loaded, by name."""
        return tuple(self._loaded[name] for name in sorted(self._loaded) if name not in self.faults)

    def _add(self, plugin: Plugin) -> None:
        known = self._loaded.setdefault(plugin.name, plugin)
        if known.hooks is not plugin.hooks:
            raise plugin_error(
                plugin.name,
                f"有两个同名插件：{known.folder}和{plugin.folder}，请去掉一个",
                f"there are two of this name, in {known.folder} and {plugin.folder}; remove one",
            )

    def _announced(self, group: str) -> list[str]:
        """The modules that entry points name."""
        modules: set[str] = set()
        for point in importlib.metadata.entry_points(group=group):
            try:
                modules.add(point.module)
            except (AttributeError, ValueError):  # what it says is no name of a module
                zh = f"入口点写的是“{point.value}”，这不是模块名；写成 包名.hooks，包名用字母、数字和下划线"
                en = f"its entry point says {point.value!r}, which is no module; write PACKAGE.hooks"
                self.faults[point.name] = plugin_error(point.name, zh, en)
        return sorted(modules)


def _name_of(module_name: str) -> str:
    return module_name.removesuffix(".hooks").rpartition(".")[2]


def load_plugin(module_name: str) -> Plugin:
    """The plugin whose hooks are module *module_name*, its manifest beside it."""
    name = _name_of(module_name)
    try:
        with Entering(name, None):
            hooks = importlib.import_module(module_name)
    except PluginError as fault:
        raise placed(fault, name, imported_at(fault, name)) from fault
    except Exception as fault:
        reason = fault.__cause__ or fault if isinstance(fault, ExitError) else fault
        said = told(reason, None, quoting=True).said
        zh, en = f"{module_name}装载不了：{said.zh}", f"{module_name} cannot be imported: {said.en}"
        raise plugin_error(name, zh, en, imported_at(reason, name)) from reason
    folder = _folder_of(hooks)
    path = folder / "plugin.yaml"
    if not path.is_file():
        raise plugin_error(name, f"缺少{path}", f"{path} is missing")
    try:
        manifest, problems = load_manifest(path)
    except (OSError, UnicodeDecodeError) as reason:
        raise plugin_error(name, f"{path}读不了：{reason}", f"{path} cannot be read: {reason}") from reason
    if manifest is None:
        raise _faulty(name, problems)
    if manifest.name != folder.name:
        zh = f"plugin.yaml里叫“{manifest.name}”，与文件夹名不同"
        raise plugin_error(name, zh, f"plugin.yaml calls it {manifest.name!r}; use the folder's name", f"{path}:1")
    return Plugin(manifest, hooks, folder)


def _folder_of(hooks: ModuleType) -> Path:
    return Path(str(hooks.__file__)).parent


def _faulty(name: str, problems: Iterable[Problem]) -> PluginError:
    said = joined((Text(problem.line_of_text("zh"), problem.line_of_text("en")) for problem in problems), "；", "; ")
    return plugin_error(name, *said)


def _in_folder(package: str) -> list[str]:
    """Modules ``package.NAME.hooks`` for each folder with a manifest."""
    try:
        places = importlib.import_module(package).__path__
    except ModuleNotFoundError:
        return []
    names = {manifest.parent.name for place in places for manifest in Path(place).glob("*/plugin.yaml")}
    return [f"{package}.{name}.hooks" for name in sorted(names)]
