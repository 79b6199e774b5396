"""What is open, counted again once the working calendar has changed: deadlines, reminders and rungs, later only."""

from __future__ import annotations

from collections.abc import Iterator

from engine.runtime import commands as c
from engine.runtime.clocks import recounted
from engine.runtime.draft import Draft
from engine.runtime.shapes.parts import Clock
from engine.runtime.shapes.tree import Timed
from engine.runtime.state import timed
from engine.runtime.turn import Turn


def moves(draft: Draft) -> Iterator[tuple[Timed, Clock]]:
    """Each open node whose clock the calendar of today moves, with the clock as it should be."""
    for node in timed(draft.state):
        clock = recounted(node["due"], draft.due_of(node), draft.env)
        if clock != node["due"]:
            yield node, clock


def recount(turn: Turn, _command: c.Recount) -> None:
    """Set the clocks that moved. Mostly there is nothing, and doing it again does nothing."""
    for node, clock in list(moves(turn)):
        turn.emit({"e": "moved", "n": node["n"], "s": node["s"], "was": node["due"]["at"], "due": clock})
