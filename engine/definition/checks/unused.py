"""What is declared and never used: worth a look, no fault."""

from __future__ import annotations

from engine.definition.checks.findings import Findings
from engine.definition.checks.flow import Flow
from engine.definition.model import Process
from engine.definition.uses import all_steps


def check_unused(process: Process, flow: Flow, out: Findings) -> None:
    """Fields that nobody fills, sets, shows or reads; settings that nothing names; ends that no way leads to."""
    used = _named(process)
    for field in process.fields:
        if field.name not in used and field.value is None:
            out.add("unused-field", f"fields.{field.name}", warning=True, name=field.name)
    for end in process.ends:
        if end.name not in flow.ending:
            out.add("unused-end", f"ends.{end.name}", warning=True, name=end.name)
    for setting in process.settings:
        if f"settings.{setting.name}" not in used:
            out.add("unused-setting", f"settings.{setting.name}", warning=True, name=setting.name)


def _named(process: Process) -> set[str]:
    names = set(process.reads) | set(process.start.fill) | {name for name, _ in process.start.set}
    names |= set(process.subject)
    for step in all_steps(process.steps):
        names |= {*step.fill, *step.show}
        for taken in step.outcomes:
            names |= {*taken.fill, *taken.must, *(name for name, _ in taken.set)}
    return names | {name.partition(".")[0] for name in names}
