"""Days that people write into a formula as into a form, and how a formula says them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace

from engine.definition.expression.faults import ExpressionFault
from engine.definition.expression.lexer import QUOTED
from engine.i18n import Text

_DAY = re.compile(
    QUOTED + r"|(?<![\w.])([12][0-9]{3})([-/.]|年)([0-9]{1,2})(?:\2|月)([0-9]{1,2})日?(?![\w.])"
    r"(?:[T ]{0,4}([0-9]{1,2}:[0-9]{2})(?![0-9]))?"
)


def with_days(text: str, faults: Iterable[ExpressionFault]) -> Iterator[ExpressionFault]:
    """*faults* of the formula *text*; one that comes from a day is told how the day is written."""
    days = [found for found in _DAY.finditer(text) if found[1]]
    for fault in faults:
        here = next((day for day in days if day.start() <= fault.offset < day.end()), None)
        beside = days[0] if days and fault.code == "formula-type" and fault.hint is None else None
        day = here or beside
        yield replace(fault, hint=_hint(day, whole=day[0].strip() == text.strip())) if day else fault


def _hint(day: re.Match[str], *, whole: bool) -> Text:
    said = f"{day[1]}-{int(day[3]):02}-{int(day[4]):02}"
    if day[5]:
        moment = f"'{said} {day[5]}'"
        moment = f'"{moment}"' if whole else moment  # YAML takes the outer quotes away.
        return Text(f"时刻写成 {moment}", f"Write a moment as {moment}")
    return Text(f"日期写成 date('{said}')", f"Write a day as date('{said}')")
