"""The table of the kinds of steps that cases can run."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from engine.definition.kinds.ask import Ask
from engine.definition.kinds.choose import Choose
from engine.definition.kinds.do import Do
from engine.definition.kinds.parallel import Parallel
from engine.definition.kinds.stage import Stage
from engine.definition.kinds.wait import Wait
from engine.definition.model import Step

STEPS: Final[Mapping[str, type[Step]]] = {kind.kind: kind for kind in (Ask, Do, Wait, Choose, Parallel, Stage)}


def step_class(kind: str) -> type[Step]:
    """The class of the steps of that *kind*; ``Step`` itself for one that no case can run yet."""
    return STEPS.get(kind, Step)
