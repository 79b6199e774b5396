"""``wait``: the case rests until a moment."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from engine.definition.expression import Formula
from engine.definition.model import Inside, Step, Use


@dataclass(frozen=True, slots=True)
class Wait(Step):
    """The case rests until a moment. The implicit outcome is ``came``."""

    kind: ClassVar[str] = "wait"
    may_be_late: ClassVar[bool] = False
    inside: ClassVar[Inside] = "nothing"
    by_itself: ClassVar[bool] = True
    comes_to: ClassVar[tuple[str, ...]] = ("came",)

    until: Formula | None = None

    def formulas(self, path: str) -> Iterator[Use]:
        """The moment."""
        if self.until is not None:
            yield Use(f"{path}.wait.until", self.until, "needed")
