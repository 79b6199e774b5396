"""``stage``: a list of steps with exits of its own."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from engine.definition.model import Branch, Inside, Leaves, Step


@dataclass(frozen=True, slots=True)
class Stage(Step):
    """A list with exits of its own that stay open beside what is active inside; the implicit exit is ``done``."""

    kind: ClassVar[str] = "stage"
    leaves: ClassVar[Leaves] = "people"
    inside: ClassVar[Inside] = "in_order"
    comes_to: ClassVar[tuple[str, ...]] = ("done",)

    steps: tuple[Step, ...] = ()

    @property
    def lists(self) -> tuple[Branch, ...]:
        """Its one list."""
        return (Branch(self.steps),)
