"""Lists as files: the same rows as on the page, as an Excel sheet for people and as JSON for programs."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from io import BytesIO
from typing import Any

from flask import Response, jsonify

from engine.clock import Micros
from engine.definition.values.moments import last_day, to_datetime
from engine.i18n import listed
from engine.operations.reading.views import CaseRow, TaskRow
from engine.web.render import say
from engine.web.words import gettext as _

Cell = str | datetime | None
EXCEL = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
#: What a spreadsheet may take for the beginning of a formula.
_RISKY = ("=", "+", "-", "@", "\t", "\r")


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its name for programs, its heading, its width in letters, what it takes from a row."""

    name: str
    title: str
    width: int
    of: Callable[[Any], Cell]


def task_columns(box: str) -> tuple[Column, ...]:
    """What a row of the inbox says: until when and since when there is something to do, or when and how it was done."""
    whiles = (
        Column("needed_by", _("最晚"), 17, lambda row: _end(row.needed_by)),
        Column("since", _("到手"), 17, lambda row: _moment(row.since)),
    )
    if box == "done":
        whiles = (
            Column("done_at", _("办理时间"), 17, lambda row: _moment(row.done_at)),
            Column("outcome", _("结果"), 16, lambda row: say(row.closed_as) or None),
        )
    return (
        Column("number", _("编号"), 15, lambda row: row.number),
        Column("process", _("事项"), 22, lambda row: say(row.process_title)),
        Column("step", _("环节"), 18, lambda row: say(row.step_title)),
        Column("subject", _("摘要"), 48, lambda row: row.subject),
        Column("units", _("单位"), 26, _units),
        *whiles,
        Column("holder", _("办理人"), 18, lambda row: say(row.holder)),
    )


def case_columns() -> tuple[Column, ...]:
    """What a hit of the search says."""
    return (
        Column("number", _("编号"), 15, lambda row: row.number),
        Column("process", _("事项"), 22, lambda row: say(row.process_title)),
        Column("subject", _("摘要"), 48, lambda row: row.subject),
        Column("units", _("单位"), 26, _units),
        Column("started", _("发起"), 17, lambda row: _moment(row.started_at)),
        Column("holder", _("现在在"), 26, lambda row: say(row.holder) or None),
        Column("end", _("结果"), 14, lambda row: say(row.end_title) or None),
        Column("ended", _("办结"), 17, lambda row: _moment(row.ended_at)),
    )


def answer(
    kind: str, name: str, columns: Sequence[Column], rows: Sequence[TaskRow] | Sequence[CaseRow], *, at: Micros,
    more: bool,
) -> Response:  # fmt: skip
    """The file *name*, ``json`` or ``xlsx``, as of *at*; *more* says that the list goes on behind its last row."""
    values = [{column.name: column.of(row) for column in columns} for row in rows]
    if kind == "json":
        return jsonify(rows=[dict(_plain(row)) for row in values], more=more)
    response = Response(sheet(columns, values, at=at, more=more), mimetype=EXCEL)
    response.headers["Content-Disposition"] = f'attachment; filename="{name}.xlsx"'
    return response


def sheet(columns: Sequence[Column], rows: Sequence[Mapping[str, Cell]], *, at: Micros, more: bool) -> bytes:
    """An Excel sheet made at *at*, in which every text stays a text, whatever it begins with."""
    from xlsxwriter import Workbook  # only who exports pays for loading it

    held = BytesIO()
    book = Workbook(held, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    book.set_properties({"created": to_datetime(at).astimezone(UTC)})
    page = book.add_worksheet()
    head, text = book.add_format({"bold": True, "bottom": 1}), book.add_format({"valign": "top", "text_wrap": True})
    quoted = book.add_format({"valign": "top", "text_wrap": True, "quote_prefix": True})
    moment = book.add_format({"valign": "top", "num_format": "yyyy-mm-dd hh:mm", "align": "left"})
    for place, column in enumerate(columns):
        page.set_column(place, place, column.width)
        page.write_string(0, place, column.title, head)
        for line, row in enumerate(rows, 1):
            value = row[column.name]
            if isinstance(value, datetime):
                page.write_datetime(line, place, value.replace(tzinfo=None), moment)
            elif value:
                page.write_string(line, place, value, quoted if value.startswith(_RISKY) else text)
    if more:
        page.write_string(len(rows) + 1, 0, _("只列出前%(n)s件，筛选后再导出。", n=len(rows)), text)
    page.freeze_panes(1, 0)
    page.autofilter(0, 0, max(len(rows), 1), len(columns) - 1)
    book.close()
    return held.getvalue()


def _plain(row: Mapping[str, Cell]) -> Iterator[tuple[str, str | None]]:
    for name, value in row.items():
        yield name, value.isoformat(timespec="minutes") if isinstance(value, datetime) else value


def _units(row: TaskRow | CaseRow) -> str:
    return listed(row.units).zh


def _end(at: Micros | None) -> datetime | None:
    """An end as a cell; 24:00 would count to the next day, so it is the last minute of its own."""
    end = _moment(at)
    return end - timedelta(minutes=1) if end is not None and last_day(end) != end.date() else end


def _moment(at: Micros | None) -> datetime | None:
    return to_datetime(at) if at is not None else None
