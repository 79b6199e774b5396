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
        circle = {one for one in _behind(behind, name) if name in _behind(behind, one)}
        if name == min(circle, default=""):
            out.add("derived-circle", f"fields.{name}.value", name=name)


def _behind(behind: dict[str, set[str]], name: str) -> set[str]:
    """Every name that *name* rests on, near or far."""
    reached: set[str] = set()
    left = set(behind.get(name, ()))
    while left:
        one = left.pop()
        reached.add(one)
        left |= behind.get(one, set()) - reached
    return reached
