"""A formula that was read and checked: an immutable value, equal by its text."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from engine.cached import cached_property
from engine.definition.expression.closures import Closure, Env, Run, closure
from engine.definition.expression.numbers import settled
from engine.definition.expression.tree import Core, Read
from engine.definition.values.types import ValueType


@dataclass(frozen=True)
class Formula:
    """``text`` as written, its checked ``tree``, the ``type`` of its value and the dotted ``names`` it reads."""

    text: str
    tree: Core = field(compare=False, repr=False)
    type: ValueType = field(compare=False)
    names: frozenset[str] = field(compare=False)

    @cached_property
    def run(self) -> Closure:
        """The tree as one Python function of a run; built when first needed."""
        return closure(self.tree)

    @cached_property
    def bare(self) -> str:
        """The one name that the formula says and nothing else, as most do: ``hall``, ``start.unit``; else ""."""
        return self.tree.name if isinstance(self.tree, Read) else ""

    def __getstate__(self) -> dict[str, Any]:
        """Pickles without the function, which is built again where it is needed."""
        return {name: value for name, value in self.__dict__.items() if name != "run"}


def evaluate(formula: Formula, env: Env) -> Any:
    """The live value of *formula*, None if it is empty; a number is rounded here and nowhere before.

    Raises Invalid if its tables make it too much work; KeyError if *env* lacks a name.
    """
    return settled(formula.type, formula.run(Run(env)))
