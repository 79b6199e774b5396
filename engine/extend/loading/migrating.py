"""Brings all tables up to date; a plugin whose tables cannot be is away, and closes only itself."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, TypeAlias

from engine.errors import Busy, RongtongError
from engine.extend.calls.entering import Entering
from engine.extend.calls.faults import ExitError, PluginError, plugin_error, told
from engine.extend.loading.discovery import ENGINE
from engine.extend.registry import MigrationLine, Registry
from engine.i18n import Text, listed
from engine.store.databases.database import Database, open_database
from engine.store.schema.absent import absent

if TYPE_CHECKING:  # who only checks what is written opens no transaction
    from engine.store.schema.migrate import Line

#: ``upgrade``, ``pending`` or ``must_be_newest`` on an open database: from lines to the revisions that were, or would
#: be, applied.
Migrate: TypeAlias = "Callable[[Iterable[Line]], tuple[str, ...]]"


def migrated(registry: Registry, migrate: Migrate) -> tuple[Registry, tuple[str, ...]]:
    """The registry without the plugins whose lines *migrate* fails on, and the revisions of all the others.

    Raises what *migrate* raises on the engine's own lines, and Busy.
    """
    try:
        with Entering(ENGINE, None):  # whosever it was, the next try finds out
            return registry, migrate(registry.migrations())
    except Busy:
        raise
    except Exception:
        return _each(registry, migrate)


def _each(registry: Registry, migrate: Migrate) -> tuple[Registry, tuple[str, ...]]:
    """Line by line, the engine's own first: whatever is wrong there stops everything."""
    done = migrate(())
    for line in registry.migrations():
        try:
            with Entering(line.plugin, line.folder.parent):
                done += migrate((line,))
        except Busy:
            raise
        except Exception as reason:
            registry = registry.lacking(_fault(line, reason))
    return registry, done


def complete(registry: Registry, lacks: Callable[[MigrationLine], tuple[Text, ...]]) -> Registry:
    """The registry without the plugins that read what no migration of theirs makes: tables and columns, by *lacks*."""
    for line in registry.migrations():
        if missing := lacks(line):
            named = listed(missing)
            zh = f"没有哪个迁移建 {named.zh}；补上迁移，再运行 rongtong migrate"
            en = f"no migration makes {named.en}; add one, then run rongtong migrate"
            registry = registry.lacking(plugin_error(line.plugin, zh, en, f"{line.plugin}/migrations"))
    return registry


def unmade(registry: Registry) -> Registry:
    """The registry without the plugins that read what no migration of theirs makes, as is seen without a database.

    Migrations that name every table and column are taken at their word; others are tried on an empty file.
    """
    lines = [line.plugin for line in registry.migrations() if not _names_all(line)]
    if not lines:
        return registry
    with TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        scratch = open_database(f"sqlite:///{Path(folder) / 'scratch.db'}")
        try:
            return complete(registry, lambda line: _tried(scratch, line) if line.plugin in lines else ())
        finally:
            scratch.close()


def _names_all(line: MigrationLine) -> bool:
    written = "".join(file.read_text(encoding="utf-8", errors="replace") for file in line.folder.glob("*.py"))
    tables = line.metadata.tables.values()
    return all(name in written for table in tables for name in (table.name, *table.columns.keys()))


def _tried(scratch: Database, line: MigrationLine) -> tuple[Text, ...]:
    from engine.store.schema.migrate import upgrade

    try:
        with Entering(line.plugin, line.folder.parent):
            upgrade(scratch, (line,))
    except Exception:  # whatever it is, the database that it is meant for tells
        return ()
    return absent(scratch, line.metadata)


def _fault(line: MigrationLine, reason: BaseException) -> PluginError:
    """What is wrong with a plugin's line, in words that name its file."""
    if isinstance(reason, RongtongError) and reason.code == "newer_database":
        zh = "库里它的数据表是另一个版本建的，这个版本认不得；装回那个版本"
        en = "its tables in this database were made by another version; install that version of it"
        return plugin_error(line.plugin, zh, en)
    if isinstance(reason, ExitError) and reason.__cause__ is not None:
        reason = reason.__cause__
    if isinstance(reason, RongtongError) and reason.code == "tables_behind":
        zh, en = "它的数据表还不是这个版本的；先运行 rongtong migrate", "its tables are behind; run rongtong migrate"
        return plugin_error(line.plugin, zh, en)
    said, place = told(reason, line.folder.parent, quoting=True)
    zh = f"迁移没有做成，它的数据表没有变（{said.zh}）"
    en = f"its migration failed and its tables are as before ({said.en})"
    return plugin_error(line.plugin, zh, en, place)
