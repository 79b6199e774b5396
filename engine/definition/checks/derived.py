"""Derived fields do not go round in a circle."""

from __future__ import annotations

from engine.definition.checks.findings import Findings
from engine.definition.model import Process


def check_derived(process: Process, out: Findings) -> None:
    """Each derived field rests on others in the end."""
    behind = {
        field.name: {name.partition(".")[0] for name in field.value.names}
        for field in process.fields
        if field.value is not None
    }
    for name in behind:
        reached, open_names = set(), set(behind[name])
        while open_names:
            one = open_names.pop()
            reached.add(one)
            open_names |= behind.get(one, set()) - reached
        if name in reached:
            out.add("derived-circle", f"fields.{name}.value", name=name)
