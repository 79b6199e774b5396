"""What steps, outcomes and ends of a process are called."""

from __future__ import annotations

from engine.definition.model import Process, Step
from engine.i18n import Text, both
from engine.runtime.start import START, start_step


def _step(process: Process, step: str) -> Step | None:
    if step == START:
        return start_step(process)
    found = process.index.get(step)
    return found[0] if found else None


def step_title(process: Process, step: str) -> Text:
    """The title of a step; the case itself has the process's."""
    found = _step(process, step)
    return found.title if found else process.title


def outcome_title(process: Process, step: str, outcome: str) -> Text:
    """The title of an outcome, or its bare name where the engine made it."""
    found = _step(process, step)
    taken = found.exit(outcome) if found else None
    return taken.title if taken else both(outcome)


def end_title(process: Process, end: str) -> Text:
    """The title of an end; cancelling is an end of every process."""
    found = process.end_named(end)
    return found.title if found else Text("已取消", "Cancelled")
