"""``rongtong demo``: three districts at work on a database of their own, lived through before your eyes."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from engine.app import open_system
from engine.cli import opening, say
from engine.cli.homes import Folder, Given
from engine.cli.serving import must_be_free, no_work_option, port_option, secret_key, serve_pages
from engine.clock import SetClock, SystemClock
from engine.errors import Invalid, Problem
from engine.i18n import Text
from engine.ids import SeededIds
from engine.operations.demo.figures import Figures, figures
from engine.operations.demo.history import History, make_history, packs
from engine.operations.demo.plan import Plan
from engine.operations.districts import all_contexts, keep_offset
from engine.operations.verify import Verdict, verify

if TYPE_CHECKING:
    from engine.operations.context import Context, System
    from engine.operations.library import Library

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
    type=click.Path(path_type=Path),
    help="演示自己的文件夹。 The demo's own folder.",
)
@click.option("--fresh", is_flag=True, help="重做一份。 Make it anew.")
@click.option("--continue", "go_on", is_flag=True, help="接着上次的看。 Go on with the last one.")
@click.option("--no-serve", is_flag=True, help="出完统计就停，不开网页。 Stop after the table.")
@no_work_option
@port_option
@opening.options(opening.workflows_option)
def demo(
    url: str | None, place: Path, fresh: bool, go_on: bool, no_serve: bool, no_work: bool, port: int,
    folder: Path | None, as_json: bool,
) -> int:  # fmt: skip
    """三个区县过十五个工作日，然后开网页。 Three districts at work."""
    if not no_serve:
        must_be_free(HOST, port)
    opening.quiet(logging.CRITICAL)
    home = Given(url) if url else Folder(place)
    library = opening.library(folder)
    plan = opening.plan(folder)
    console = Console(stderr=as_json)
    if home.prepare(fresh=fresh, go_on=go_on):
        live_through(home.url, library, plan, console)
    with opening.opened(home.url) as system:
        broken = report(system, console, as_json=as_json)
        if not no_serve:
            _serve(system, plan, home.url, port, workers=not no_work)
        return 1 if broken else 0


def live_through(url: str, library: Library, plan: Plan, console: Console) -> History:
    """Make the history in the empty database at *url*, with a progress bar."""
    clock = SetClock(0)
    given = packs(library, plan)
    own = SystemClock()
    system = open_system(url, clock=clock, ids=SeededIds(plan.seed, own.wall()), registry=library.registry)
    names = "、".join(pack.pack.name.zh for pack in given)
    console.print(f"正在过{plan.days}个工作日：{names}…")
    columns = TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn()
    with Progress(*columns, console=console, transient=True) as progress:
        bar = progress.add_task("", total=plan.cases)

        def told(title: str, more: int) -> None:
            progress.update(bar, description=title, advance=more)

        now = own.wall()
        history = make_history(system, clock, given, plan, now, told)
    # What ended now goes on with the machine's clock; what ended earlier goes on from there.
    keep_offset(system, 0 if history.end == now else history.end - own.wall())
    system.runner.release()
    system.database.close()
    return history


def report(system: System, console: Console, *, as_json: bool) -> bool:
    """Say what happened and whether every promise holds; True when one is broken."""
    contexts = all_contexts(system)
    counted = {ctx.id: figures(ctx) for ctx in contexts}
    with Progress(TextColumn("核对"), BarColumn(), MofNCompleteColumn(), console=console, transient=True) as progress:
        bar = progress.add_task("", total=sum(one.started for each in counted.values() for one in each))
        verdicts = [verify(ctx, lambda _done, _all: progress.update(bar, advance=1)) for ctx in contexts]
    if as_json:
        say.as_json(_told(contexts, counted, verdicts))
    else:
        for ctx in contexts:
            console.print(_table(ctx, counted[ctx.id]))
        _say_verdict(console, verdicts)
    return any(verdict.broken for verdict in verdicts)


def _table(ctx: Context, counted: tuple[Figures, ...]) -> Table:
    table = Table(title=ctx.district.title.zh, title_justify="left", expand=True)
    table.add_column("事项", ratio=3)
    table.add_column("发起", justify="right")
    table.add_column("办结，各怎样", ratio=6)
    table.add_column("在办", justify="right")
    table.add_column("逾期", justify="right")
    for one in counted:
        ends = "，".join(f"{title} {many}" for title, many in sorted(one.ended.items(), key=lambda end: -end[1]))
        done = sum(one.ended.values())
        table.add_row(one.title.zh, str(one.started), f"{done}：{ends}" if done else "0", str(one.open), str(one.late))
    return table


def _say_verdict(console: Console, verdicts: list[Verdict]) -> None:
    broken = [fault for verdict in verdicts for fault in verdict.broken]
    if broken:
        console.print(f"核对：{len(broken)} 处不符。", style="bold red")
        for fault in broken[:20]:
            console.print(f"  {fault.promise} {fault.place} {fault.text.zh} / {fault.text.en}")
        return
    cases, rows = sum(v.cases for v in verdicts), sum(v.rows for v in verdicts)
    console.print(f"核对：{cases}件办件账实相符，流水链完整（{rows}行）")


def _told(
    contexts: tuple[Context, ...], counted: dict[str, tuple[Figures, ...]], verdicts: list[Verdict]
) -> dict[str, Any]:
    return {
        "districts": [
            {
                "district": ctx.id,
                "processes": [
                    {"process": f.process, "started": f.started, "ended": f.ended, "open": f.open, "late": f.late}
                    for f in counted[ctx.id]
                ],
            }
            for ctx in contexts
        ],
        "cases": sum(v.cases for v in verdicts),
        "journal_rows": sum(v.rows for v in verdicts),
        "broken": [[f.promise, f.place, f.text.zh] for v in verdicts for f in v.broken],
    }


def _serve(system: System, plan: Plan, url: str, port: int, *, workers: bool) -> None:
    from engine.cli.stage import banner, stage

    standing = banner(system)
    if standing is not None:
        say.out(standing.zh)
    say.out(f"打开 http://{HOST}:{port}/demo ，按 Ctrl-C 停下。 Open it; press Ctrl-C to stop.")
    stands = stage(system, plan, HOST, "")
    if stands is None:
        problem = Problem("demo", Text("这个库不是演示数据", "this database holds no demo data"))
        raise Invalid((problem,))
    opening.quiet(logging.WARNING)
    serve_pages(system, secret_key(system, url), HOST, port, public_url="", demo=stands, workers=workers)
