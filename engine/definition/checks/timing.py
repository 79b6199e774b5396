"""Deadlines that are some time off, and reminders that come before them and after the task."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from engine.definition.checks.findings import Findings
from engine.definition.durations import Duration, parse_duration
from engine.definition.model import Due, Process
from engine.definition.uses import all_steps
from engine.i18n import Text

#: The longest deadline, in days: twenty years and their leap days.
MOST_DAYS: Final = 7305
_DAY: Final = 1440


@dataclass(frozen=True, slots=True)
class Mistimed:
    """A fault of a deadline: where it stands, the setting that says how long, if one does, and the lengths in words."""

    code: str
    path: str
    setting: str
    within: Text
    before: Text | None = None


def check_timing(process: Process, out: Findings) -> None:
    """Every deadline whose length is known, as it is where no district sets another."""
    defaults = {one.name: one.default.constant for one in process.settings if one.default is not None}
    for fault in mistimed(process, defaults):
        path = f"settings.{fault.setting}.default" if fault.setting else fault.path
        out.add(fault.code, path, within=fault.within, before=fault.before)


def mistimed(process: Process, settings: Mapping[str, Any]) -> Iterator[Mistimed]:
    """The faults of the deadlines of *process* where its settings have these stored values."""
    dues = [("due", process.due), *((f"steps.{step.id}.due", step.due) for step in all_steps(process.steps))]
    for path, due in dues:
        if due is None:
            continue
        setting, within = _within(due, settings)
        if within is None:
            continue
        if within.amount <= 0 or _shortest(within) > MOST_DAYS * _DAY:
            yield Mistimed("deadline-length", f"{path}.within", setting, within.words)
            continue
        for reminder in due.remind:
            if reminder.before is not None and _never(reminder.before, within):
                yield Mistimed("reminder-never", f"{path}.remind", setting, within.words, reminder.before.words)


def _within(due: Due, settings: Mapping[str, Any]) -> tuple[str, Duration | None]:
    """The setting that says how long the time is, "" if none does, and how long that is, if it can be told."""
    if due.within is None:
        return "", None
    formula = due.within.formula
    if formula is None:
        return "", parse_duration(str(due.within.constant))
    name = formula.text.strip().removeprefix("settings.")
    named = formula.names == {f"settings.{name}"} and isinstance(settings.get(name), str)
    return (name, parse_duration(settings[name])) if named else ("", None)


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
