"""``ask``: people decide."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar, Final, Literal

from engine.definition.expression import Formula
from engine.definition.model import Inside, Leaves, Step, Use, WhoRule
from engine.definition.uses import of_who

_NOBODY: Final = WhoRule(())


@dataclass(frozen=True, slots=True)
class Ask(Step):
    """People decide. ``not_`` lists step ids (or ``start``) and person formulas that are excluded."""

    kind: ClassVar[str] = "ask"
    leaves: ClassVar[Leaves] = "people"
    inside: ClassVar[Inside] = "nothing"
    kept: ClassVar[bool] = True

    who: WhoRule = _NOBODY
    sign: Literal["any", "all"] = "any"
    not_: tuple[str | Formula, ...] = ()
    show: tuple[str, ...] = ()
    fill: tuple[str, ...] = ()
    stops_clock: bool = False
    bulk: str = ""

    def formulas(self, path: str) -> Iterator[Use]:
        """Whom it asks, and whom it keeps away."""
        yield from of_who(self.who, f"{path}.ask")
        for excluded in self.not_:
            if isinstance(excluded, Formula):
                yield Use(f"{path}.not", excluded, "maybe")
