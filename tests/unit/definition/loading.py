"""Short ways to load a process in a test: a whole one, or a few steps put into a small one."""

from __future__ import annotations

from engine.definition.load import load_process
from engine.definition.model import Process
from engine.errors import Problem
from tests.unit.definition.catalogue import CATALOGUE

HEAD = """\
process: sample
title: 样例
uses: [venue_sharing, points_exchange, partner_registry]
parties:
  owner: {unit: place.station}
fields:
  place:  {type: venue}
  slot:   {type: period}
  note:   {type: text, optional: true}
  helper: {type: person}
  friend: {type: person, optional: true}
  stars:  {type: integer}
start: {who: role staff, fill: [place, slot]}
"""
ENDS = "ends: {done: {}, refused: {}}\n"


def load(text: str) -> tuple[Process | None, tuple[Problem, ...]]:
    """The process and its problems."""
    return load_process(text, "sample.yaml", CATALOGUE, find_base=lambda name: None)


def loaded(text: str) -> Process:
    """The process, which has to be sound."""
    process, problems = load(text)
    assert process is not None, [one.line_of_text("en") for one in problems]
    return process


def with_steps(steps: str, ends: str = ENDS, head: str = HEAD) -> str:
    """A small process with these steps."""
    return f"{head}steps:\n{steps.strip()}\n{ends}"


def codes(text: str) -> list[str]:
    """The codes of all faults, warnings left out."""
    return [one.code for one in load(text)[1] if not one.warning]
