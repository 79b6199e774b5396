"""Deadlines that are some time off, and reminders that come before them and after the task."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from engine.definition.checks.findings import Findings
from engine.definition.expression import evaluate
from engine.definition.model import Due, Process
from engine.definition.uses import all_steps
from engine.definition.values.durations import Duration, parse_duration
from engine.definition.values.forms import decode
from engine.errors import Invalid
from engine.i18n import Text

#: The longest deadline, in days: twenty years and their leap days.
MOST_DAYS: Final = 7305
_DAY: Final = 1440


@dataclass(frozen=True, slots=True)
class Mistimed:
    """A fault of a deadline: where it stands, the settings that say how long, if any do, and the lengths in words.

    ``doubtful``: whether it is one depends on the day.
    """

    code: str
    path: str
    settings: tuple[str, ...]
    within: Text
    before: Text | None = None
    doubtful: bool = False


def check_timing(process: Process, out: Findings) -> None:
    """Every deadline whose length is known, as it is where no district sets another."""
    defaults = {one.name: one.default.constant for one in process.settings if one.default is not None}
    for fault in mistimed(process, defaults):
        path = f"settings.{fault.settings[0]}.default" if fault.settings else fault.path
        out.add(fault.code, path, warning=fault.doubtful, within=fault.within, before=fault.before)


def mistimed(process: Process, settings: Mapping[str, Any]) -> Iterator[Mistimed]:
    """The faults of the deadlines of *process* where its settings have these stored values."""
    dues = [("due", process.due), *((f"steps.{step.id}.due", step.due) for step in all_steps(process.steps))]
    for path, due in dues:
        if due is None:
            continue
        given, within = _within(process, due, settings)
        if within is None:
            continue
        if within.amount <= 0 or _shortest(within) > MOST_DAYS * _DAY:
            yield Mistimed("deadline-length", f"{path}.within", given, within.words)
            continue
        for reminder in due.remind:
            before = reminder.before
            if before is None:
                continue
            here = f"{path}.remind"
            if _never(before, within):
                yield Mistimed("reminder-never", here, given, within.words, before.words)
            elif before.against(within) >= 0 and _shortest(before) >= _shortest(within):
                yield Mistimed("reminder-seldom", here, given, within.words, before.words, doubtful=True)


class _Settings:
    """Answers a formula that reads nothing but settings."""

    def __init__(self, process: Process, stored: Mapping[str, Any]) -> None:
        self._live = {one.name: decode(one.type, stored.get(one.name)) for one in process.settings}

    def name(self, name: str) -> Any:
        """``settings`` alone."""
        return {"settings": self._live}[name]

    def attribute(self, _type_name: str, _value: Any, attribute: str) -> Any:
        """Nothing is known here."""
        raise LookupError(attribute)

    def call(self, function: str, _args: tuple[Any, ...]) -> Any:
        """Nobody answers here."""
        raise LookupError(function)

    def add(self, _moment: datetime, duration: Duration) -> datetime:
        """There is no calendar here."""
        raise LookupError(duration)


def _within(process: Process, due: Due, stored: Mapping[str, Any]) -> tuple[tuple[str, ...], Duration | None]:
    """The settings that say how long the time is, and how long that is, if it can be told."""
    if due.within is None:
        return (), None
    formula = due.within.formula
    if formula is None:
        return (), parse_duration(str(due.within.constant))
    names = sorted(formula.names)
    if not all(name.startswith("settings.") for name in names):
        return (), None
    try:
        length = evaluate(formula, _Settings(process, stored))
    except (LookupError, Invalid):
        return (), None
    return tuple(name.removeprefix("settings.") for name in names), length


def _never(before: Duration, within: Duration) -> bool:
    """Whether a reminder *before* the end of a time *within* would surely come before that time began."""
    if before.measure[0] == within.measure[0]:
        return before.measure[1] >= within.measure[1]
    return _shortest(before) >= _longest(within)


def _shortest(length: Duration) -> int:
    """The fewest minutes of the clock that *length* can take."""
    kind, size = length.measure
    return {"months": size * 28 * _DAY, "workdays": (size - 1) * _DAY}.get(kind, size)


def _longest(length: Duration) -> int:
    """The most minutes of the clock that *length* can take.

    Of working time two hours fall on a workday; every second day is free, and two weeks of holidays come on top.
    """
    kind, size = length.measure
    days = size if kind == "workdays" else size // 120 + 1
    if kind in ("workdays", "work_minutes"):
        return (2 * days + 14) * _DAY
    return size * 31 * _DAY if kind == "months" else size
