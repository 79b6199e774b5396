"""How a reader's place calls what events name by ids."""

from __future__ import annotations

from typing import Protocol

from engine.audience import AudienceKey
from engine.clock import Micros
from engine.i18n import Text


class Names(Protocol):
    """How ids are called."""

    def person(self, person: str) -> str:
        """A person's name."""
        ...

    def audience(self, key: AudienceKey) -> Text:
        """Who is behind an audience key: ``黄海路社区 站长``."""
        ...

    def unit(self, unit: str) -> str:
        """A unit's short name."""
        ...

    def moment(self, at: Micros) -> Text:
        """A moment as who reads it now would say it: ``6月16日14:00``."""
        ...

    def end(self, at: Micros) -> Text:
        """A moment that ends something, where midnight is 24:00 of the day before."""
        ...
