"""Finds plugins: those in a package folder, those that other distributions announce, and the engine's own."""

from __future__ import annotations

import importlib
import importlib.metadata
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any, Final

from engine.errors import Problem
from engine.extend import builtin
from engine.extend.faults import PluginError, plugin_error
from engine.extend.manifest import API, Manifest, load_manifest
from engine.i18n import Text

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


def discover(package: str = "plugins", group: str = GROUP) -> tuple[Plugin, ...]:
    """Every plugin in *package* and of entry point *group*, by name. Raises PluginError for one that is broken."""
    found: dict[str, Plugin] = {}
    for module_name in (*_in_folder(package), *_announced(group)):
        plugin = load_plugin(module_name)
        known = found.setdefault(plugin.name, plugin)
        if known.hooks is not plugin.hooks:
            raise plugin_error(
                plugin.name,
                f"有两个同名插件：{known.folder}和{plugin.folder}，请去掉一个",
                f"there are two of this name, in {known.folder} and {plugin.folder}; remove one",
            )
    return tuple(found[name] for name in sorted(found))


def load_plugin(module_name: str) -> Plugin:
    """The plugin whose hooks are module *module_name*, its manifest beside it."""
    name = module_name.removesuffix(".hooks").rpartition(".")[2]
    try:
        hooks = importlib.import_module(module_name)
    except PluginError:
        raise
    except Exception as reason:
        said = f"{type(reason).__name__}: {reason}"
        zh, en = f"{module_name}装载不了：{said}", f"{module_name} cannot be imported: {said}"
        raise plugin_error(name, zh, en) from reason
    folder = _folder_of(hooks)
    path = folder / "plugin.yaml"
    if not path.is_file():
        raise plugin_error(name, f"缺少{path}", f"{path} is missing")
    manifest, problems = load_manifest(path)
    if manifest is None:
        raise _faulty(name, problems)
    if manifest.name != folder.name:
        zh = f"plugin.yaml里叫“{manifest.name}”，与文件夹名不同"
        raise plugin_error(name, zh, f"plugin.yaml calls it {manifest.name!r}; use the folder's name")
    return Plugin(manifest, hooks, folder)


def _folder_of(hooks: ModuleType) -> Path:
    return Path(str(hooks.__file__)).parent


def _faulty(name: str, problems: Iterable[Problem]) -> PluginError:
    zh = "；".join(problem.line_of_text("zh") for problem in problems)
    en = "; ".join(problem.line_of_text("en") for problem in problems)
    return plugin_error(name, zh, en)


def _in_folder(package: str) -> list[str]:
    """Modules ``package.NAME.hooks`` for each folder with a manifest."""
    try:
        places = importlib.import_module(package).__path__
    except ModuleNotFoundError:
        return []
    names = {manifest.parent.name for place in places for manifest in Path(place).glob("*/plugin.yaml")}
    return [f"{package}.{name}.hooks" for name in sorted(names)]


def _announced(group: str) -> list[str]:
    return sorted({point.module for point in importlib.metadata.entry_points(group=group)})
