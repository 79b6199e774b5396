"""What is carried out of the machine, and by whom: so little that a process which only sends need not know more."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Protocol

from engine.clock import Micros
from engine.extend.senders import Out
from engine.i18n import Text


@dataclass(frozen=True, slots=True)
class Letter:
    """One message on its way: ``path`` names the function that sends it, ``limit`` is how long that may take."""

    plugin: str
    path: str
    out: Out
    payload: Any
    limit: Micros


class NotSent(Exception):
    """A message was not sent, or nobody knows whether it was; the text says why."""

    def __init__(self, said: Text) -> None:
        super().__init__(said.en)
        self.text = said


class Carrier(Protocol):
    """Takes messages out of the machine, one at a time; ``starting`` is the longest that being ready may take."""

    starting: Micros

    def warm(self, plugin: str) -> None:
        """Be ready to carry for *plugin*, so that the time for sending is not spent on that."""
        ...

    def carry(self, letter: Letter) -> Any:
        """Send and answer what came back, which JSON can hold; raises NotSent at the limit at the latest."""
        ...

    def rest(self) -> None:
        """There was nothing to carry in a round."""
        ...

    def close(self) -> None:
        """Give back whatever is held."""
        ...
