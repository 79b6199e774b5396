"""What people choose between has different names."""

from __future__ import annotations

from engine.definition.checks.findings import Findings
from engine.definition.checks.takers import by_people
from engine.definition.model import Process
from engine.definition.uses import all_steps


def check_titles(process: Process, out: Findings) -> None:
    """The outcomes of each step that people may take."""
    for step in all_steps(process.steps):
        first: dict[str, str] = {}
        for taken in step.outcomes:
            if not by_people(step, taken):
                continue
            other = first.setdefault(taken.title.zh, taken.name)
            if other != taken.name:
                path = f"steps.{step.id}.outcomes.{taken.name}.title"
                out.add("same-title", path, name=taken.name, other=other, title=taken.title)
