"""``choose``: the first branch whose condition holds."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from engine.definition.model import Branch, Condition, Inside, Leaves, Step, Use


@dataclass(frozen=True, slots=True)
class Choose(Step):
    """The first branch whose condition holds; it leaves to the next step and has no outcomes."""

    kind: ClassVar[str] = "choose"
    may_be_late: ClassVar[bool] = False
    leaves: ClassVar[Leaves] = "nothing"
    inside: ClassVar[Inside] = "one_of"

    branches: tuple[Branch, ...] = ()

    @property
    def lists(self) -> tuple[Branch, ...]:
        """Its branches."""
        return self.branches

    def formulas(self, path: str) -> Iterator[Use]:
        """The conditions, each with those before it that did not hold."""
        failed: tuple[Condition, ...] = ()
        for branch in self.branches:
            if branch.if_ is not None:
                yield Use(f"{path}.choose.{branch.name}.if", branch.if_, "condition", failed)
                failed = (*failed, (branch.if_, False))
