"""Runs benchmarks by name, or all of them: ``python -m benchmarks [NAME …] --json [--pg URL]``."""

from __future__ import annotations

import logging
from collections.abc import Callable
from pathlib import Path

import click

from benchmarks import callers, inbox, pages, w1, whole
from benchmarks.figure import Figure
from benchmarks.places import Place

BENCHMARKS: dict[str, Callable[[Place, int], Figure]] = {
    "w1_sqlite": w1.w1_sqlite,
    "w1_cpu": w1.w1_cpu,
    **{f"w1_callers_{many}": callers.w1_callers(many) for many in (1, 8, 24, 64)},
    **{f"w1_slow_disk_{many}": callers.w1_slow_disk(many) for many in (1, 8, 24)},
    "w1_processes": callers.w1_processes,
    "w1_postgresql": w1.w1_postgresql,
    "w1_server": callers.w1_server,
    "step_growth": w1.step_growth,
    "inbox_sqlite": inbox.inbox_sqlite,
    "inbox_postgresql": inbox.inbox_postgresql,
    "inbox_page": pages.inbox_page,
    "task_page": pages.task_page,
    "page_growth": pages.page_growth,
    "serve_memory": whole.serve_memory,
    "check_all": whole.check_all,
    "demo_day": whole.demo_day,
}


@click.command(help=__doc__)
@click.argument("names", nargs=-1, type=click.Choice(list(BENCHMARKS)))
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
@click.option("--pg", metavar="URL", help="A PostgreSQL server to use; without it one is started from the wheel.")
@click.option("--runs", default=7, show_default=True, help="How many pairs of measurements.")
@click.option(
    "--dir", "folder", default=".", show_default=True, type=click.Path(path_type=Path, exists=True, file_okay=False),
    help="A folder on the disk to measure; it is left as it was.",
)  # fmt: skip
def main(names: tuple[str, ...], as_json: bool, pg: str | None, runs: int, folder: Path) -> None:
    logging.disable(logging.INFO)
    try:
        for name in names or BENCHMARKS:
            found = BENCHMARKS[name](Place(folder.resolve(), pg), runs)
            print(found.line if as_json else found.words, flush=True)
    finally:
        logging.disable(logging.NOTSET)


if __name__ == "__main__":
    main()
