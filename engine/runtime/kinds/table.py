"""The table of the kinds of nodes, and a turn that knows them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from engine.runtime.draft import Definition
from engine.runtime.facts import Facts
from engine.runtime.kinds import ask, between, choose, do, parallel, stage, wait
from engine.runtime.kinds.kind import Kind
from engine.runtime.shapes.tree import State
from engine.runtime.turn import Turn

KINDS: Final[Mapping[str, Kind[Turn]]] = {
    kind.k: kind
    for kind in (
        ask.KIND, do.KIND, wait.KIND, choose.KIND, parallel.KIND, stage.KIND,
        between.CASE, between.SMALL_STEPS, between.RELEASING, between.STUCK,
    )
}  # fmt: skip


def begin(definition: Definition, state: State | None, facts: Facts, signer: str = "") -> Turn:
    """A turn of the case in *state*, which it changes; None is no case yet."""
    return Turn(definition, state, facts, KINDS, signer)
