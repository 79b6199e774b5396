"""``rongtong demo``: three districts at work on a database of their own, lived through before your eyes."""

from __future__ import annotations

import logging
import os
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from engine import logs
from engine.app import open_system
from engine.cli import options, report, say
from engine.cli.demo_home import DemoTask, Folder, Given, Home
from engine.cli.serving import must_be_free, no_work_option, port_option, serve_pages
from engine.clock import SetClock, SystemClock
from engine.demo.history import History, go_on, make_history, packs
from engine.demo.plan import Plan
from engine.edge.facing import Facing, facing
from engine.errors import Invalid, Problem
from engine.i18n import Text, listed
from engine.ids import SeededIds
from engine.operations.districts import keep_offset

if TYPE_CHECKING:
    from engine.operations.content.library import Library
    from engine.operations.context import System

HOST = "127.0.0.1"


@click.command()
@click.option(
    "--db", "url", metavar="URL", help="用这个空的数据库，不用文件夹。 An empty database in place of a folder."
)
@click.option(
    "--dir",
    "place",
    default="rongtong-demo",
    show_default=True,
    metavar="DIR",
    type=click.Path(path_type=Path),
    help="演示自己的文件夹。 The demo's own folder.",
)
@click.option("--fresh", is_flag=True, help="重做一份。 Make it anew.")
@click.option("--continue", "more", is_flag=True, help="接着上次的过到现在。 Live on with the last one until now.")
@click.option("--no-serve", is_flag=True, help="出完统计就停，不开网页。 Stop after the table.")
@no_work_option
@port_option
@options.options(options.workflows_option)
def demo(
    url: str | None, place: Path, fresh: bool, more: bool, no_serve: bool, no_work: bool, port: int,
    folder: Path | None, as_json: bool,
) -> int:  # fmt: skip
    """三个区县过十五个工作日，然后开网页。 Three districts at work."""
    if fresh and more:
        raise say.usage("--fresh 和 --continue 只能写一个。", "Give --fresh or --continue, not both.")
    if not no_serve:
        must_be_free(HOST, port)
    front = facing(os.environ)
    logs.quiet(logging.CRITICAL)
    home: Home = Given(url) if url else Folder(place)
    library = options.library(folder)
    plan = options.plan(folder)
    task = home.prepare(fresh=fresh, go_on=more)
    live_through(home.url, library, plan, task)
    with options.opened(home.url, registry=library.registry) as system:
        found = report.report(system, say.bars())
        if as_json:
            say.as_json(report.as_json(found))
        else:
            report.tell(found, Console(file=say.answers()))
        if not no_serve:
            _serve(system, plan, port, replace(front, public_url=""), workers=not no_work, quiet=as_json)
        return 1 if found.broken else 0


def live_through(url: str, library: Library, plan: Plan, task: DemoTask) -> History:
    """Make the history in the empty database at *url*, or live on from where it ended; a bar tells how far it is."""
    console = Console(stderr=True)
    clock, own = SetClock(0), SystemClock()
    given = packs(library, plan) if task is DemoTask.MAKE else ()
    ids = SeededIds(plan.seed, own.wall()) if task is DemoTask.MAKE else None
    system = open_system(url, clock=clock, ids=ids, registry=library.registry, mode="demo")
    if task is DemoTask.MAKE:
        where = listed(pack.pack.name for pack in given)
        started = Text(f"正在过{plan.days}个工作日：{where.zh}…", f"Living {plan.days} working days: {where.en}…")
    else:
        started = Text("接着上次的过到现在…", "Living on until now…")
    console.print(say.said(started))
    columns = TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn()
    now = own.wall()
    try:
        with Progress(*columns, console=say.bars(), transient=True) as progress:
            bar = progress.add_task("", total=plan.cases if given else None)

            def told(title: Text, more: int) -> None:
                progress.update(bar, description=say.said(title), advance=more)

            history = make_history(system, clock, given, plan, now, told) if given else go_on(
                system, clock, plan, now, told
            )  # fmt: skip
        # What ended now goes on with the machine's clock; what ended at another time goes on from there.
        keep_offset(system, 0 if history.end == now else history.end - own.wall())
    finally:
        system.runner.release()
        system.database.close()
    return history


def _serve(system: System, plan: Plan, port: int, front: Facing, *, workers: bool, quiet: bool) -> None:
    from engine.cli.personas import banner, stage

    stands = stage(system, lambda: plan, HOST, "")
    if stands is None:
        problem = Problem("demo", Text("这个库不是演示数据", "this database holds no demo data"))
        raise Invalid((problem,))
    standing = banner(system)
    if standing is not None:
        say.err(say.said(standing))
    zh = f"打开 http://{HOST}:{port}/demo ，按 Ctrl-C 停下。"
    said = say.picked(Text(zh, f"Serving http://{HOST}:{port}/demo; press Ctrl-C to stop."), " ")
    logs.quiet(logging.WARNING)
    serve_pages(system, HOST, port, front, lambda: (say.err if quiet else say.out)(said), demo=stands, workers=workers)
