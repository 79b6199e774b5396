"""What commands have in common: their options, and how they come to a database, a district and a caller."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from engine import logs, settings
from engine.cli import say
from engine.content import shipped_workflows
from engine.i18n import Text, listed

if TYPE_CHECKING:
    from engine.demo.plan import Plan
    from engine.extend.registry import Registry
    from engine.operations.content.library import Library
    from engine.operations.context import Caller, Context, System

#: A command or option decorator of click.
Decorator = Callable[[Any], Any]


def setting(name: str, *declarations: str, **more: Any) -> Decorator:
    """An option whose default, variable in the environment and help are those of a setting."""
    one = settings.named(name)
    help_ = f"{one.help.zh}。 {one.help.en[0].upper()}{one.help.en[1:]}."
    shown: dict[str, Any] = {"default": one.default, "show_default": True} if one.default else {}
    return click.option(*declarations, envvar=one.variable, show_envvar=True, help=help_, **shown, **more)


json_option = click.option("--json", "as_json", is_flag=True, help="输出 JSON。 Answer in JSON.")
database_option = setting("db", "--db", "url", metavar="URL")
workflows_option = setting(
    "workflows", "--workflows", "folder", metavar="DIR",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
)  # fmt: skip
#: Never from the environment: what these commands do without it needs no database.
other_database_option = click.option(
    "--db", "url", metavar="URL", help="看这个数据库里的。 Look into this database instead."
)
district_option = click.option(
    "--district", metavar="ID", help="区县。只有一个时可不写。 District; the only one needs no name."
)
person_option = click.option(
    "--as", "person", metavar="PERSON",
    help="以谁的身份：人员代号、姓名或“角色@单位”。 Who acts: id, name or role@unit.",
)  # fmt: skip


def options(*several: Decorator) -> Decorator:
    """The given options and ``--json`` on one command, in this order."""

    def wrap(function: Any) -> Any:
        for option in reversed((*several, json_option)):
            function = option(function)
        return function

    return wrap


def plugins(*, tell: bool = True) -> Registry:
    """The plugins that are installed, but for what the installation leaves out; it *tells* which are broken."""
    from engine.extend.loading.migrating import unmade
    from engine.extend.registry import Registry

    registry = unmade(Registry.discovered(settings.left_out(os.environ)))
    if tell:
        tell_away(registry)
    return registry


def tell_away(registry: Registry, but: Registry | None = None) -> None:
    """A line on standard error for each plugin that cannot be used, unless *but* told it: nothing else stops for it."""
    for name, away in sorted(registry.left.items()):
        if away.state == "broken" and (but is None or name not in but.left):
            say.err(say.picked(away.why, "  "))


def tell_districts(system: System) -> None:
    """A line on standard error for whatever a district cannot have of its plugins, or would not be given today."""
    from engine.operations.closings import closings, doubts
    from engine.operations.districts import all_contexts

    for ctx in all_contexts(system):
        for said in (*closings(ctx), *doubts(ctx)):
            say.err(f"{ctx.id}  {say.picked(said, '  ')}")


def secrets(url: str, registry: Registry) -> dict[str, str]:
    """The secrets of plugins, from the environment or the file beside the database; one that nobody wants is told."""
    found, doubt = settings.secrets_given(os.environ, settings.secrets_file(url))
    if doubt is not None:
        say.err(say.picked(doubt, "  "))
    wanted = registry.secrets() | {settings.named("secret_key").variable}
    away = tuple(settings.secret_variable(name, "") for name in registry.left)
    for name in sorted(found.keys() - wanted):
        if name.startswith(away):
            continue  # nobody knows what a plugin would ask for that cannot be used
        zh, en = f"没有插件要 {name} 这个密钥。", f"No plugin asks for the secret {name}."
        say.err(say.picked(Text(zh, en), " "))
    return found


def library(folder: Path | None, registry: Registry | None = None) -> Library:
    """The workflows in *folder*, or those that are shipped."""
    from engine.operations.content.library import Library

    root = folder or shipped_workflows()
    if not root.is_dir():
        raise say.usage(f"没有流程文件夹{root}。核对 --workflows。", f"There is no folder {root}; check --workflows.")
    return Library(root, registry or plugins())


def plan(folder: Path | None) -> Plan:
    """The plan of the demo that lies in *folder*, or the one that is shipped."""
    from engine.demo.plan import read_plan

    path = (folder or shipped_workflows()) / "demo.yaml"
    if not path.is_file():
        raise say.usage(f"没有演示计划{path}。", f"There is no plan of a demo at {path}.")
    return read_plan(path.read_text(encoding="utf-8"), str(path))


@contextmanager
def opened(url: str, *, new: bool = False, registry: Registry | None = None) -> Iterator[System]:
    """The system on the database at *url*, closed afterwards; only *new* may make a file that is not there."""
    from engine.app import open_system

    logs.quiet()
    if not new:
        must_exist(url)
    registry = registry or plugins()
    system = open_system(url, registry=registry, new=new, secrets=secrets(url, registry))
    try:
        yield system
    finally:
        system.runner.release()
        system.database.close()


def must_exist(url: str) -> None:
    """Refuse a SQLite file that is not there."""
    path = settings.sqlite_file(url)
    if path is None or path.is_file():
        return
    if path.is_dir():
        zh, en = f"{path}是文件夹，不是数据库文件。核对 --db。", f"{path} is a folder, no database file. Check --db."
        raise say.usage(zh, en, "no_database")
    raise say.usage(
        f"没有数据库文件{path}。核对 --db，或先用 rongtong migrate 建库、rongtong publish 发布区县。",
        f"There is no database file {path}. Check --db, or make one with rongtong migrate and rongtong publish.",
        "no_database",
    )


def must_be_empty(url: str) -> None:
    """Refuse a database that holds anything."""
    from engine.store.databases.database import open_database
    from engine.store.databases.ownership import Standing, standing

    database = open_database(url)
    try:
        if standing(database) is Standing.EMPTY:
            return
    finally:
        database.close()
    zh = "这个库里已有数据，没有动它。换一个空库。"
    en = "This database holds data and stays as it is; name an empty one."
    raise say.usage(zh, en, "foreign_database")


def entered(system: System, district: str | None) -> Context:
    """The district called *district*, or the only one."""
    from engine.operations.districts import all_contexts, context

    if district:
        return context(system, district)
    found = all_contexts(system)
    if len(found) == 1:
        return found[0]
    if not found:
        raise say.usage(
            "这个库里还没有区县。先用 rongtong publish 区县 发布一个。",
            "No district lives in this database yet. Publish one with rongtong publish DISTRICT.",
        )
    names = listed(ctx.id for ctx in found)
    raise say.usage(f"用 --district 写明哪个区县：{names.zh}。", f"Name a district with --district: {names.en}.")


def caller(ctx: Context, words: str | None) -> tuple[Caller, str]:
    """Who ``--as`` means, and the unit they act from."""
    from engine.operations.context import Caller
    from engine.operations.naming import person_named

    if not words:
        raise say.usage("用 --as 写明以谁的身份办。", "Say who acts with --as.")
    person, unit = person_named(ctx, words)
    return Caller(person, door="cli"), unit


def pairs(several: tuple[str, ...]) -> dict[str, str]:
    """``name=value`` words as a mapping."""
    wild = [one for one in several if "=" not in one]
    if wild:
        raise say.usage(f"“{wild[0]}”要写成 字段=内容。", f"“{wild[0]}” has to be written as field=value.")
    return dict(one.split("=", 1) for one in several)
