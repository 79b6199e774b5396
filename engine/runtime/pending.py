"""pending: the automatic step that is due, computed from the tree and from nothing else."""

from __future__ import annotations

from typing import Literal, NamedTuple

from engine.runtime.shapes.tree import State
from engine.runtime.state import nodes


class Request(NamedTuple):
    """Run the action of step *step* (``do``), or release its effect (``undo``).

    ``n`` is the active node's serial; ``of`` the effect's own serial, the same as ``n`` for a ``do``.
    """

    n: int
    of: int
    step: str
    kind: Literal["do", "undo"]


def pending(state: State) -> Request | None:
    """What has to run now, or None when the case rests."""
    if state["st"] != "open":
        return None
    for node in nodes(state["root"]):
        if "ph" in node and node["ph"] == "run":
            return Request(node["n"], node["n"], node["s"], "do")
        if "todo" in node and "ph" not in node and node["todo"]:
            effect = node["todo"][0]
            return Request(node["n"], effect.n, effect.step, "undo")
    return None
