"""What a demo tells when its history is made: a table of each district, and whether every promise holds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn
from rich.table import Table

from engine.cli import say
from engine.demo.figures import Figures, figures
from engine.i18n import Text
from engine.operations.context import Context, System
from engine.operations.districts import all_contexts
from engine.operations.verifying.verdict import looked_at
from engine.operations.verifying.verify import Verdict, verify

_COLUMNS = (
    Text("发起", "started"), Text("办结", "ended"), Text("在办", "open"), Text("逾期", "overdue"),
)  # fmt: skip
#: So many faults are printed; JSON holds all of them.
_MOST = 20


@dataclass(frozen=True)
class Report:
    """The figures of every district, and the verdict on each."""

    contexts: tuple[Context, ...]
    figures: tuple[tuple[Figures, ...], ...]
    verdicts: tuple[Verdict, ...]

    @property
    def broken(self) -> bool:
        """Whether any promise is."""
        return any(verdict.broken for verdict in self.verdicts)


def report(system: System, progress_on: Console) -> Report:
    """Count and check everything, with a progress bar."""
    contexts = all_contexts(system)
    counted = tuple(figures(ctx) for ctx in contexts)
    columns = TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn()
    with Progress(*columns, console=progress_on, transient=True) as progress:
        total = sum(one.started for each in counted for one in each)
        bar = progress.add_task(say.said(Text("核对", "checking")), total=total)
        verdicts = tuple(verify(ctx, lambda _done, _all: progress.update(bar, advance=1)) for ctx in contexts)
    return Report(contexts, counted, verdicts)


def tell(found: Report, console: Console) -> None:
    """The tables and the verdict, as text."""
    for ctx, each in zip(found.contexts, found.figures, strict=True):
        console.print(_table(ctx, each))
    broken = [fault for verdict in found.verdicts for fault in verdict.broken]
    if broken:
        zh = f"核对：{len(broken)} 处不符。"
        console.print(say.said(Text(zh, f"Checked: {len(broken)} promises are broken.")), style="bold red")
        for fault in broken[:_MOST]:
            console.print(f"  {fault.promise} {fault.place} {say.picked(fault.text, ' / ')}")
        return
    all_of_it = looked_at(found.verdicts)
    say.line(f"核对：{all_of_it.zh}，账实相符，流水链完整。", f"{all_of_it.en}: all is well.")


def _table(ctx: Context, counted: tuple[Figures, ...]) -> Table:
    """One row for each process; an end and its number are one word, so that a line never breaks between them."""
    table = Table(title=say.said(ctx.district.title), title_justify="left", title_style="bold", box=SIMPLE_HEAD)
    table.add_column(say.said(Text("事项", "process")), overflow="fold")
    for column in _COLUMNS:
        table.add_column(say.said(column), justify="right", no_wrap=True)
    table.add_column(say.said(Text("结果", "how")), overflow="fold")
    for one in counted:
        ends = "  ".join(f"{say.said(title).replace(' ', '-')}{many}" for title, many in one.ended.most_common())
        numbers = (one.started, one.ended.total(), one.open, one.late)
        table.add_row(say.said(one.title), *map(str, numbers), ends)
    return table


def as_json(found: Report) -> dict[str, Any]:
    """The same, for a program."""
    return {
        "districts": [
            {"district": ctx.id, "processes": [_process(one) for one in each]}
            for ctx, each in zip(found.contexts, found.figures, strict=True)
        ],
        "cases": sum(v.cases for v in found.verdicts),
        "journal_rows": sum(v.rows for v in found.verdicts),
        "broken": [[f.promise, f.place, f.text.zh] for v in found.verdicts for f in v.broken],
    }


def _process(one: Figures) -> dict[str, Any]:
    ended = {title.zh: many for title, many in one.ended.most_common()}
    return {"process": one.process, "started": one.started, "ended": ended, "open": one.open, "late": one.late}
