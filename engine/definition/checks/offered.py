"""A form for anybody says itself whom it offers where it asks for a person."""

from __future__ import annotations

from engine.definition.checks.findings import Findings
from engine.definition.fields.exit_form import form_of
from engine.definition.fields.offering import asks_anybody, persons_in
from engine.definition.model import Process
from engine.definition.uses import all_steps


def check_offered(process: Process, out: Findings) -> None:
    """Warn of each field that would offer those who fill it nobody but themselves."""
    asked = dict.fromkeys(process.start.fill if asks_anybody(process, None) else ())
    for step in all_steps(process.steps):
        for taken in step.outcomes:
            if asks_anybody(process, step, taken):
                asked |= dict.fromkeys(form_of(step, taken))
    for name in asked:
        field = process.field_named(name)
        for one in persons_in(field) if field else ():
            path = f"fields.{name}" if one is field else f"fields.{name}.columns.{one.name}"
            out.add("person-open", path, warning=True, name=one.title.zh)
