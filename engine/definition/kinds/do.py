"""``do``: a plugin's action runs."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from engine.definition.model import Inside, Step, Use, Value
from engine.definition.uses import of_values


@dataclass(frozen=True, slots=True)
class Do(Step):
    """A plugin's action runs; its outcomes are the results that the action declares."""

    kind: ClassVar[str] = "do"
    may_be_late: ClassVar[bool] = False
    inside: ClassVar[Inside] = "nothing"
    by_itself: ClassVar[bool] = True
    at_once: ClassVar[bool] = True
    kept: ClassVar[bool] = True

    action: str = ""
    with_: tuple[tuple[str, Value], ...] = ()

    def formulas(self, path: str) -> Iterator[Use]:
        """Its inputs."""
        yield from of_values(self.with_, f"{path}.with")
