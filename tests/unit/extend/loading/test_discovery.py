"""Finding plugins, and reading what they say about themselves."""

from __future__ import annotations

import importlib
import importlib.metadata
import re
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from engine.extend.calls.faults import PluginError
from engine.extend.loading.discovery import FoundPlugins, find, load_plugin
from engine.extend.loading.manifest import load_manifest, read_manifest
from engine.i18n import Text

MANIFEST = """\
name: {name}
version: "1.2"
engine: ">=1,<2"
title: {{zh: 试, en: trial}}
summary: {{zh: 试一试, en: a trial}}
"""


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """An empty package folder ``trial_plugins`` on the path."""
    folder = tmp_path / "trial_plugins"
    folder.mkdir()
    monkeypatch.syspath_prepend(str(tmp_path))
    importlib.invalidate_caches()
    yield folder
    for name in [name for name in sys.modules if name.split(".")[0] == "trial_plugins"]:
        del sys.modules[name]


def write(package: Path, name: str, hooks: str = "", manifest: str = MANIFEST) -> None:
    folder = package / name
    folder.mkdir()
    (folder / "hooks.py").write_text(hooks, encoding="utf-8")
    if manifest:
        (folder / "plugin.yaml").write_text(manifest.format(name=name), encoding="utf-8")


def found(package: str = "trial_plugins", group: str = "no.such.group") -> FoundPlugins:
    return find(package, group)


def names(of: FoundPlugins) -> list[str]:
    return [plugin.name for plugin in of.plugins]


def test_every_folder_with_a_manifest_is_a_plugin(package: Path) -> None:
    write(package, "two")
    write(package, "one")
    write(package, "no_plugin", manifest="")
    assert names(found()) == ["one", "two"]
    (one, _) = found().plugins
    assert (one.manifest.version, one.manifest.title, one.folder) == ("1.2", Text("试", "trial"), package / "one")


def test_the_shipped_plugins_are_found_by_folder_and_announced_as_entry_points() -> None:
    by_folder = set(names(found("plugins")))
    assert {"venue_sharing", "points_exchange", "partner_registry"} <= by_folder
    announced = {point.module for point in importlib.metadata.entry_points(group="rongtong.plugins")}
    assert announced <= {f"plugins.{name}.hooks" for name in by_folder}


def test_a_plugin_that_is_announced_and_lies_in_the_folder_counts_once(
    package: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(package, "one")
    point = importlib.metadata.EntryPoint("one", "trial_plugins.one.hooks", "a.group")
    monkeypatch.setattr(importlib.metadata, "entry_points", lambda group: [point] if group == "a.group" else [])
    assert names(found(group="a.group")) == ["one"]
    assert names(found("no_such_package", "a.group")) == ["one"]


def test_two_plugins_of_one_name_are_refused(package: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(package, "one")
    other = package / "more"
    other.mkdir()
    write(other, "one")
    point = importlib.metadata.EntryPoint("one", "trial_plugins.more.one.hooks", "a.group")
    monkeypatch.setattr(importlib.metadata, "entry_points", lambda group: [point])
    assert re.search(r"plugin 'one' .*there are two of this name", found(group="a.group").away["one"].why.en)


def test_a_plugin_that_cannot_be_imported_is_named(package: Path) -> None:
    write(package, "broken", hooks="import no_such_library")
    assert re.search(r"plugin 'broken' .*ModuleNotFoundError: .*no_such_library", found().away["broken"].why.en)


def test_a_plugin_without_a_manifest_is_named(package: Path) -> None:
    write(package, "bare", manifest="")
    with pytest.raises(PluginError, match=r"plugin 'bare' .*plugin\.yaml is missing"):
        load_plugin("trial_plugins.bare.hooks")


def test_the_name_in_the_manifest_is_the_folders(package: Path) -> None:
    write(package, "one", manifest=MANIFEST.replace("{name}", "other"))
    assert re.search(r"plugin 'one' .*calls it 'other'", found().away["one"].why.en)


def test_a_faulty_manifest_says_where(package: Path) -> None:
    write(package, "one", manifest=MANIFEST + "tabels: []\n")
    assert re.search(r"plugin\.yaml:6:1 plugin-additionalproperties 'tabels' is not known here", found().away["one"].why.en)


@pytest.mark.parametrize(
    ("was", "becomes", "line", "column", "message"),
    [
        ('version: "1.2"\n', "", 1, 1, "'version' is missing"),
        ("en: trial}", "en: trial, fr: essai}", 4, 27, "'fr' is not known here"),
        ("{zh: 试, en: trial}", "[试]", 4, 1, "'title' has to be a mapping"),
        ("name: one", "name: One", 1, 1, "'name' has to match ^[a-z][a-z0-9_]*$"),
        (">=1,<2", ">=2,<3", 3, 1, "it needs extension interface >=2,<3, this engine has 1"),
    ],
)
def test_a_fault_in_a_manifest_has_its_place(was: str, becomes: str, line: int, column: int, message: str) -> None:
    text = MANIFEST.format(name="one")
    assert was in text
    manifest, (problem,) = read_manifest(text.replace(was, becomes), "plugin.yaml")
    assert manifest is None
    assert (problem.line, problem.column, problem.message.en) == (line, column, message)


def test_a_file_that_is_no_yaml_is_a_problem(tmp_path: Path) -> None:
    path = tmp_path / "plugin.yaml"
    path.write_text("name: [", encoding="utf-8")
    manifest, problems = load_manifest(path)
    assert manifest is None
    assert problems[0].file == str(path)
