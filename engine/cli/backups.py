"""``backup`` and ``restore``: all districts of a database in one file, and such a file back in an empty database."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from engine.cli import options, say
from engine.cli.databases import say_verdicts, verified
from engine.definition.values.saying import megabytes
from engine.i18n import Text, counted


@click.command()
@click.argument("file", metavar="FILE", type=click.Path(path_type=Path))
@options.options(options.database_option)
def backup(file: Path, url: str, as_json: bool) -> None:
    """把整个库备份到一个新文件，服务不必停。 Keep all of a database in one new file, beside whatever serves it."""
    from engine.clock import SystemClock
    from engine.operations.backing_up import back_up

    options.must_exist(url)
    with say.bar(Text("备份", "backing up")) as told:
        sealed = back_up(url, options.plugins(), file, SystemClock(), told)
    size = file.stat().st_size
    if as_json:
        say.as_json({"file": str(file), "tables": sealed.tables, "rows": sealed.rows, "bytes": size})
        return
    much = megabytes(size)
    say.line(f"备份好了：{file}，{sealed.tables}张表，{sealed.rows}行，{much}。",
             f"{file}: {counted(sealed.tables, 'table')}, {counted(sealed.rows, 'row')}, {much}.")  # fmt: skip


@click.command()
@click.argument("file", metavar="FILE", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@options.options(options.database_option)
def restore(file: Path, url: str, as_json: bool) -> int:
    """把备份放回一个空库，核对无误才算完。 Put a backup into an empty database, and verify it."""
    from engine.operations.backing_up import restore as put_back

    registry = options.plugins()
    with say.bar(Text("放回", "restoring")) as told:
        sealed = put_back(url, registry, file, told)
    with options.opened(url, registry=registry) as system:
        verdicts = verified(system)
    done: dict[str, Any] = {"tables": sealed.tables, "rows": sealed.rows, "taken_at": sealed.taken_at}
    if not as_json:
        say.line(f"放回了 {sealed.tables} 张表、{sealed.rows} 行。",
                 f"{counted(sealed.tables, 'table')} and {counted(sealed.rows, 'row')} are back.")  # fmt: skip
    return say_verdicts(verdicts, as_json, done)
