"""``parallel``: branches side by side."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Literal

from engine.definition.model import Branch, Inside, Step


@dataclass(frozen=True, slots=True)
class Parallel(Step):
    """Branches side by side. ``need`` is "all", "any" or a number; outcomes are ``met`` and ``short``."""

    kind: ClassVar[str] = "parallel"
    may_be_late: ClassVar[bool] = False
    inside: ClassVar[Inside] = "side_by_side"
    by_itself: ClassVar[bool] = True
    comes_to: ClassVar[tuple[str, ...]] = ("met", "short")

    branches: tuple[Branch, ...] = ()
    need: Literal["all", "any"] | int = "all"
    rest: Literal["cancel", "finish"] = "cancel"

    @property
    def lists(self) -> tuple[Branch, ...]:
        """Its branches."""
        return self.branches

    @property
    def needs_all(self) -> bool:
        """Whether each branch has to count; as many of them as there are, said by a number, may be any."""
        return self.need == "all"

    @property
    def cuts(self) -> bool:
        """Whether those that count cut the others off."""
        return not self.needs_all and self.rest == "cancel"

    @property
    def needed(self) -> int:
        """How many branches have to count."""
        return self.need if isinstance(self.need, int) else {"all": len(self.branches), "any": 1}[self.need]
