"""Checks of a whole process: what makes it sound, one family of rules per file."""

from __future__ import annotations

from engine.definition.model import Process
from engine.definition.parse.reader import Reader
from engine.errors import Problem


def check(process: Process, reader: Reader) -> tuple[Problem, ...]:
    """Every fault in the structure of *process*."""
    return ()
