"""A place is said in one way: the file as it lies in the plugin's folder, and the line, or nothing at all."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from sqlalchemy import MetaData

import engine
from engine.extend.calls.faults import said_of
from engine.extend.calls.places import imported_at, place, quoted_at, raised_at
from engine.extend.loading.migrating import migrated
from engine.extend.registry import MigrationLine, Registry
from engine.i18n import both
from engine.store.schema.migrate import Line
from tests.unit.extend.plugins_for_tests import plugin


def raised(path: Path, code: str) -> BaseException:
    """What *code*, as it lies at *path*, raises; not its syntax, but what it does."""
    try:
        exec(compile(code, str(path), "exec"), {"__name__": path.stem})
    except BaseException as fault:
        return fault
    raise AssertionError


def test_a_file_is_said_from_the_plugin_s_folder_on_however_deep_it_lies() -> None:
    folder = Path("/srv/plugins/tool_lending")
    assert place(str(folder / "actions.py"), 12, folder) == "tool_lending/actions.py:12"
    assert place(str(folder / "migrations" / "0001.py"), 3, folder) == "tool_lending/migrations/0001.py:3"
    assert place("/usr/lib/python/json/decoder.py", None, folder) == "json/decoder.py:0"


def test_a_fault_is_where_the_plugin_was_and_not_in_a_library_that_it_called(tmp_path: Path) -> None:
    folder = tmp_path / "odd"
    fault = raised(folder / "sub" / "work.py", "import json\n\njson.loads('{')")
    assert raised_at(fault, folder) == "odd/sub/work.py:3"
    assert raised_at(fault, tmp_path / "other") == ""
    assert raised_at(raised(folder / "bad.py", "\n1 +"), folder) == "odd/bad.py:2"


def test_what_could_not_be_imported_is_found_by_the_plugin_s_name(tmp_path: Path) -> None:
    fault = raised(tmp_path / "odd" / "hooks.py", "\n\n1 // 0")
    assert imported_at(fault, "odd") == "odd/hooks.py:3"
    assert imported_at(fault, "even") == ""


def test_what_arose_in_the_engine_alone_is_given_no_place() -> None:
    space: dict[str, Any] = {"__name__": "engine.somewhere"}
    exec("def fails():\n try:\n  raise ValueError('no')\n except ValueError as fault:\n  return fault", space)
    assert said_of(space["fails"]()) == both("ValueError: no")
    assert said_of(space["fails"](), "no.such.module") == both("ValueError: no")


def test_the_migration_that_failed_is_named_with_its_plugin(tmp_path: Path) -> None:
    line = MigrationLine("odd", tmp_path / "odd" / "migrations", "odd_version", MetaData())

    class One(Registry):
        def migrations(self) -> tuple[MigrationLine, ...]:
            return (line,)

    def work(lines: Iterable[Line]) -> tuple[str, ...]:
        for each in lines:
            raise raised(each.folder / "0001.py", "import sys\nsys.exit(1)")
        return ()

    registry, done = migrated(One([plugin("odd")]), work)
    assert done == ()
    assert "“odd”（odd/migrations/0001.py:2）" in registry.left["odd"].why.zh
    assert "SystemExit: 1" in registry.left["odd"].why.en


def test_the_start_begins_at_what_a_sentence_quotes_or_at_the_hooks(tmp_path: Path) -> None:
    folder = tmp_path / "odd"
    folder.mkdir()
    (folder / "actions.py").write_text("\nname = 'odd.act'\n", encoding="utf-8")
    assert quoted_at("action 'odd.act' of 'odd' is there twice", folder, "odd") == "odd/actions.py:2"
    assert quoted_at("something else", folder, "odd") == "odd/hooks.py:1"


def test_no_other_module_makes_a_place_of_its_own() -> None:
    root = Path(engine.__file__).parent
    ways = ("extract_tb", "walk_tb", "co_firstlineno", "tb_lineno", "f_lineno", "parts[-2")
    texts = {path.relative_to(root).as_posix(): path.read_text(encoding="utf-8") for path in root.rglob("*.py")}
    assert {name for name, text in texts.items() if any(way in text for way in ways)} == {"extend/calls/places.py"}
